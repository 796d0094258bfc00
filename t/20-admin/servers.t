# /admin/servers: registering, listing, changing and deleting federated servers.
use BeringShare::Test;

my $server = start_server();
my $admin  = $server->admin;

# Nothing listens on this port of the loopback, so nobody is called.
my %b = (name => 'server_b', base_url => 'http://127.0.0.1:1');

is_deeply $admin->get('/admin/servers')->json, [], 'none at first, not even this one';
my $answer = $admin->post('/admin/servers', {%b, token => 'token-of-server-b'});
status_is $answer, 200, 'register';
like_uuid my $id = $answer->json->{id}, 'the id is a UUID';
has_fields $answer->json, {%b, id => $id, token => 'token-of-server-b'}, 'the answer is the server';
is_deeply $admin->get('/admin/servers')->json, [$answer->json], 'the list has it';

is_deeply $admin->get('/admin/servers?tokens=0')->json, [{%{$answer->json}, token => ''}], 'without its token, if none is needed';
is_deeply $admin->get('/admin/servers?tokens=1')->json, [$answer->json], 'with it, if it is';
refused $admin->get('/admin/servers?tokens=maybe'), 400, 'that is one or the other';

my $made = $admin->post('/admin/servers', {name => 'server_c', base_url => 'https://c.example/chat', token => ''});
status_is $made, 200, 'without a token';
cmp_ok length $made->json->{token}, '>=', 32, 'the server makes one';

my $changed = $admin->put("/admin/servers/$id", {name => 'server_bb', base_url => 'http://127.0.0.1:2', token => 'another-token'});
status_is $changed, 200, 'change';
has_fields $changed->json, {id => $id, name => 'server_bb', base_url => 'http://127.0.0.1:2', token => 'another-token'}, 'all three fields';
my $kept = $admin->put("/admin/servers/$id?tokens=0", {%b});
status_is $kept, 200, 'change without a token';
is $kept->json->{name}, 'server_b', 'the name is the new one';
is $kept->json->{token}, '', 'nor is one shown, if none is needed';
is $admin->get('/admin/servers')->json->[0]{token}, 'another-token', 'it is the one before';

refused $admin->post('/admin/servers', {%b}), 409, 'a name that is taken';
refused $admin->put("/admin/servers/$id", {%b, name => 'server_c'}), 409, 'also when changing';
refused $admin->post('/admin/servers', {%b, name => ''}), 400, 'an empty name';
refused $admin->post('/admin/servers', {%b, name => 'with @ in it'}), 400, 'a name that cannot be in an address';
refused $admin->post('/admin/servers', {%b, name => 'd', base_url => ''}), 400, 'an empty base_url';
refused $admin->post('/admin/servers', {%b, name => 'd', base_url => 'ftp://d.example'}), 400, 'a base_url that is not http';
refused $admin->post('/admin/servers', {%b, name => 'local'}), [400, 409], 'this server\'s own name';

my $gone = $admin->delete("/admin/servers/$id");
status_is $gone, 200, 'delete';
is $gone->body, 'null', 'the answer is null';
is_deeply [map { $_->{name} } @{$admin->get('/admin/servers')->json}], ['server_c'], 'it is gone';
refused $admin->delete("/admin/servers/$id"), 404, 'a second time there is nothing to delete';
refused $admin->put("/admin/servers/$id", {%b}), 404, 'nor to change';

finish;
