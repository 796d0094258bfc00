# IPv6: its own addresses in LISTEN and LISTEN_TLS, plain and encrypted.
use BeringShare::Test;
use BeringShare::Tls;
use IO::Socket::IP;

my $socket = IO::Socket::IP->new(LocalHost => '::1', LocalPort => 0, Listen => 1, Family => Socket::AF_INET6())
    or plan skip_all => 'this machine has no IPv6 loopback';
my $second = IO::Socket::IP->new(LocalHost => '::1', LocalPort => 0, Listen => 1, Family => Socket::AF_INET6());
my ($plain, $tls) = map { '[::1]:' . $_->sockport } $socket, $second;
close $_ for $socket, $second;

my $server = prepare_tls_server();
$server->overrides->{LISTEN}     = $server->environment->{LISTEN} . ", $plain";
$server->overrides->{LISTEN_TLS} .= ", $tls";
$server->launch;
my $alice = $server->user('alice');
status_is $alice->request('GET', '/api/users', undef, url => "http://$plain"), 200, 'plain HTTP over IPv6';
status_is $alice->request('GET', '/api/users', undef, url => "https://$tls"), 200, 'HTTPS over IPv6';
my $port = (split /:/, $tls)[-1];
my $output = run_command(['openssl', 's_client', '-connect', "[::1]:$port", '-ign_eof'],
    input => "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")->{output};
like $output, qr{HTTP/1\.1 200}, 'openssl over IPv6';
my $taken = prepare_server(LISTEN => $plain)->run;
is $taken->{status}, 1, 'an IPv6 address that is in use';
like $taken->{output}, qr/cannot listen on \Q$plain\E: Address already in use/, 'is named';

finish;
