# Peers over TLS: certificates are verified against the system's authorities or those of FEDERATION_CA_FILE, names included.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;
use BeringShare::Process qw(write_file);
use BeringShare::Tls;
use File::Temp;

my $address = BeringShare::Server::own_address();
my %folder  = map { $_ => File::Temp->newdir } qw(right other name);
make_certificate($folder{$_}, $_ eq 'name' ? '127.0.0.99' : $address) for sort keys %folder;
my $trusted = File::Temp->newdir;
write_file("$trusted/ca.pem", join '', map { read_file("$folder{$_}/cert.pem") } qw(right name));

my $server = start_federated('a', FEDERATION_CA_FILE => "$trusted/ca.pem");
my $alice  = $server->user('alice');
my %peer   = map {
    my $files = $folder{$_};
    ($_ => BeringShare::Peer->start("peer-$_", servers => [$server], users => ['zoe'],
        tls => {tls => 1, tls_cert => "$files/cert.pem", tls_key => "$files/key.pem"}));
} sort keys %folder;
$alice->tell("zoe\@peer-$_", 'hello') for sort keys %peer;

eventually sub { @{$peer{right}->bodies} == 1 }, 'a certificate of the authority: messages go out';
known_user($server, 'zoe', 'peer-right');
for my $name (qw(other name)) {
    my $status;
    eventually sub { $status = peer_status($server, "peer-$name"); return $status->{failures} > 1 }, "a certificate of $name: no link";
    like $status->{last_error}, qr/certificate|SSL|TLS/i, 'the status says why';
    is $status->{queue_depth}, 1, 'what is for it waits';
    is $peer{$name}->count, 0, 'and it has seen nothing';
}

# The other authority is trusted from now on, the first no longer.
$server->restart(FEDERATION_CA_FILE => "$folder{other}/cert.pem");
eventually sub { @{$peer{other}->bodies} == 1 }, 'with the right authority what has waited goes out';
$alice->tell('zoe@peer-right', 'are you still there?');
eventually sub { peer_status($server, 'peer-right')->{failures} > 1 }, 'with the wrong one nothing does';
is_deeply $peer{right}->bodies, ['hello'], 'not a message';

# Without the setting no private authority counts.
$server->restart(FEDERATION_CA_FILE => undef);
$alice->tell('zoe@peer-other', 'and you?');
eventually sub { peer_status($server, 'peer-other')->{failures} > 1 }, 'without one, a private authority is refused';
is_deeply $peer{other}->bodies, ['hello'], 'not a message';

my $wrong = $server->run(['serve'], FEDERATION_CA_FILE => "$trusted/none.pem");
isnt $wrong->{status}, 0, 'a file that is not there stops the start';
like $wrong->{output}, qr/FEDERATION_CA_FILE/, 'naming the setting';

finish;
