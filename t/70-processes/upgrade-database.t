# SIGUSR2 with another DATABASE_PATH is refused: the lock that goes from program to program is that of the file before.
use BeringShare::Test;

my $server = prepare_server(prefix => ['env', '-u', 'DATABASE_PATH']);
my $file   = $server->directory . '/configuration';
my $path   = $server->database;
write_file($file, "DATABASE_PATH=$path\n");
$server->arguments(['serve', '--config', $file]);
$server->launch;
my $alice   = $server->user('alice');
my @workers = $server->worker_pids;
for my $other ("$path.other", $file) {
    my $before = length $server->log;
    write_file($file, "DATABASE_PATH=$other\n");
    kill USR2 => $server->pid;
    eventually sub { substr($server->log, $before) =~ /DATABASE_PATH has changed: that needs a restart.*no upgrade: the new program does not start here/s }, 'the log says so';
    is_deeply [$server->worker_pids], \@workers, 'the same workers go on';
}
$alice->tell('alice', 'still writing');
is_deeply $alice->direct_bodies($alice->id), ['still writing'], 'and write';

# The same file by another name is the same.
symlink $path, "$path.link" or die "symlink: $!";
write_file($file, "DATABASE_PATH=$path.link\n");
my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
eventually sub { !grep { is_alive($_) } @old }, 'another name of the same file is none';
is_deeply $alice->direct_bodies($alice->id), ['still writing'], 'it serves what it did';
$server->first_workers([]);

finish;
