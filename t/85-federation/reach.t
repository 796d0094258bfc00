# POST /federation/reach: who asks is called back, once, at the address that is registered for it and nowhere else; whatever
# is there, the answer says what came of it, and no more. GET /admin/servers/:id/reach tries both directions.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

# a asks of its own accord but once, when the other one knows it already: other calls are those that are looked for here.
my ($server_a, $server_b) = (start_federated('a', FEDERATION_POLL_SECONDS => 3600, WORKERS => 1), start_federated('b'));
introduce($server_b, $server_a);
introduce($server_a, $server_b);
wait_linked($server_a, $server_b);
my $zulu  = BeringShare::Peer->start('zulu', servers => [$server_a], users => ['zoe'], bering => 1);
my $thief = BeringShare::Peer->start('thief', known_tokens => [$server_a->environment->{SERVER_TOKEN}]);
known_user($server_a, 'zoe', 'zulu');
my $own_token = $server_a->environment->{SERVER_TOKEN};

sub both_ways ($server, $name) { return $server->admin->get(peer_path($server, $name) . '/reach') }

# Asks as zulu, which then answers so.
sub zulu_asks (%rule) {
    $zulu->misbehave(path => '/federation/info', %rule) if %rule;
    my $answer = $zulu->post($server_a, '/federation/reach', {});
    $zulu->behave;
    return $answer;
}

# It is not reached: what is said of it, and nothing of where it is.
sub not_reached ($pattern, $name, %rule) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $answer = zulu_asks(%rule);
    has_fields $answer->json, {reached => Mojo::JSON->false, refused => $rule{status} && $rule{status} =~ /^40[13]$/ ? Mojo::JSON->true : Mojo::JSON->false},
        "$name: not reached" or diag $answer->summary;
    like $answer->json->{error}, $pattern, "$name: why";
    unlike $answer->body, qr/127\.0\.0|@{[$zulu->port]}|told to refuse|http/, "$name: no address, and nothing that was answered";
}

# ---- called back ----
my $before = $zulu->count('/federation/info');
my $answer = $zulu->post($server_a, '/federation/reach', {base_url => $thief->url, name => 'thief', url => $thief->url, server => 'thief'});
status_is $answer, 200, 'a server asks whether it is reached';
has_fields $answer->json, {reached => Mojo::JSON->true, refused => Mojo::JSON->false, error => undef}, 'it is';
like $answer->json->{took_ms}, qr/^\d+$/, 'and how long it took';
my @calls = @{$zulu->requests('/federation/info')};
is @calls - $before, 1, 'it was called once';
is_deeply [@{$calls[-1]}{qw(method token)}], ['GET', $own_token], 'with the token of the server that calls';
is $thief->count, 0, 'what the request names was not called';
not_reached(qr/^something else answers there$/, 'a redirect', status => 307, headers => {Location => $thief->url . '/federation/info'});
is $thief->count, 0, 'which nobody follows';
not_reached(qr/^it does not accept the token$/,           'a server that does not know this one', status => 401);
not_reached(qr/^something else answers there$/,           'an original\'s answer',               status => 404);
not_reached(qr/^a server of another name answers there$/, 'another server',
    json => {software => 'beringshare', server_name => 'thief', batch => Mojo::JSON->true});
not_reached(qr/^its answer is too long$/,                      'an answer without an end', endless => 1);
not_reached(qr/^it closes the connection without an answer$/,  'no answer',                close   => 1);
not_reached(qr/^it does not answer in time$/,                  'a server that hangs',      hang    => 1);
$zulu->down;
not_reached(qr/^no connection can be made$/, 'a server that is away');
$zulu->up;

# ---- who may ask, and how often ----
refused $server_a->anonymous->post('/federation/reach', {}), 401, 'nobody';
refused $zulu->request($server_a, 'GET', '/federation/reach'), 405, 'it is no GET';
refused $zulu->post($server_a, '/federation/reach', {}, headers => {'x-federation-token' => $own_token}), 409, 'a token that all may use';
my $shared = $server_a->keep_secret($server_a->admin->post('/admin/federation-tokens', {label => 'friends'})->json->{token});
refused $zulu->post($server_a, '/federation/reach', {}, headers => {'x-federation-token' => $shared}), 409, 'one that says nothing of whose it is';
my $eager = BeringShare::Peer->speaker('eager');
$eager->register($server_a);
my $last;
for (1 .. 60) {
    $last = $eager->post($server_a, '/federation/reach', {});
    last if $last->status != 200;
}
refused $last, 429, 'who asks too often must wait';
like $last->header('Retry-After'), qr/^[1-9]\d*$/, 'and is told how long';
my $slow = BeringShare::Peer->start('slow', servers => [$server_a], bering => 1);
is $slow->post($server_a, '/federation/reach', {})->json->{reached}, Mojo::JSON->true, 'others need not';

