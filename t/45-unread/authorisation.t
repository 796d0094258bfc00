# Nobody reaches a conversation that it is not in, nor learns whether there is one.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob, $carol) = map { $server->user($_) } qw(alice bob carol);
my $private = $server->channel('private', [$alice, $bob], is_private => true);
my $public  = $server->channel('public', [$alice, $bob]);
my $other   = $server->channel('other', [$alice, $bob]);
my $secret  = $alice->say($private, 'a secret');
my $said    = $alice->say($public, 'something');
my $written = $alice->tell('bob', 'for bob');

my $unknown = $carol->put('/api/conversations/channel/' . random_uuid() . '/read', {message_id => $secret});
refused $unknown, 404, 'an unknown channel';
for my $case (["channel/$private", $secret], ["channel/$public", $said], ['dm/' . $alice->id, $written], ['dm/' . $bob->id, $written]) {
    my ($path, $message) = @$case;
    my $read = $carol->put("/api/conversations/$path/read", {message_id => $message});
    refused $read, 404, "read $path";
    is $read->body, $unknown->body, 'the answer is that of an unknown one';
    refused $carol->put("/api/conversations/$path", {is_muted => true}), 404, "mute $path";
}
is_deeply $carol->get('/api/conversations')->json, [], 'nothing of it is listed';
for my $message ($secret, $said, $written, random_uuid()) {
    refused $bob->put("/api/conversations/channel/$other/read", {message_id => $message}), 404, 'a message of another conversation';
    refused $bob->put('/api/conversations/dm/' . $bob->id . '/read', {message_id => $message}), 404, 'nor of one with nobody';
}
refused $bob->put("/api/conversations/channel/$public/read", {message_id => $secret, exact => true}), 404, 'whatever one means by it';
refused $bob->put('/api/conversations/dm/' . $carol->id, {is_muted => true}), 404, 'a user with whom no word was exchanged';

my $path = "/api/conversations/channel/$public/read";
refused $bob->put($path, {message_id => undef}), 400, 'null without exact';
refused $bob->put($path, {}), 422, 'no message';
refused $bob->put($path, {exact => true}), 422, 'still none';
refused $bob->put($path, {message_id => $_}), 400, 'a message id that is none' for '', 'x' x 36, "$said ", "{$said}", 'x' x 10000;
refused $bob->put($path, {message_id => $said, exact => $_}), 422, 'exact is no truth value' for 'true', 1, [], {};
refused $bob->put("/api/conversations/channel/$public", {is_muted => $_}), 422, 'nor is is_muted' for 'true', 0, undef, [];
refused $bob->put("/api/conversations/group/$public", {is_muted => true}), 404, 'a kind that there is not';
refused $bob->put('/api/conversations/channel/nonsense', {is_muted => true}), 400, 'no id';
refused $bob->post("/api/conversations/channel/$public", {is_muted => true}), 405, 'another method';
my ($item) = grep { $_->{id} eq $public } @{$bob->get('/api/conversations')->json};
has_fields $item, {last_read_message_id => undef, unread => 1, is_muted => false}, 'nothing of it had an effect';

status_is $server->admin->delete('/admin/users/' . $alice->id), 200, 'the other user is deleted';
my ($left) = grep { $_->{kind} eq 'dm' } @{$bob->get('/api/conversations')->json};
is $left->{id}, $alice->id, 'the conversation is still there';
is $bob->put('/api/conversations/dm/' . $alice->id . '/read', {message_id => $written})->json->{unread}, 0, 'and can be read';

finish;
