# A wrong command line exits with 2 and shows the usage; --version and --help do not care for the configuration.
use BeringShare::Test;

my $server = prepare_server();

sub run_it (@arguments) { return $server->run(\@arguments, LISTEN => 'nonsense') }

is run_it($_)->{status}, 0, "$_ succeeds, whatever the configuration" for qw(--version --help);
like run_it('--version')->{output}, qr/^beringshare \d+\.\d+\.\d+$/, '--version prints name and version, and nothing else';
like run_it('--help')->{output}, qr/^  \Q$_\E +\S/m, "--help explains $_"
    for qw(serve check-config --version --help --config 0 1 2 LISTEN RUST_LOG TENOR_API_KEY TLS_KEY_FILE);

for my $case (
    [['start'],                    'start',          'an unknown command'],
    [['--verbose'],                '--verbose',      'an unknown option'],
    [['serve', 'check-config'],    'check-config',   'two commands'],
    [['--config'],                 '--config needs', '--config without a file'],
    [['check-config', '--config='], '--config=',     '--config= without a file'],
    [[''],                         'unknown',        'an empty argument'],
) {
    my ($arguments, $words, $name) = @$case;
    my $result = run_it(@$arguments);
    is $result->{status}, 2, "$name exits with 2";
    like $result->{output}, qr/\Q$words\E.*^usage: /ms, "$name is named, and the usage shown";
}

finish;
