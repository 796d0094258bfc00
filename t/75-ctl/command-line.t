# What beringctl understands, what it says of itself, and how it refuses what it does not understand.
use BeringShare::Test;
use BeringShare::Control;

my $server = prepare_server();
my $help   = control_ok($server, ['help'], 'help');
for my $words ('status', 'peers', 'doctor', 'backup', 'restore', 'verify', 'rollback', 'import', 'compact', 'users create', 'channels list',
    'servers create', 'federation-tokens list', 'sessions end') {
    like $help, qr/^  \Q$words\E /m, "$words is in it";
    like control_ok($server, ['help', split / /, $words], "help $words"), qr/^usage: beringctl \Q$words\E\b/, 'and has a help of its own';
}
is control_ok($server, ['--help'], '--help'), $help, 'is the same';
like control_ok($server, ['users', '--help'], 'users --help'), qr/^  users password /m, 'the help of a group';
for my $command (grep {$_} map { /^  (\S+(?: \S+)?)  / ? $1 : '' } split /\n/, $help =~ s/\noptions of every.*//sr) {
    my $text = control_ok($server, ['help', split / /, $command], "help $command");
    like $text, qr/^exit status:\n(?:  [0-6] +\S.*\n){7}/m, "$command explains what it ends with";
}
like control_ok($server, ['version'], 'version'), qr/^beringctl \d+\.\d+\.\d+$/, 'the version';

control_fails $server, [], 2, qr/command is missing/, 'no command';
control_fails $server, ['frobnicate'], 2, qr/unknown command: frobnicate/, 'an unknown command';
control_fails $server, ['users', 'frobnicate'], 2, qr/unknown command: users frobnicate/, 'an unknown command of a group';
control_fails $server, ['users'], 2, qr/help users/, 'a group alone';
control_fails $server, ['backup'], 2, qr/FILE is missing/, 'too few words';
control_fails $server, ['backup', 'a', 'b'], 2, qr/too many words: b/, 'too many words';
control_fails $server, ['backup', ''], 2, qr/FILE must not be empty/, 'an empty word';
control_fails $server, ['status', '--frobnicate'], 2, qr/unknown option: --frobnicate/, 'an unknown option';
control_fails $server, ['users', 'list', '--yes'], 2, qr/unknown option: --yes/, 'an option of another command';
control_fails $server, ['users', 'update', 'alice', '--name'], 2, qr/--name needs a value/, 'an option without its value';
control_fails $server, ['users', 'list', '--local=x'], 2, qr/--local takes no value/, 'a flag with a value';
control_fails $server, ['status', '--config'], 2, qr/--config needs a value/, '--config without a file';
control_fails $server, ['backup', 'x', '--server', 'http://127.0.0.1:1'], 2, qr/files of this machine/, 'a command on files, elsewhere';
control_fails $server, ['help', 'frobnicate'], 2, qr/unknown command/, 'help for an unknown command';
control_fails $server, ['completion', 'fish'], 2, qr/bash alone/, 'another shell';
control_fails $server, ['status'], 1, qr/WORKERS.*must be a number/, 'a wrong configuration', environment => {WORKERS => 'many'};
control_fails $server, ['status', '--config', '/no/such/file'], 1, qr{/no/such/file}, 'a configuration that is not there';
is control($server, ['help'], prefix => ['sh', '-c', '"$@" >/dev/full', 'sh'])->{status}, 1, 'output that nobody takes is a failure';

finish;
