# Certificate files that are wrong stop the start; a server with TLS alone is fine.
use BeringShare::Test;
use BeringShare::Tls;

my $server = prepare_tls_server();
my $other  = prepare_tls_server();
my $folder = $server->directory;
write_file("$folder/nonsense.pem", "nonsense\n");

my @bad = (
    ['no certificate file',      TLS_CERT_FILE => "$folder/none.pem"],
    ['no key file',              TLS_KEY_FILE  => "$folder/none.pem"],
    ['a certificate of nonsense', TLS_CERT_FILE => "$folder/nonsense.pem"],
    ['a key of nonsense',        TLS_KEY_FILE  => "$folder/nonsense.pem"],
    ['the key of another one',   TLS_KEY_FILE  => $other->directory . '/key.pem'],
    ['no certificate',           TLS_CERT_FILE => undef],
    ['no key',                   TLS_KEY_FILE  => undef],
);
for my $case (@bad) {
    my ($what, $key, $value) = @$case;
    my $result = $server->run(['serve'], $key => $value);
    isnt $result->{status}, 0, "$what: the start is refused";
    ok !$result->{timeout} && $result->{status} < 128, 'in an orderly way';
    like $result->{output}, qr/TLS_(?:CERT|KEY)_FILE/, 'naming the setting' or diag $result->{output};
}

$server->overrides->{LISTEN} = '';
$server->url(tls_url($server));
$server->launch;
status_is $server->admin->get('/admin/users'), 200, 'LISTEN may be empty when LISTEN_TLS is not';

finish;
