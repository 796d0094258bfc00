# /metrics: well-formed, told to whoever has METRICS_TOKEN and nobody else, and every counter moves with what it counts.
use BeringShare::Test;
use BeringShare::Peer;
use List::Util qw(sum0);

needs_command 'promtool', 'prometheus';
my $token  = 'monitoring-token-4711';
my $server = start_server(METRICS_TOKEN => $token);
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $admin   = $server->admin;
my $monitor = $server->anonymous->with(token => $server->keep_secret($token));
my $channel = $server->channel('secret-channel-name', [$alice, $bob]);

refused $server->anonymous->get('/metrics'), 401, 'nothing without a token';
refused $monitor->with(token => 'another')->get('/metrics'), 401, 'nor with another one';
refused $_->get('/metrics'), 401, 'nor for users and administrators' for $alice, $admin;
refused $monitor->get('/admin/overview'), 401, 'the token opens nothing else';

# The samples of an answer by name and labels; the rules of OpenMetrics are checked on the way.
sub samples ($text) {
    my (%values, %types, $family, @wrong);
    my @lines = split /\n/, $text, -1;
    push @wrong, 'the end' unless @lines > 2 && pop @lines eq '' && pop @lines eq '# EOF';
    for my $line (@lines) {
        if ($line =~ /^# (HELP|TYPE) ([a-z_:]+) (\S.*)$/) {
            push @wrong, "again: $line" if $1 eq 'HELP' && exists $types{$2};
            $family = $2;
            $types{$family} = $1 eq 'TYPE' ? $3 : '';
        } elsif ($line =~ /^([a-z_:]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*"(?:,(?=[a-z]))?)*\})? (-?[0-9.]+)$/) {
            my ($name, $labels, $value) = ($1, $2 // '', $3);
            my %endings = (counter => ['_total'], gauge => [''], info => ['_info'], histogram => [qw(_bucket _sum _count)]);
            push @wrong, "not of $family: $line" unless grep { $name eq "$family$_" } @{$endings{$types{$family}}};
            push @wrong, "twice: $line" if exists $values{"$name$labels"};
            $values{"$name$labels"} = $value;
        } else {
            push @wrong, "no sample: $line";
        }
    }
    for my $bucket (grep {/_bucket\{.*le="\+Inf"/} keys %values) {
        my $count = $bucket =~ s/_bucket/_count/r =~ s/,?le="\+Inf"//r =~ s/\{\}//r;
        push @wrong, "$bucket differs from $count" unless ($values{$count} // -1) == $values{$bucket};
    }
    is_deeply \@wrong, [], 'the rules of OpenMetrics';
    return \%values;
}

sub read_metrics () {
    my $answer = $monitor->get('/metrics');
    status_is $answer, 200, 'an answer';
    is $answer->header('Content-Type'), 'application/openmetrics-text; version=1.0.0; charset=utf-8', 'of the right type';
    return samples($answer->body);
}

sub value ($samples, $name) { return $samples->{"beringshare_$name"} // 0 }
sub total ($samples, $pattern) { return sum0 map { $samples->{$_} } grep {/^beringshare_$pattern/} keys %$samples }

my $before = read_metrics();
my $post   = 'method="POST",route="/api/messages/channel"';
my $stream = $bob->events;
$alice->say($channel, "message $_") for 1 .. 20;
status_is $alice->get("/api/channels/$channel/messages"), 200, 'a history';
status_is $alice->get('/api/channels/' . random_uuid() . '/messages'), 404, 'of no channel';
wait_until(sub { @{$stream->bodies} == 20 });
status_is $alice->post("/api/channels/$channel/call/join"), 200, 'a call';
my $after = read_metrics();

is value($after, "http_requests_total{$post,status=\"2xx\"}") - value($before, "http_requests_total{$post,status=\"2xx\"}"), 20,
    'posts are counted by route and status';
is value($after, "http_request_duration_seconds_count{$post}"), 20, 'and their times';
cmp_ok value($after, "http_request_duration_seconds_sum{$post}"), '>', 0, 'which are not nothing';
is value($after, 'http_requests_total{method="GET",route="/api/channels/:id/messages",status="4xx"}'), 1, 'an id never is a label';
cmp_ok value($after, $_) - value($before, $_), '>=', 20, $_
    for qw(events_published_total events_delivered_total committed_writes_total commit_messages_sum);
cmp_ok value($after, $_) - value($before, $_), '>', 0, $_
    for qw(commits_total commit_duration_seconds_count commit_duration_seconds_sum commit_writes_count commit_writes_sum);
is value($after, 'streams'),           1, 'a stream';
is value($after, 'users_online'),      1, 'of somebody';
is value($after, 'call_participants'), 1, 'somebody in a call';
cmp_ok value($after, 'connections'), '>=', 2, 'connections';
is value($after, "ring_lag_bytes{process=\"$_\"}"), 0, "$_ has read all" for 'worker 1', 'worker 2', 'federation';
cmp_ok value($after, "process_resident_bytes{process=\"$_\"}"), '>', 1 << 20, "the memory of $_" for 'master', 'worker 1', 'worker 2', 'federation';
is value($after, 'database_bytes'), -s $server->database, 'the size of the database';
cmp_ok value($after, $_), '>', 0, $_ for qw(database_wal_bytes disk_free_bytes start_time_seconds);
is total($after, 'build_info'), 1, 'the version';

# ---- other servers, a process that dies ----
my $peer = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
$admin->post('/admin/users/sync-federated', {});
eventually sub { value(read_metrics(), 'peer_polls_total{peer="zulu"}') > 0 }, 'rounds of questions to a server';
$peer->misbehave(path => '/federation/messages', status => 503);
status_is $alice->post('/api/messages/dm', {recipient => 'zoe@zulu', body => 'waits'}), 200, 'a message that waits';
eventually sub {
    my $samples = read_metrics();
    return value($samples, 'peer_outbox_rows{peer="zulu"}') == 1 && value($samples, 'peer_failures_in_a_row{peer="zulu"}') > 0
        && exists $samples->{'beringshare_peer_outbox_oldest_seconds{peer="zulu"}'};
}, 'is seen';
$peer->misbehave(path => '/federation/presence', status => 500);
eventually sub { value(read_metrics(), 'peer_poll_failures_total{peer="zulu"}') > 0 }, 'rounds that fail, too';

my ($victim) = $server->worker_pids;
$server->kill_expected($victim);
eventually sub { ($monitor->get('/metrics')->body // '') =~ /^beringshare_process_restarts_total 1$/m }, 'a process that died';
my $last = read_metrics();
cmp_ok value($last, "http_requests_total{$post,status=\"2xx\"}"), '>=', 20, 'what it had counted stays';

# ---- what the text says, to whom ----
my $text = $monitor->get('/metrics')->body;
unlike $text, qr/secret-channel-name|alice|\bbob\b|[0-9a-f]{8}-[0-9a-f]{4}/, 'nobody and nothing is named';
unlike $text, qr/\Q$_\E/, 'no secret' for $token, $admin->token, $alice->token;
my $plain = $monitor->get('/metrics', undef, headers => {Accept => 'text/plain;version=0.0.4'});
is $plain->header('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8', 'the older format, for who asks for it';
write_file($server->directory . '/metrics', $plain->body);
my $checked = run_command(['sh', '-c', 'exec promtool check metrics < "$0"', $server->directory . '/metrics']);
is $checked->{status}, 0, 'promtool finds nothing wrong' or diag $checked->{output} // $checked->{out} // explain $checked;

my $closed = start_server();
refused $closed->admin->get('/metrics'), 401, 'without METRICS_TOKEN nobody reads it';

finish;
