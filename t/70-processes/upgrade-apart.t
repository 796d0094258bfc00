# An upgrade for which the old workers must end first, because the segment is another: connections wait meanwhile, and no
# request fails; streams are told to ask the database.
use BeringShare::Test;

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

my (@failed, @stored, $stop);
my $running = 0;
sub post_on ($poster) {
    return --$running if $stop;
    my $text = 'message ' . (@stored + @failed);
    $poster->request_p('POST', '/api/messages/channel', {channel => $channel, body => $text})->then(sub ($answer) {
        $answer->status == 200 ? push @stored, $text : push @failed, "$text: " . $answer->summary;
        post_on($poster);
    });
}
for my $kept (0, 0, 4, 4) {
    ++$running;
    post_on($alice->with(own_ua => ref($alice)->new_ua->max_connections($kept)));
}
ok wait_until(sub { @stored > 20 }), 'posting goes on';

write_file($file, "RING_SIZE=2m\n");
my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
eventually sub { $server->log =~ /the workers of before end first: the shared segment is another/ }, 'the log says why they end';
eventually sub { !grep { is_alive($_) } @old }, 'they end';
my $goal = @stored + 50;
ok wait_until(sub { @stored >= $goal }), 'posting goes on';
$stop = 1;
ok wait_until(sub { $running == 0 }), 'all posters have ended';
is_deeply \@failed, [], 'not one request has failed';
is scalar @{$alice->channel_bodies($channel)}, @stored + 1, 'what was acknowledged is stored, once';
ok $stream->wait_end && $stream->ended_cleanly, 'the stream has ended in order';
my $resumed = $bob->events(last_event_id => $last);
eventually sub { $resumed->named('resync') }, 'who comes back is told to ask the database';
$server->first_workers([]);

finish;