# One call at a time: whoever hangs holds one thread, and the next is told to come again. Three tries, as a call ends by itself.
my $quick = BeringShare::Peer->start('quick', servers => [$server_a], bering => 1);
for (1 .. 3) {
    $slow->misbehave(path => '/federation/info', hang => 1);
    my $held = $slow->request_p($server_a, 'POST', '/federation/reach', {});
    wait_until(sub { $slow->hanging });
    $last = $quick->post($server_a, '/federation/reach', {});
    $slow->behave;
    $held->wait;
    last if $last->status == 503;
}
refused $last, 503, 'while another is called back';
eventually sub { $quick->post($server_a, '/federation/reach', {})->status == 200 }, 'afterwards it is one\'s turn';

# ---- both directions, as administrators ask ----
for my $pair ([$server_a, 'b'], [$server_b, 'a']) {
    my $ways = both_ways(@$pair)->json;
    has_fields $ways, {map { $_ => {reached => Mojo::JSON->true, refused => Mojo::JSON->false, error => undef} } qw(out in)}, "to $pair->[1] and back";
}
my @asked = map { $_->[0]->admin->request_p('GET', peer_path($_->[0], $_->[1]) . '/reach') } [$server_a, 'b'], [$server_b, 'a'];
Mojo::Promise->all(@asked)->then(sub (@answers) {
    is_deeply [map { [$_->[0]->status, $_->[0]->json->{in}{reached}] } @answers], [[200, Mojo::JSON->true], [200, Mojo::JSON->true]],
        'both at the same time: nobody waits for the other';
})->wait;

update_peer($server_a, 'b', token => 'another-token-in-the-place-of-b-s');
$answer = both_ways($server_a, 'b')->json;
has_fields $answer, {out => {reached => Mojo::JSON->true}, in => {reached => Mojo::JSON->false, refused => Mojo::JSON->true}}, 'a wrong token here';
$answer = both_ways($server_b, 'a')->json;
has_fields $answer, {out => {reached => Mojo::JSON->false, refused => Mojo::JSON->true}, in => {reached => undef}}, 'which is there a wrong token of ours';
like $answer->{in}{error}, qr/not reached/, 'so the way back is unknown';
update_peer($server_a, 'b', token => $server_b->environment->{SERVER_TOKEN});
update_peer($server_b, 'a', base_url => 'http://127.0.0.1:1');
$answer = both_ways($server_a, 'b')->json;
has_fields $answer, {out => {reached => Mojo::JSON->true}, in => {reached => Mojo::JSON->false, refused => Mojo::JSON->false, error => 'no connection can be made'}},
    'a wrong address there';
update_peer($server_b, 'a', base_url => $server_a->url);
is both_ways($server_a, 'b')->json->{in}{reached}, Mojo::JSON->true, 'put right';
ok defined peer_status($server_a, 'b')->{last_request}, 'and when it asked last is known';

# ---- servers that cannot be asked, and those that answer nonsense ----
my $original = BeringShare::Peer->start('original', servers => [$server_a]);
$answer = both_ways($server_a, 'original')->json;
has_fields $answer, {out => {reached => Mojo::JSON->true}, in => {reached => undef}}, 'an original';
like $answer->{in}{error}, qr/runs the original/, 'which cannot be asked';
like both_ways($server_a, 'zulu')->json->{in}{error}, qr/older version/, 'nor can an older server of this project';
my %able = (path => '/federation/info', json => {software => 'beringshare', server_name => 'zulu', map { $_ => Mojo::JSON->true } qw(batch reach)});
my @answers = (
    [{json => {reached => Mojo::JSON->true, error => 'x', took_ms => -5}}, {reached => Mojo::JSON->true, error => undef, took_ms => 0}],
    [{json => {reached => Mojo::JSON->false, error => 'ä' x 5000, took_ms => 5_000_000_000}}, {reached => Mojo::JSON->false, took_ms => 2**32 - 1}],
    [{json => {reached => Mojo::JSON->false}}, {reached => Mojo::JSON->false, error => ''}],
    [{json => {reached => 'yes'}},            {reached => undef}],
    [{json => [1]},                           {reached => undef}],
    [{body => '{"reached": tr'},              {reached => undef}],
    [{endless => 1},                          {reached => undef, error => 'its answer is too long'}],
    [{status => 429},                         {reached => undef}],
    [{status => 409},                         {reached => undef}],
    [{status => 500},                         {reached => undef}],
);
for my $case (@answers) {
    my ($rule, $expected) = @$case;
    $zulu->misbehave(%able);
    $zulu->misbehave(path => '/federation/reach', %$rule);
    my $in = both_ways($server_a, 'zulu')->json->{in};
    has_fields $in, $expected, 'answered ' . substr(encode_json($rule), 0, 60) or diag explain $in;
    cmp_ok length($in->{error} // ''), '<=', 200, 'what is said of it is bounded';
    ok defined $in->{reached} || length $in->{error}, 'and says why nothing is known';
    $zulu->behave;
}
refused $server_a->admin->get('/admin/servers/' . random_uuid() . '/reach'), 404, 'a server that is not there';

finish;
