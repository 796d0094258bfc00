# How beringctl finds the server: no server, a wrong token, something else there; status and peers in people's words.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Tls;
use IO::Socket::INET;

my $server = start_server();
$server->user('alice');
my $text = control_ok($server, ['status'], 'status');
like $text, qr/^server +local$/m, 'says which server';
like $text, qr/^users +2 here, 0 of other servers, 0 online$/m, 'who is there';
like $text, qr/^database +\S+ \S*i?B|^database +\S+ bytes/m, 'how much it holds';
like $text, qr/^other servers +none$/m, 'and that it is alone';
has_fields control_json($server, ['status']), {server_name => 'local', users => {local => 2}, channels => 0}, 'also for programs';
isnt control_json($server, ['status'])->{is_ready}, false, 'it is not said to be out of order';
is_deeply control_json($server, ['peers']), [], 'no peers';

control_ok $server, ['servers', 'create', 'north', 'http://127.0.0.1:1'], 'a peer that is away';
eventually sub { control_json($server, ['peers'])->[0]{failures} > 0 }, 'is noticed';
like control_ok($server, ['peers'], 'peers'), qr/^north +out of reach /m, 'and told';
like control_ok($server, ['status'], 'status'), qr/^other servers +1, of which 1 need a look/m, 'there, too';

control_fails $server, ['status'], 4, qr/does not accept the token/, 'a wrong token', environment => {ADMIN_TOKEN => 'wrong-token-of-the-tests'};
my $elsewhere = prepare_server();
control_fails $elsewhere, ['status'], 3, qr/cannot be reached/, 'no server';
control_fails $elsewhere, ['users', 'create', 'bob'], 3, qr/cannot be reached/, 'nothing can be made there';

control_ok $elsewhere, ['status', '--server', $server->url], 'another server by its URL', environment => {BERINGCTL_TOKEN => $server->environment->{ADMIN_TOKEN}};
control_ok $elsewhere, ['status', '--server', $server->url . '/'], 'with a slash, and no usable configuration',
    environment => {BERINGCTL_TOKEN => $server->environment->{ADMIN_TOKEN}, WORKERS => 'many'};
control_fails $elsewhere, ['status', '--server', $server->url], 2, qr/BERINGCTL_TOKEN/, 'without a token of its own: ADMIN_TOKEN is not sent there';
control_fails $elsewhere, ['status', '--server', $server->url], 4, qr/does not accept/, 'with a wrong one', environment => {BERINGCTL_TOKEN => 'x' x 20};
control_fails $elsewhere, ['status', '--server', 'ftp://x'], 2, qr/http or https/, 'no URL', environment => {BERINGCTL_TOKEN => 'x'};
control_fails $elsewhere, ['status', '--server', $server->url . '/elsewhere'], 5, qr/answered 404/, 'a path that is none',
    environment => {BERINGCTL_TOKEN => $server->environment->{ADMIN_TOKEN}};

# Something else than a server of this kind.
my $listener = IO::Socket::INET->new(LocalAddr => $server->address, LocalPort => 0, Listen => 5) or die "listen: $@";
my $greeter  = fork // die "fork: $!";
if (!$greeter) {
    while (my $client = $listener->accept) {
        my $request = '';
        while ($request !~ /\r\n\r\n/ && sysread $client, $request, 4096, length $request) { }
        print $client "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n";
        close $client;
    }
    POSIX::_exit(0);
}
control_fails $elsewhere, ['status', '--server', 'http://' . $server->address . ':' . $listener->sockport], 1, qr/no answer of BeringShare/,
    'something else', environment => {BERINGCTL_TOKEN => 'x' x 20};
kill KILL => $greeter;
waitpid $greeter, 0;

# Encrypted alone: known by its key, on whatever address; a certificate of somebody else is not taken for it.
my $tls = prepare_tls_server();
$tls->launch;
my %only = (LISTEN => '', BASE_URL => 'https://chat.example');
control_ok $tls, ['status'], 'over the encrypted listener', environment => {%only};
control_ok $tls, ['status'], 'also where the plain one is not there', environment => {LISTEN => '127.0.0.1:1'};
my $folder = File::Temp->newdir('beringshare-XXXXXXXX', TMPDIR => 1);
make_certificate($folder, '127.0.0.1');
control_fails $tls, ['status'], 3, qr/cannot be reached/, 'another key is not trusted',
    environment => {%only, TLS_CERT_FILE => "$folder/cert.pem", TLS_KEY_FILE => "$folder/key.pem"};

finish;
