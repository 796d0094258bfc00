# A page that holds its token in a cookie asks who it is.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice', password => 'correct horse');
my $session = $alice->login;
$alice->put('/api/profile', {display_name => 'Alice'});
eventually sub { ($session->get('/api/me')->json->{user}{display_name} // '') eq 'Alice' }, 'the display name, when it has changed';

my $answer = $session->get('/api/me');
status_is $answer, 200, 'a session';
my $me = $answer->json;
is_deeply $me->{user}, {id => $alice->id, username => 'alice', display_name => 'Alice', server_name => 'local'}, 'the user';
like_uuid $me->{session}{id}, 'the session\'s id';
like_time $me->{session}{expires_at}, 'its end';
is $me->{server_name}, 'local', 'the server';
like $me->{version}, qr/^\d+\.\d+/, 'its version';
is $me->{max_message_bytes}, 65536, 'how long a message may be';
is $me->{has_gifs}, false, 'no search for GIFs is configured';
is_deeply $alice->get('/api/me')->json->{session}, {id => undef, expires_at => undef}, 'a permanent token is no session';

my $admin = $server->anonymous->with(token => $server->keep_secret(
    $server->anonymous->post('/admin/login', {username => 'admin', password => 'admin-password'})->json->{token}));
my $administrator = $admin->get('/admin/me')->json;
is $administrator->{username}, 'admin', 'the administrator';
like_time $administrator->{expires_at}, 'until when';
has_fields $server->admin->get('/admin/me')->json, {username => undef, server_name => 'local', expires_at => undef}, 'ADMIN_TOKEN is nobody';

finish;
