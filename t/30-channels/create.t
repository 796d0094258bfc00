# POST and GET /api/channels: a user creates channels and is a member of them; the list shows what one may see.
use BeringShare::Test;

my $server = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);

is_deeply $alice->get('/api/channels')->json, [], 'none at first';
my $answer = $alice->post('/api/channels', {name => 'general'});
status_is $answer, 200, 'create';
my $general = $answer->json;
like_uuid $general->{id}, 'the id is a UUID';
is $general->{name}, 'general', 'the name';
is $general->{origin_server}, 'local', 'the origin is this server';
is_deeply [map { $_->{username} } @{$alice->get("/api/channels/$general->{id}/members")->json}], ['alice'],
    'the creator is its member';
refused $bob->post('/api/channels', {name => 'general'}), 409, 'a name that is taken';

my $board = $alice->post('/api/channels', {name => 'board', private => true});
status_is $board, 200, 'a private one';
refused $bob->post('/api/channels', {name => 'board'}), 409, 'its name is taken, too';

is_deeply [sort map { $_->{name} } @{$alice->get('/api/channels')->json}], [qw(board general)], 'the creator sees both';
my $seen = $bob->get('/api/channels')->json;
is_deeply [map { $_->{name} } @$seen], ['general'], 'others see the public one';
is $seen->[0]{$_}, $general->{$_}, "the entry has its $_" for qw(id name origin_server);

finish;
