# A private channel with members of another server is private there, too; one that is made private is forgotten where nobody is
# in it.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my ($server_a, $server_b, $server_c) = start_federation(3);
my ($alice, $bob, $berta, $carol) = ($server_a->user('alice'), (map { $server_b->user($_) } qw(bob berta)), $server_c->user('carol'));
my $channel = $server_a->channel('board', [$alice], private => 1);
$alice->say($channel, 'before');
add_member($server_a, $channel, 'bob@b');
my $there = known_channel($server_b, 'board', 'a');
eventually sub { is_member($server_b, $there, 'bob') }, 'a member of another server';
my ($to_bob, $to_berta) = map { $_->events } $bob, $berta;
$alice->say($channel, 'confidential');
ok $to_bob->wait_message('confidential'), 'receives what is written';
is_deeply $bob->channel_bodies($there), ['before', 'confidential'], 'and has the history';

refused $berta->get("/api/messages/channel/$there"), [403, 404], 'others of that server cannot read it';
refused $berta->post('/api/messages/channel', {channel => $there, body => 'let me in'}), [403, 404], 'nor write to it';
refused $berta->post("/api/channels/$there/members", {user_id => $berta->id}), [403, 404], 'nor join it';
ok !grep({ $_->{id} eq $there } @{$berta->get('/api/channels')->json}), 'nor see that it exists';
ok grep({ $_->{id} eq $there } @{$bob->get('/api/channels')->json}), 'the member does';
ok !channel_entry($server_c, 'board', 'a'), 'a server without members knows nothing of it';

# Who is added by a member there is added by the origin.
status_is $bob->post("/api/channels/$there/members", {user_id => $berta->id}), [200, 403], 'a member there adds another user';

# A public one is made private.
my $open = $server_a->channel('open', [$alice]);
add_member($server_a, $open, 'bob@b');
my ($at_b, $at_c) = map { known_channel($_, 'open', 'a') } $server_b, $server_c;
eventually sub { is_member($server_b, $at_b, 'bob') }, 'a public channel, with a member of one of two other servers';
status_is $server_a->admin->put("/admin/channels/$open", {name => 'open', private => true}), 200, 'is made private';
eventually sub { !channel_entry($server_c, 'open', 'a') }, 'the server without members forgets it';
$alice->say($open, 'among us');
ok $to_bob->wait_message('among us'), 'the member receives what is written';
eventually sub { !grep { $_->{id} eq $at_b } @{$berta->get('/api/channels')->json} }, 'others of its server no longer see it';
$bob->tell('berta', 'the end');
$to_berta->wait_message('the end');
is_deeply [grep { $_ ne 'the end' } @{$to_berta->bodies}], [], 'and were told of none of the messages';

finish;
