package BeringShare::Tls;

# A certificate for the tests, and a server's second, encrypted address.

use Mojo::Base -strict, -signatures;
use BeringShare::Process qw(run_command);
use BeringShare::Server;
use Exporter qw(import);

our @EXPORT = qw(make_certificate prepare_tls_server s_client served_name tls_url);

# Writes PREFIXcert.pem and PREFIXkey.pem to a folder. Options: prefix, name (also the subject's), days (-1: has expired),
# key => rsa.
sub make_certificate ($folder, $address, %options) {
    my $prefix = $options{prefix} // '';
    my $name   = $options{name};
    my @key    = ($options{key} // '') eq 'rsa' ? ('rsa:2048') : ('ec', '-pkeyopt', 'ec_paramgen_curve:P-256');
    my @files  = map { "$folder/$prefix$_.new" } qw(key.pem cert.pem request.pem);
    openssl('req', '-new', '-newkey', @key, '-nodes', '-keyout', $files[0], '-out', $files[2],
        '-subj', '/CN=' . ($name // 'beringshare test'), '-addext', "subjectAltName=IP:$address" . ($name ? ",DNS:$name" : ''));
    openssl('x509', '-req', '-in', $files[2], '-signkey', $files[0], '-days', $options{days} // 2, '-copy_extensions', 'copy',
        '-out', $files[1]);
    rename "$folder/$prefix$_.new", "$folder/$prefix$_" or die "rename: $!" for qw(key.pem cert.pem);
}

sub openssl (@arguments) {
    my $result = run_command(['openssl', @arguments]);
    die "openssl: $result->{output}" if $result->{status} != 0;
}

# What openssl s_client says of a connection to the server's encrypted address.
sub s_client ($server, @arguments) {
    return run_command(['openssl', 's_client', '-connect', $server->address . ':' . $server->{tls_port}, '-ign_eof', @arguments],
        input => "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")->{output};
}

# The name in the certificate that is served to who asks for this name (undef: for none).
sub served_name ($server, $name = undef) {
    my ($served) = s_client($server, $name ? (-servername => $name) : '-noservername') =~ /^subject=CN\s*=\s*(.*)$/m;
    return $served;
}

# Not started yet; further arguments are those of prepare_server.
sub prepare_tls_server (%options) {
    my $server = BeringShare::Test::prepare_server(%options);
    make_certificate($server->directory, $server->address);
    $server->{tls_port} = BeringShare::Server::free_port($server->address);
    %{$server->overrides} = (
        LISTEN_TLS    => $server->address . ':' . $server->{tls_port},
        TLS_CERT_FILE => $server->directory . '/cert.pem',
        TLS_KEY_FILE  => $server->directory . '/key.pem',
        %{$server->overrides},
    );
    return $server;
}

sub tls_url ($server) { return 'https://' . $server->address . ':' . $server->{tls_port} }

1;
