# The shell's completion, made from the table of commands: what bash offers.
use BeringShare::Test;
use BeringShare::Control;

needs_command 'bash', 'bash';
my $server = prepare_server();
my $script = $server->directory . '/completion.bash';
write_file($script, control_ok($server, ['completion', 'bash'], 'the script'));

# What bash offers for these words, of which the last is being written.
sub offered (@words) {
    my $list   = join ' ', map {"'$_'"} 'beringctl', @words;
    my $result = run_command(['bash', '-c', "source $script; COMP_WORDS=($list); COMP_CWORD=$#{[0, @words]}; _beringctl; printf '%s\\n' \"\${COMPREPLY[@]}\""]);
    is $result->{status}, 0, "bash runs it for: @words" or diag $result->{output};
    return [sort grep {length} split /\n/, $result->{output}];
}

my $help = control_ok($server, ['help'], 'help') =~ s/\noptions of every.*//sr;
my %commands;
for (split /\n/, $help) { push @{$commands{$1}}, $2 // () if /^  (\S+)(?: (\S+))?  / }
is_deeply [grep { !/^--/ } @{offered('')}], [sort keys %commands], 'the first word: every command and group of the help';
for my $group (grep { @{$commands{$_}} } sort keys %commands) {
    is_deeply offered($group, ''), [sort @{$commands{$group}}], "the commands of $group";
}
is_deeply offered('us'), ['users'], 'what begins so';
is_deeply offered('--json', 'users', 'pa'), ['password'], 'options before it do not matter';
is_deeply offered('--config', 'x.conf', 'users', 'pa'), ['password'], 'nor does a file';
is_deeply offered('users', 'create', '--pa'), ['--password'], 'options of a command';
is_deeply offered('restore', '--ren'), ['--rename'], 'options of a command of one word';
is_deeply offered('completion', ''), ['bash'], 'the shells';
is_deeply offered('help', 'chan'), ['channels'], 'what can be explained';
write_file($server->directory . '/backup-of-monday', '');
is_deeply offered('restore', $server->directory . '/backup-of'), [$server->directory . '/backup-of-monday'], 'files';

finish;
