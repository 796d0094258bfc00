# beringshare --version and --help; an unknown command is refused.
use BeringShare::Test;

my $server = prepare_server();
my $version = $server->run(['--version']);
is $version->{status}, 0, '--version';
like $version->{output}, qr/\Abering\w* \d+\.\d+/i, 'names the program and its version';

my $help = $server->run(['--help']);
is $help->{status}, 0, '--help';
like $help->{output}, qr/\b$_\b/, "mentions $_"
    for qw(serve check-config), sort grep { !/SAN_OPTIONS|^(?:PATH|HOME|LANG|TMPDIR|LD_|LLVM_)/ } keys %{$server->environment};

for my $arguments (['dance'], ['--nonsense'], ['serve', 'too', 'much'], ['--config']) {
    my $refused = $server->run($arguments);
    isnt $refused->{status}, 0, "@$arguments is refused";
    ok !$refused->{timeout}, 'at once';
    cmp_ok length $refused->{output}, '>', 10, 'with a text';
}

finish;
