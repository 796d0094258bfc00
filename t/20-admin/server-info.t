# GET /admin/server-info tells what to register at a peer.
use BeringShare::Test;

my $server = start_server(SERVER_NAME => 'server_a', SERVER_TOKEN => 'token-a');
my $answer = $server->admin->get('/admin/server-info');
status_is $answer, 200, 'ask';
has_fields $answer->json, {server_name => 'server_a', server_token => 'token-a'}, 'name and token';
is $server->admin->post('/admin/channels', {name => 'general'})->json->{origin_server}, 'server_a', 'channels originate here';

finish;
