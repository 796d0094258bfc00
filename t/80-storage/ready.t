# /readyz says why nothing can be written, on a disk that is full or has become read-only, while the server runs and reads on;
# and that it can again. An idle server that is asked often writes little for that.
use BeringShare::Test;
use BeringShare::Database;
use File::Temp ();

my @mounts;
END { local $?; run_command(['umount', '-l', "$_"]) for @mounts }
sub mounted (@arguments) {
    my $folder = File::Temp->newdir('beringshare-ready-XXXXXXXX', TMPDIR => 1);
    return undef if $> != 0 || run_command(['mount', @arguments, "$folder"])->{status} != 0;
    push @mounts, $folder;
    return $folder;
}

# It says so, whichever worker is asked, and is there all the same.
sub not_ready ($server, $why, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $nobody = $server->anonymous;
    my @on = map { $nobody->on_worker($_) } $server->worker_pids;
    eventually sub { @on == grep { $_->get('/readyz')->status == 503 } @on }, $name;
    refused $_->get('/readyz'), 503, "$name: with an error" for @on;
    like $_->get('/readyz')->error, $why, "$name: which says why" for @on;
    status_is $_->get('/livez'), 200, "$name: it is alive" for @on;
}

sub ready ($server, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @on = map { $server->anonymous->on_worker($_) } $server->worker_pids;
    eventually sub { @on == grep { $_->get('/readyz')->status == 200 } @on }, $name;
}

# ---- many ask, nobody writes ----
my $server = start_server();
my $commits = sub { query($server->database, 'SELECT commit_number FROM meta')->[0][0] };
my $nobody = $server->anonymous->on_worker(($server->worker_pids)[0]);
status_is $nobody->get('/readyz'), 200, 'ready';
my ($before, $began, $asked, $answers) = ($commits->(), time, 0, 0);
until (time - $began > 8) {
    ++$asked;
    $answers += $nobody->get('/readyz')->status == 200;
}
is $answers, $asked, 'asked without a pause';
cmp_ok $commits->() - $before, '<=', 2 + (time - $began) / 10, 'it has written next to nothing for that';
$server->stop;

SKIP: {
    my $mount = mounted('-t', 'tmpfs', '-o', 'size=40m', 'tmpfs');
    skip 'only root can mount a small file system', 1 unless $mount;
    my $server = start_server(DATABASE_PATH => "$mount/data.sqlite");
    my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
    $alice->tell('bob', 'before');
    ready $server, 'a disk with room';
    open my $filler, '>', "$mount/filler" or die $!;
    while (defined syswrite $filler, "\0" x 65536) { }
    ok $!{ENOSPC}, 'the file system is full';
    not_ready $server, qr/^the disk is full$/, 'a full disk';
    is_deeply $bob->direct_bodies($alice->id), ['before'], 'it reads on';
    truncate $filler, 0;
    ready $server, 'with room again';
    $server->stop;
}

SKIP: {
    my $image = File::Temp->new;
    truncate $image, 64 << 20;
    my $made  = run_command(['sh', '-c', 'PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -F "$0"', "$image"])->{status} == 0;
    my $mount = $made ? mounted('-o', 'loop,errors=remount-ro', "$image") : undef;
    skip 'only root can mount an image', 1 unless $mount;
    my $server = start_server(DATABASE_PATH => "$mount/data.sqlite");
    my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
    $alice->tell('bob', 'before');
    ready $server, 'a disk that is well';
    my ($device) = run_command(['findmnt', '-n', '-o', 'SOURCE', "$mount"])->{output} =~ m{/dev/(\w+)};
    write_file("/sys/fs/ext4/$device/trigger_fs_error", 'this is a test'); # as a damaged disk would
    not_ready $server, qr/read-only|writing the disk failed/, 'a disk that has become read-only';
    refused $alice->post('/api/messages/dm', {recipient => 'bob', body => 'refused'}), 503, 'nothing is written';
    is_deeply $bob->direct_bodies($alice->id), ['before'], 'it reads on';
    like $server->log, qr/cannot write: .*(?:read-only|writing the disk failed)/, 'the log says so, too';
    $server->stop;
}

finish;
