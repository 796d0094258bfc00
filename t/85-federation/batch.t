# POST /federation/batch: items are taken in order, each with a result of its own; again it is all the same and stores nothing
# twice.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $x      = BeringShare::Peer->speaker('x');
$x->register($server);
my $stream = $alice->events;
my $path   = '/federation/batch';

my $info = $x->get($server, '/federation/info');
status_is $info, 200, 'what this server can do';
has_fields $info->json, {software => 'beringshare', server_name => 'a', batch => true}, 'it takes batches';

my $unknown = $x->direct_message('zoe', 'nobody@a', 'to nobody');
my @items = (
    {kind => 'message',    body => $x->channel_message('zoe', 'news', 'x', 'makes the channel')},
    {kind => 'membership', body => $x->membership('news', 'x', 'alice@a')},
    {kind => 'message',    body => $x->channel_message('zoe', 'news', 'x', 'after joining')},
    {kind => 'message',    body => $unknown},
    {kind => 'message',    body => {%$unknown, sent_at => 'yesterday'}},
    {kind => 'nonsense',   body => {}},
    {kind => 'message',    body => $x->direct_message('zoe', 'alice@a', 'direct')},
    {kind => 'call',       body => $x->call_event('news', 'x', 'join', 'zoe')},
    {kind => 'signal',     body => $x->signal('zoe', 'alice@a', 'offer', '{"sdp":1}')},
    {kind => 'message',    body => $x->direct_message('zoe', 'alice@a', 'the last')},
);
for my $time (1, 2) {
    my $answer = $x->post($server, $path, {items => \@items});
    status_is $answer, 200, "a batch, time $time";
    my $results = $answer->json->{results};
    is_deeply [map { $_->{status} < 300 ? 'ok' : $_->{status} < 500 ? 'refused' : 'failed' } @$results],
        [qw(ok ok ok refused refused refused ok ok ok ok)], 'each item has its result' or diag explain $results;
    like $_->{error}, qr/\S/, 'those refused say why' for grep { $_->{status} >= 400 } @$results;
}
$alice->tell('alice', 'the end');
reads_bodies $stream, ['after joining', 'direct', 'the last', 'the end'], 'each message was announced once';
is_deeply $alice->channel_bodies(known_channel($server, 'news', 'x')), ['makes the channel', 'after joining'], 'the channel has each once';
is scalar(() = $stream->named('channel_call_join')), 1, 'the call was announced once';

my @many = map { {kind => 'message', body => $x->direct_message('zoe', 'alice@a', "many $_")} } 1 .. 256;
status_is $x->post($server, $path, {items => \@many}), 200, '256 items';
eventually sub { message_count($server) == 5 + 256 }, 'all are stored';
refused $x->post($server, $path, {items => [@many, @many]}), [400, 413, 422], 'more are too many';
status_is $x->post($server, $path, {items => []}), 200, 'none are none';
refused $x->post($server, $path, {items => 'all'}), [400, 422], 'no list';
refused $x->post($server, $path, {}), [400, 422], 'nothing';
for my $item (17, 'text', undef, [], {}, {kind => 'message'}, {kind => 'message', body => 'text'}, {kind => 1, body => {}}) {
    my $answer = $x->post($server, $path, {items => [$item]});
    my $status = $answer->status == 200 ? $answer->json->{results}[0]{status} : $answer->status;
    ok $status >= 400 && $status < 500, 'a wrong item: ' . encode_json($item) or diag $answer->summary;
}
is message_count($server), 5 + 256, 'what was wrong has stored nothing';

finish;
