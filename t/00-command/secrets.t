# Secrets that are not set keep their public defaults on loopback only; anywhere else the server refuses to start.
use BeringShare::Test;

my $server  = prepare_server();
my @secrets = qw(ADMIN_PASSWORD ADMIN_TOKEN SERVER_TOKEN);

sub check ($listen, %environment) { return $server->run(['check-config'], LISTEN => $listen, %environment) }

for my $listen ('localhost:8080', '127.0.0.1:8080', '127.1.2.3:8080', '[::1]:8080', 'localhost:8080,[::1]:8081') {
    is check($listen, map { $_ => undef } @secrets)->{status}, 0, "defaults do on $listen";
}

for my $listen (':8080', '*:8080', '0.0.0.0:8080', '[::]:8080', '192.0.2.1:8080', 'localhost:8080 chat.example.org:80') {
    my ($public) = $listen =~ /(\S+)$/;
    for my $secret (@secrets) {
        for my $unset (undef, '') {
            my $result = check($listen, $secret => $unset);
            is $result->{status}, 1, "$secret " . (defined $unset ? 'empty' : 'unset') . " on $listen is refused";
            like $result->{output}, qr/^beringshare: $secret is not set: .*\Q$public\E/, 'and the reason told';
        }
    }
}
my $serve = $server->run(['serve'], LISTEN => ':8080', ADMIN_TOKEN => undef);
is $serve->{status}, 1, 'serve refuses like check-config';
like $serve->{output}, qr/ADMIN_TOKEN is not set/, 'with the same words';
ok !-e $server->database, 'before anything is made';

my $set = check('0.0.0.0:8080');
is $set->{status}, 0, 'with all three set it starts';
unlike $set->{output}, qr/warn/, 'without a warning';

my $weak = check('0.0.0.0:8080', ADMIN_PASSWORD => 'admin');
is $weak->{status}, 0, 'a public default that was set on purpose is accepted';
like $weak->{output}, qr/ warn +ADMIN_PASSWORD is the public default/, 'with a warning';
unlike check('localhost:8080', ADMIN_PASSWORD => 'admin')->{output}, qr/warn/, 'which loopback does not need';

finish;
