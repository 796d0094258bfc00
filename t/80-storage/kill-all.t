# All processes are killed in the middle of writing: whatever was acknowledged is there afterwards.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);
my (%acknowledged, $posted);
for my $round (1 .. 3) {
    my ($running, $stop) = (0, 0);
    my $post;
    $post = sub {
        return --$running if $stop;
        my $text = 'message ' . ++$posted;
        $alice->request_p('POST', '/api/messages/channel', {channel => $channel, body => $text})->then(sub ($answer) {
            if ($answer->status == 200) { $acknowledged{$text} = 1 }
            else                        { $stop = 1 }
            $post->();
        });
    };
    for (1 .. 8) { ++$running; $post->() }
    my $goal = keys(%acknowledged) + 100;
    ok wait_until(sub { keys %acknowledged >= $goal }), "round $round: posting";
    my @workers = $server->worker_pids;
    $server->kill_expected($server->pid, @workers);
    ok wait_until(sub { $running == 0 }), 'the posters have noticed';
    $server->stop(killed => 1);

    $server->launch;
    my %stored = map { $_ => 1 } @{$alice->channel_bodies($channel)};
    is_deeply [grep { !$stored{$_} } sort keys %acknowledged], [], 'all that was acknowledged is stored';
}

finish;
