# Users and channels that are hidden from a peer are in nothing that it gets to see: answers, messages, memberships, calls,
# errors. Checked with an original and with a peer of this project.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my ($alice, $hugo) = map { $server->user($_) } qw(alice hugo);
my %channel = map { $_ => $server->channel($_, [$alice, $hugo]) } qw(open-channel hush-channel);
my %peer    = (
    old => BeringShare::Peer->start('old', servers => [$server], users => ['zoe']),
    new => BeringShare::Peer->start('new', servers => [$server], users => ['zoe'], bering => 1),
);
for my $name (sort keys %peer) {
    hide_from($server, $name, [$hugo], [$channel{'hush-channel'}]);
    known_user($server, 'zoe', $name);
    add_member($server, $channel{'open-channel'}, "zoe\@$name");
}
eventually sub { peer_status($server, 'new')->{abilities} ne peer_status($server, 'old')->{abilities} }, 'the peers are told apart';
$_->events for $alice, $hugo;
$hugo->put('/api/profile', {display_name => 'Hugo the Hidden'});

# Everything that could tell of the hidden ones.
$alice->say($channel{'open-channel'}, 'the first');
$hugo->say($channel{'open-channel'}, 'hushed: by a hidden user');
$alice->say($channel{'hush-channel'}, 'hushed: in a hidden channel');
for my $name (sort keys %peer) {
    refused $hugo->post('/api/messages/dm', {recipient => "zoe\@$name", body => 'hushed: direct'}), 403,
        "a hidden user cannot write to the $name peer";
}
for my $who ($alice, $hugo) {
    for my $where (sort keys %channel) {
        my $name = join ' ', $who->username, $where;
        status_is $who->post("/api/channels/$channel{$where}/call/join"), 200, "call: $name";
        status_is $who->post("/api/channels/$channel{$where}/call/leave"), 200, 'and out of it';
    }
}
status_is $server->admin->put("/admin/channels/$channel{'hush-channel'}", {name => 'hush-hush'}), 200, 'the hidden channel is renamed';
status_is $server->admin->put('/admin/users/' . $hugo->id, {username => 'hugo-hush'}), 200, 'the hidden user is renamed';
status_is $server->admin->delete('/admin/users/' . $hugo->id), 200, 'and deleted';
my $hugo_again = $server->user('hugo');
hide_from($server, $_, [$hugo_again], [$channel{'hush-channel'}]) for sort keys %peer;
my $stream = $hugo_again->events;
$alice->say($channel{'open-channel'}, 'the last');

for my $name (sort keys %peer) {
    my $peer = $peer{$name};
    eventually sub { ($peer->bodies->[-1] // '') eq 'the last' }, "$name: what is visible arrives";
    my @bodies = @{$peer->bodies};
    is_deeply \@bodies, ['the first', 'the last'], 'messages of hidden users, and in hidden channels, do not';

    my %answers = map { $_ => $peer->get($server, "/federation/$_") } qw(presence users channels info);
    status_is $answers{$_}, 200, "it may ask for $_" for sort keys %answers;
    is_deeply $answers{presence}->json, {online_users => ['alice']}, 'who is online';
    is_deeply [grep { $_ ne 'admin' } map { $_->{username} } @{$answers{users}->json}], ['alice'], 'who is there';
    is_deeply [map { $_->{name} } @{$answers{channels}->json}], ['open-channel'], 'which channels there are';

    # Hidden is like missing, down to the words.
    my @pairs = (
        ['a direct message',   sub ($who, $where) { $peer->tell($server, 'zoe', "$who\@a", 'hello?') }],
        ['a channel message',  sub ($who, $where) { $peer->say($server, 'zoe', $where, 'a', 'hello?') }],
        ['a signal',           sub ($who, $where) { $peer->post($server, '/federation/webrtc-signal', $peer->signal('zoe', "$who\@a", 'offer', '{}')) }],
        ['a call',             sub ($who, $where) { $peer->post($server, '/federation/channel-call-event', $peer->call_event($where, 'a', 'join', 'zoe')) }],
        ['joining',            sub ($who, $where) { $peer->post($server, '/federation/channel-memberships', $peer->membership($where, 'a', 'zoe', join => true)) }],
    );
    for my $pair (@pairs) {
        my ($what, $ask) = @$pair;
        my ($hidden, $missing) = ($ask->('hugo', 'hush-hush'), $ask->('nobody', 'nothing'));
        refused $hidden, $missing->status, "$what: hidden";
        is $hidden->error =~ s/hugo|hush-hush/.../gr, $missing->error =~ s/nobody|nothing/.../gr, 'is like missing, in the same words';
    }
    my $everything = encode_json([$peer->sent(''), map { $_->body } values %answers]);
    unlike $everything, qr/hug|hush|hidden/i, 'and nowhere else is there a word of them' or diag $everything;
}

# An original has forgotten nothing, and knows no way to be told.
my $old    = $peer{old};
my $before = $old->count('/federation/(?!presence|users|channels|info)');
hide_from($server, 'old', []);
hide_from($server, 'old', [$alice], [$channel{'open-channel'}]);
$hugo_again->tell('zoe@old', 'the very last');
eventually sub { $old->bodies->[-1] eq 'the very last' }, 'what is not hidden any more may be said';
is $old->count('/federation/(?!presence|users|channels|info)'), $before + 1, 'that is all that an original is sent';

finish;
