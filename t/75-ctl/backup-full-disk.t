# No room for a backup: it says so, leaves nothing, and the server goes on.
use BeringShare::Test;
use BeringShare::Control;
use File::Temp ();

needs_command 'prlimit', 'util-linux';
my $server  = start_server();
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);
$alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => "message $_ " . 'x' x 5000}] } 1 .. 200]);
my $file = $server->directory . '/backup.sqlite';

control_fails $server, ['backup', $file], 1, qr/cannot write \Q$file\E/, 'a limit of file sizes', prefix => ['prlimit', '--fsize=200000:'];
is_deeply [glob "$file*"], [], 'nothing is left';

SKIP: {
    my $mount = File::Temp->newdir('beringshare-full-XXXXXXXX', TMPDIR => 1);
    skip 'only root can mount a small file system', 4 if $> != 0;
    my $mounted = run_command(['mount', '-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', "$mount"]);
    skip "cannot mount here: $mounted->{output}", 4 if $mounted->{status} != 0;
    control_fails $server, ['backup', "$mount/backup.sqlite"], 1, qr/the disk is full/, 'a full disk';
    is_deeply [glob "$mount/*"], [], 'nothing is left';
    my $target = "$mount/old.sqlite";
    write_file($target, 'an older backup');
    control($server, ['backup', $target, '--overwrite']);
    is read_file($target), 'an older backup', 'what should have been replaced is still there';
    run_command(['umount', '-l', "$mount"]);
}
control_ok $server, ['backup', $file], 'with room it works';
$alice->say($channel, 'it goes on');
is $alice->get("/api/messages/channel/$channel?limit=1")->json->[0]{body}, 'it goes on', 'the server was not disturbed';

finish;
