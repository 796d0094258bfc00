# TLS 1.2 and 1.3, nothing older; ALPN offers HTTP/1.1 only.
use BeringShare::Test;
use BeringShare::Tls;

needs_command 'openssl', 'openssl';
needs_command 'curl', 'curl';
my $server  = prepare_tls_server()->launch;
my $address = $server->address . ':' . $server->{tls_port};

sub answer_of (@arguments) { return s_client($server, -CAfile => $server->directory . '/cert.pem', @arguments) }

for my $version (qw(1_2 1_3)) {
    my $output = answer_of("-tls$version");
    (my $name = "TLSv$version") =~ tr/_/./;
    like $output, qr/(?:Protocol\s*:\s*|New, )\Q$name\E/, "$name is spoken";
    like $output, qr{HTTP/1\.1 200}, 'and the request answered';
    like $output, qr/Verify return code: 0/, 'with our certificate';
    unlike $output, qr/Compression: (?!NONE)/, 'without compression';
}
for my $version (qw(1 1_1)) {
    my $output = answer_of("-tls$version", '-cipher', 'ALL:@SECLEVEL=0');
    unlike $output, qr{HTTP/1\.1 200}, "TLS $version is refused";
    like $output, qr/alert|error|no protocols/i, 'at the handshake';
}
like answer_of('-alpn', 'h2,http/1.1'), qr{ALPN protocol: http/1\.1}, 'ALPN: http/1.1 even when h2 is offered first';
unlike answer_of('-alpn', 'h2'), qr/ALPN protocol: h2/, 'h2 alone is not taken up';
unlike answer_of('-tls1_2', '-cipher', 'eNULL:aNULL:RC4:3DES:DES:EXPORT:@SECLEVEL=0'), qr{HTTP/1\.1 200}, 'no weak cipher';

my $curl = run_command(['curl', '-sS', '--http2', '--cacert', $server->directory . '/cert.pem', '-w', ' %{http_version}',
    "https://$address/health"]);
is $curl->{output}, 'ok 1.1', 'curl, asking for HTTP/2, gets HTTP/1.1';

finish;
