package BeringShare::Tls;

# A certificate for the tests, and a server's second, encrypted address.

use Mojo::Base -strict, -signatures;
use BeringShare::Process qw(run_command);
use BeringShare::Server;
use Exporter qw(import);

our @EXPORT = qw(make_certificate prepare_tls_server tls_url);

# Writes cert.pem and key.pem to a folder.
sub make_certificate ($folder, $address) {
    my $result = run_command(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
        '-keyout', "$folder/key.pem", '-out', "$folder/cert.pem", '-days', '2', '-subj', '/CN=beringshare test',
        '-addext', "subjectAltName=IP:$address"]);
    die "openssl: $result->{output}" if $result->{status} != 0;
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
