# /api/channels/:id/members in a public channel: joining, adding, listing, leaving, removing.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $channel = $alice->post('/api/channels', {name => 'general'})->json->{id};
my $path    = "/api/channels/$channel/members";

sub members ($client) { return [map { $_->{username} } @{$client->get($path)->json}] }

my $answer = $bob->post($path, {user_id => $bob->id});
status_is $answer, 200, 'anybody joins';
has_fields $answer->json, {
    id => $bob->id, username => 'bob', token => '', server_id => undef, is_local => true, display_name => undef,
}, 'the answer is the member';
status_is $bob->post($path, {user_id => $bob->id}), 200, 'joining again is fine';
status_is $bob->post($path, {user_id => $carol->id}), 200, 'adds somebody else';
is_deeply members($alice), [qw(alice bob carol)], 'the list';
is_deeply members($server->user('dave')), [qw(alice bob carol)], 'which everybody may see';
my ($entry) = @{$alice->get($path)->json};
ok exists $entry->{$_}, "an entry has $_" for qw(display_name id is_local server_id token username);

my $left = $carol->delete("$path/" . $carol->id);
status_is $left, 200, 'leave';
is $left->body, 'null', 'the answer is null';
is_deeply members($alice), [qw(alice bob)], 'the list is shorter';
refused $carol->delete("$path/" . $bob->id), 403, 'who is no member removes nobody';
status_is $alice->delete("$path/" . $bob->id), 200, 'a member removes another one';
is_deeply members($alice), ['alice'], 'the list is shorter again';
is_deeply $bob->channel_bodies($channel), [], 'who left may still read a public channel';

refused $alice->post($path, {user_id => random_uuid()}), 404, 'an unknown user';
refused $alice->delete("$path/" . random_uuid()), 404, 'an unknown user to remove';
refused $alice->post('/api/channels/' . random_uuid() . '/members', {user_id => $alice->id}), 404, 'an unknown channel';
refused $alice->get('/api/channels/' . random_uuid() . '/members'), 404, 'the members of an unknown channel';

finish;
