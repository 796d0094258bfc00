# The database is rewritten without what deleted rows have left: beside no running server, on a disk that has room for it.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Database;
use Digest::SHA qw(sha256_hex);
use File::Temp ();

needs_command 'prlimit', 'util-linux';
my $server = start_server();
my $path   = $server->database;
my $alice  = $server->user('alice');
my ($kept, $large) = map { $server->channel($_, [$alice]) } qw(kept large);
$alice->say($kept, 'this stays');
$alice->request_many([map { ['POST', '/api/messages/channel', {channel => $large, body => 'x' x 20_000}] } 1 .. 150], 8);
status_is $server->admin->delete("/admin/channels/$large"), 200, 'a large channel is deleted';
control_fails $server, ['compact'], 6, qr/a server runs on the database \Q$path\E: stop it first/, 'not beside a running server';
$server->stop;

# What is free is there, whatever the server has given back until it was stopped.
make_database($path, 'CREATE TABLE ballast (text); INSERT INTO ballast VALUES (zeroblob(3000000)); DROP TABLE ballast;');
my $before = -s $path;
control_fails $server, ['compact'], 1, qr/cannot compact the database .*; it is as it was/, 'files may not grow so much',
    prefix => ['prlimit', '--fsize=80000:'];
is control($server, ['verify'])->{status}, 0, 'it is as it was';

my $report = control_json($server, ['compact']);
is_deeply $report, {database => $path, bytes_before => $before, bytes => -s $path}, 'compacted';
cmp_ok $report->{bytes}, '<', $before - 2_900_000, 'what was free is gone';
is_deeply query($path, 'PRAGMA freelist_count'), [[0]], 'all of it';
is_deeply query($path, 'PRAGMA auto_vacuum'), [[2]], 'and what will be free can be given back';
is_deeply [glob "$path?*"], [], 'nothing is left beside it';
like control_ok($server, ['compact'], 'again'), qr/^\Q$path\E takes .* now, and took .*\.$/m, 'in words';
is control_json($server, ['verify'])->{is_sound}, true, 'it is sound';
$server->launch;
is_deeply $alice->channel_bodies($kept), ['this stays'], 'the server goes on with it';
$server->stop;

# ---- not this way ----
SKIP: {
    my $mount = File::Temp->newdir('beringshare-full-XXXXXXXX', TMPDIR => 1);
    skip 'only root can mount a small file system', 3 if $> != 0;
    my $mounted = run_command(['mount', '-t', 'tmpfs', '-o', 'size=' . int(2.5 * -s $path), 'tmpfs', "$mount"]);
    skip "cannot mount here: $mounted->{output}", 3 if $mounted->{status} != 0;
    write_file("$mount/data.sqlite", read_file($path));
    my $state = sha256_hex(read_file("$mount/data.sqlite"));
    control_fails $server, ['compact'], 1, qr/cannot compact .*: the disk is full: \d+ bytes are needed, \d+ are free/,
        'a disk without room', environment => {DATABASE_PATH => "$mount/data.sqlite"};
    is sha256_hex(read_file("$mount/data.sqlite")), $state, 'it is as it was';
    run_command(['umount', '-l', "$mount"]);
}

sub elsewhere ($name) { return (environment => {DATABASE_PATH => $server->directory . "/$name"}) }
control_fails $server, ['compact'], 5, qr/there is no database/, 'nothing there', elsewhere('none.sqlite');
ok !-e $server->directory . '/none.sqlite', 'and nothing is made';
make_database($server->directory . '/recipes.sqlite', 'CREATE TABLE recipes (title TEXT);');
control_fails $server, ['compact'], 1, qr/another application/, 'another program\'s database', elsewhere('recipes.sqlite');

finish;
