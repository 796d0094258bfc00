# The same on a file system that is really full (a small one in memory, which only root can make).
use BeringShare::Test;
use File::Temp ();

my $mount = File::Temp->newdir('beringshare-full-XXXXXXXX', TMPDIR => 1);
plan skip_all => 'only root can mount a small file system' if $> != 0;
my $mounted = run_command(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', "$mount"]);
plan skip_all => "cannot mount here: $mounted->{output}" if $mounted->{status} != 0;
my $server;
END { local $?; run_command(['umount', '-l', "$mount"]) if $mounted && $mounted->{status} == 0 }

$server = start_server(DATABASE_PATH => "$mount/data.sqlite");
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);
open my $filler, '>', "$mount/filler" or die $!;
$filler->autoflush;
while (defined syswrite $filler, "\0" x 4096) { }
ok $!{ENOSPC}, 'the file system is full';

# What is written may still fit into room that the database has taken already; but not for long.
my (@acknowledged, $refused);
for my $number (1 .. 2000) {
    my $text   = "message $number " . 'x' x 2000;
    my $answer = $alice->post('/api/messages/channel', {channel => $channel, body => $text});
    if ($answer->status != 200) { $refused = $answer; last }
    push @acknowledged, $text;
}
ok $refused, 'in the end a message is refused' and refused $refused, 503, 'the message that has no room';
is_deeply $alice->channel_bodies($channel), \@acknowledged, 'the history has what was acknowledged';

truncate $filler, 0;
eventually sub { $alice->post('/api/messages/channel', {channel => $channel, body => 'room', message_id => '00000000-0000-4000-8000-000000000002'})->status == 200 },
    'when there is room again, service resumes';
is_deeply $alice->channel_bodies($channel), [@acknowledged, 'room'], 'the history has what was acknowledged, and that';
$server->restart;
is_deeply $alice->channel_bodies($channel), [@acknowledged, 'room'], 'also after a restart';

finish;
