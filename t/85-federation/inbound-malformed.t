# Bodies of a wrong form are refused with 4xx and a reason, and leave no trace; the largest message that is allowed is taken.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a', MAX_MESSAGE_BYTES => 10_000);
my $alice  = $server->user('alice');
my $x      = BeringShare::Peer->speaker('x');
$x->register($server);
status_is $x->tell($server, 'zoe', 'alice@a', 'y' x 10_000), 200, 'a message of the largest size';
my @before = (message_count($server), map { $server->admin->get("/admin/$_")->json } qw(users channels));

my $long  = 'n' x 129;
my %wrong = (
    messages => [
        (map { my ($key, $value) = @$_; ["$key: " . (encode_json([$value]) =~ s/^(.{60}).*/$1.../r), $x->direct_message('zoe', 'alice@a', 'wrong', $key => $value)] }
            (map { ['message_id', $_] } undef, '', 17, 'nonsense', random_uuid() . 'x', {}),
            (map { ['sent_at', $_] } undef, '', 17, 'yesterday', '2026-13-01T00:00:00Z', '2026-01-02T03:04:05', '2026-01-02', '2026-01-02T03:04:05.1234567890Z'),
            (map { ['kind', $_] } undef, '', 'nonsense', 1),
            (map { ['body', $_] } undef, 17, [], 'x' x 10_001),
            (map { ['author', $_] } undef, 'zoe', {}, {username => 'zoe'}, {server => 'x'}, {username => '', server => 'x'}, {username => $long, server => 'x'},
                {username => 'z e', server => 'x'}, {username => 'z@e', server => 'x'}, {username => "z\x{0}e", server => 'x'},
                {username => 17, server => 'x'}, {username => 'zoe', server => ['x']}, {username => 'zoe', server => 'x', display_name => 17}),
            (map { ['recipient', $_] } undef, 'alice', {}, {username => 'alice'}, {username => ['alice'], server => 'a'})),
        (map { ['channel: ' . encode_json([$_]), $x->channel_message('zoe', 'news', 'x', 'wrong', channel => $_)] }
            undef, 'news', {}, {name => 'news'}, {name => '', origin_server => 'x'}, {name => $long, origin_server => 'x'}, {name => "n\x{0}", origin_server => 'x'},
            {name => 'news', origin_server => 17}),
    ],
    'channel-memberships' => [
        map { [encode_json($_), $_] } {}, {channel => {name => 'news', origin_server => 'x'}}, {member => $x->person('alice@a')},
            {channel => 'news', member => $x->person('alice@a')}, {channel => {name => 'news', origin_server => 'x'}, member => 'alice'},
            $x->membership('news', 'x', 'nobody@a'), $x->membership('', 'x', 'alice@a'),
    ],
    'channel-call-event' => [
        map { [encode_json($_), $_] } {}, {%{$x->call_event('news', 'x', 'join', 'zoe')}, event => 17},
            {%{$x->call_event('news', 'x', 'join', 'zoe')}, participant => undef},
    ],
    'webrtc-signal' => [
        map { [encode_json($_), $_] } {}, {%{$x->signal('zoe', 'alice@a', 'offer', '')}, signal_type => 17},
            {%{$x->signal('zoe', 'alice@a', 'offer', '')}, to_user => 'alice'}, {%{$x->signal('zoe', 'alice@a', 'offer', '')}, payload => {}},
    ],
);
for my $path (sort keys %wrong) {
    for my $case (@{$wrong{$path}}) {
        my ($what, $json) = @$case;
        refused $x->post($server, "/federation/$path", $json), [400, 413, 422], "$path: $what";
    }
    for my $body ('', 'garbage', '[]', '17', 'null', '{"message_id":', '[' x 100_000, "{\"body\":\"\xff\xfe\"}") {
        refused $x->request($server, 'POST', "/federation/$path", undef, body => $body), [400, 413, 422], "$path: the body " . substr $body, 0, 20;
    }
    refused $x->request($server, 'POST', "/federation/$path", undef, body => '{}', type => 'text/plain'), 415, "$path: no JSON";
    refused $x->get($server, "/federation/$path"), 405, "$path: another method";
}
refused $x->request($server, 'POST', '/federation/messages', undef, body => 'x' x 5_000_000), 413, 'far too large';
is_deeply [message_count($server), map { $server->admin->get("/admin/$_")->json } qw(users channels)], \@before, 'nothing has come of all that';
status_is $x->tell($server, 'zoe', 'alice@a', 'fine'), 200, 'and what is right is still taken';

finish;
