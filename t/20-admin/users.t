# POST and GET /admin/users: creating users, and the list of them.
use BeringShare::Test;

my $server = start_server();
my $admin  = $server->admin;

my $answer = $admin->post('/admin/users', {username => 'alice', password => 'correct horse'});
status_is $answer, 200, 'create a user';
my $alice = $answer->json;
ok exists $alice->{$_}, "the answer has $_" for qw(id token username);
like_uuid $alice->{id}, 'the id is a UUID';
is $alice->{username}, 'alice', 'the name';
$server->keep_secret($alice->{token});
status_is $server->anonymous->with(token => $alice->{token})->get('/api/users'), 200, 'the token works at once';
status_is $server->anonymous->post('/api/login', {username => 'alice', password => 'correct horse'}), 200, 'so does the password';

my $bob = $admin->post('/admin/users', {username => 'böb❄', password => undef});
status_is $bob, 200, 'without a password, the name in any script';
refused $admin->post('/admin/users', {username => 'alice'}), 409, 'a name that is taken';
refused $admin->post('/admin/users', {username => 'carol', password => ''}), 400, 'an empty password';
refused $admin->post('/admin/users', {username => 'carol', password => 'x' x 73}), 400, 'a password that is too long';

my $list = $admin->get('/admin/users');
status_is $list, 200, 'the list';
my %users = map { $_->{username} => $_ } @{$list->json};
is_deeply [sort keys %users], [sort 'admin', 'alice', 'böb❄'], 'has everybody, and nobody who was refused';
has_fields $users{alice}, {
    id => $alice->{id}, username => 'alice', token => '', server_id => undef, is_local => true, display_name => undef,
}, 'an entry has the fields of a user';

finish;
