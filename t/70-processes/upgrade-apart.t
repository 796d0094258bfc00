# An upgrade for which the old workers must end first, because the segment is another: connections wait meanwhile, and no
# request fails; streams are told to ask the database.
use BeringShare::Test;
use BeringShare::Traffic;

my $server = prepare_server(DRAIN_SECONDS => 20);
my $file   = $server->directory . '/configuration';
write_file($file, "RING_SIZE=1m\n");
$server->arguments(['serve', '--config', $file]);
$server->launch;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my $stream  = $bob->events;
$alice->say($channel, 'before');
reads_bodies $stream, ['before'], 'a stream before';
my $last = $stream->events->[-1]{id};

my $traffic = BeringShare::Traffic->new(author => $alice, channel => $channel)->start;
$traffic->goes_on(20);

write_file($file, "RING_SIZE=2m\n");
my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
eventually sub { $server->log =~ /the workers of before end first: the shared segment is another/ }, 'the log says why they end';
eventually sub { !grep { is_alive($_) } @old }, 'they end';
$traffic->goes_on(50);
$traffic->stop;
is_deeply $traffic->failed, [], 'not one request has failed';
is scalar @{$alice->channel_bodies($channel)}, @{$traffic->stored} + 1, 'what was acknowledged is stored, once';
ok $stream->wait_end && $stream->ended_cleanly, 'the stream has ended in order';
my $resumed = $bob->events(last_event_id => $last);
eventually sub { $resumed->named('resync') }, 'who comes back is told to ask the database';
$server->first_workers([]);

finish;
