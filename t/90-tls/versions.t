# TLS 1.2 and 1.3, nothing older; ALPN offers HTTP/1.1 only.
use BeringShare::Test;
use BeringShare::Tls;

needs_command 'openssl', 'openssl';
needs_command 'curl', 'curl';
my $server  = prepare_tls_server()->launch;
my $address = $server->address . ':' . $server->{tls_port};
my $request = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

sub s_client (@arguments) {
    return run_command(['openssl', 's_client', '-connect', $address, '-CAfile', $server->directory . '/cert.pem', '-ign_eof', @arguments],
        input => $request)->{output};
}
for my $version (qw(1_2 1_3)) {
    my $output = s_client("-tls$version");
    (my $name = "TLSv$version") =~ tr/_/./;
    like $output, qr/(?:Protocol\s*:\s*|New, )\Q$name\E/, "$name is spoken";
    like $output, qr{HTTP/1\.1 200}, 'and the request answered';
    like $output, qr/Verify return code: 0/, 'with our certificate';
    unlike $output, qr/Compression: (?!NONE)/, 'without compression';
}
for my $version (qw(1 1_1)) {
    my $output = s_client("-tls$version", '-cipher', 'ALL:@SECLEVEL=0');
    unlike $output, qr{HTTP/1\.1 200}, "TLS $version is refused";
    like $output, qr/alert|error|no protocols/i, 'at the handshake';
}
like s_client('-alpn', 'h2,http/1.1'), qr{ALPN protocol: http/1\.1}, 'ALPN: http/1.1 even when h2 is offered first';
unlike s_client('-alpn', 'h2'), qr/ALPN protocol: h2/, 'h2 alone is not taken up';
unlike s_client('-tls1_2', '-cipher', 'eNULL:aNULL:RC4:3DES:DES:EXPORT:@SECLEVEL=0'), qr{HTTP/1\.1 200}, 'no weak cipher';

my $curl = run_command(['curl', '-sS', '--http2', '--cacert', $server->directory . '/cert.pem', '-w', ' %{http_version}',
    "https://$address/health"]);
is $curl->{output}, 'ok 1.1', 'curl, asking for HTTP/2, gets HTTP/1.1';

finish;
