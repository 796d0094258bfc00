# ADMIN_USERNAME and ADMIN_PASSWORD are brought in line at every start.
use BeringShare::Test;

my $server = start_server();

sub admin_login ($username, $password) {
    return $server->anonymous->post('/admin/login', {username => $username, password => $password});
}
my ($before) = grep { $_->{username} eq 'admin' } @{$server->admin->get('/admin/users')->json};
ok $before, 'the account exists';
ok $before->{is_local}, 'and is local';

$server->restart(ADMIN_PASSWORD => 'another password');
refused admin_login('admin', 'admin-password'), 401, 'the old password is no longer good';
status_is admin_login('admin', 'another password'), 200, 'the new one is';
my @after = grep { $_->{username} eq 'admin' } @{$server->admin->get('/admin/users')->json};
is scalar @after, 1, 'there is still one such account';
is $after[0]{id}, $before->{id}, 'the same one';

$server->user('root', password => 'a user for now');
$server->restart(ADMIN_USERNAME => 'root', ADMIN_PASSWORD => 'root password');
status_is admin_login('root', 'root password'), 200, 'another account may become the administrator\'s';
refused admin_login('admin', 'another password'), [401, 403], 'the former one is no longer';

finish;
