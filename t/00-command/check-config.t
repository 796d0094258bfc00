# beringshare check-config prints the effective configuration: defaults, then the file, then the environment.
use BeringShare::Test;
use File::Temp;

my $server = prepare_server();
my @none   = map { $_ => undef } qw(LISTEN DATABASE_PATH HTDOCS_DIR WORKERS BCRYPT_COST LOGIN_ATTEMPTS LOG_LEVEL SERVER_NAME
    ADMIN_USERNAME ADMIN_PASSWORD ADMIN_TOKEN SERVER_TOKEN);

sub file_of ($text) {
    my $file = File::Temp->new;
    print $file $text;
    close $file;
    return $file;
}

sub check ($arguments, %environment) { return $server->run(['check-config', @$arguments], @none, %environment) }

sub values_of ($result) { return {map { /^([A-Z][A-Z_0-9]+)=(.*)$/ ? ($1 => $2) : () } split /\n/, $result->{output}} }

my $defaults = check([]);
is $defaults->{status}, 0, 'the defaults are a configuration';
my $values = values_of($defaults);
is $values->{SERVER_NAME}, 'local', 'SERVER_NAME';
is $values->{LISTEN}, 'localhost:8080', 'LISTEN is loopback';
is $values->{$_}, '********', "$_ is masked" for qw(ADMIN_PASSWORD ADMIN_TOKEN SERVER_TOKEN);
cmp_ok $values->{WORKERS}, '>=', 1, 'WORKERS is as many as there are cores';

my $file = file_of(<<'END');
# a comment
SERVER_NAME=from-file
BASE_URL = "https://chat.example.org/"
ADMIN_PASSWORD='in the file'
END
my $both = check(['--config', $file], SERVER_NAME => 'from-environment', ADMIN_TOKEN => 'in-the-environment');
is $both->{status}, 0, 'a file and the environment';
$values = values_of($both);
is $values->{SERVER_NAME}, 'from-environment', 'the environment wins';
is $values->{BASE_URL}, 'https://chat.example.org', 'the file beats the default';
unlike $both->{output}, qr/in the file|in-the-environment/, 'no secret is shown';

my $before = $server->run(["--config=$file", 'check-config'], @none);
is values_of($before)->{SERVER_NAME}, 'from-file', '--config=FILE before the command does the same';

is_deeply values_of(check(['--config', file_of($defaults->{output})])), values_of($defaults),
    'what is printed can be read as a file';

is values_of(check([], RUST_LOG => 'federated_server=debug'))->{LOG_LEVEL}, 'debug', 'RUST_LOG counts';
is values_of(check([], RUST_LOG => 'debug', LOG_LEVEL => 'warn'))->{LOG_LEVEL}, 'warn', 'where LOG_LEVEL is not set';

my $full = run_command(['sh', '-c', '"$0" check-config >/dev/full', BeringShare::Server::binary()], environment => {PATH => $ENV{PATH}});
is $full->{status}, 1, 'output that cannot be written is a failure';

finish;
