# The administration of users in a real browser, with three thousand of them.
use BeringShare::Test;
use BeringShare::Browser;

my $server = start_server();
my $admin  = $server->admin;
$admin->request_many([map { ['POST', '/admin/users', {username => "person-$_"}] } 1 .. 3000]);
my ($person) = grep { $_->{username} eq 'person-7' } @{$admin->get('/admin/users?q=person-7')->json};
my $token    = $server->keep_secret($admin->post("/admin/users/$person->{id}/token")->json->{token});
my $stream;

run_in_browser(
    'admin-users',
    server  => $server,
    actions => {
        online  => sub ($name) { $stream = $admin->with(token => $token)->events; return 1 },
        offline => sub         { $stream->close; return 1 },
    },
);

finish;
