# What a name may be: not empty, not too long, no control characters; a user's none of the characters of an address.
use BeringShare::Test;

my $server = start_server();
my $admin  = $server->admin;
my $alice  = $server->user('alice');
my $channel = $server->channel('general');

my %for_nobody = (
    'empty' => '', 'blank' => '   ', 'too long' => 'x' x 129, 'too long in bytes' => 'é' x 65,
    'with a line break' => "a\nb", 'with a NUL' => "a\x{0}b", 'with an escape' => "a\x{1b}[31m", 'with a delete' => "a\x{7f}",
);
my %not_for_users = ('with a space' => 'a b', 'with @' => 'a@b', 'with /' => 'a/b', 'with \\' => 'a\\b');
for my $what (sort keys %for_nobody, sort keys %not_for_users) {
    my $name = $for_nobody{$what} // $not_for_users{$what};
    refused $admin->post('/admin/users', {username => $name}), 400, "a new user's name, $what";
    refused $admin->put('/admin/users/' . $alice->id, {username => $name}), 400, "a user's new name, $what";
    refused $admin->post('/admin/servers', {name => $name, base_url => 'http://127.0.0.1:1'}), 400, "a server's name, $what";
}
for my $what (sort keys %for_nobody) {
    my $name = $for_nobody{$what};
    refused $admin->post('/admin/channels', {name => $name}), 400, "a channel's name, $what";
    refused $alice->post('/api/channels', {name => $name}), 400, "a user's channel's name, $what";
    refused $admin->put("/admin/channels/$channel", {name => $name}), 400, "a channel's new name, $what";
    refused $admin->post('/admin/federation-tokens', {label => $name}), 400, "a label, $what";
}
status_is $admin->post('/admin/users', {username => $_}), 200, 'a user named ' . substr $_, 0, 12
    for 'x' x 128, 'é' x 64, 'o\'brien', 'a.b-c_d+e', '漢字', '"', '%41', 'SELECT', '<b>';
status_is $alice->post('/api/channels', {name => $_}), 200, 'a channel named ' . substr $_, 0, 12
    for 'x' x 128, 'with spaces', 'a/b@c\\d', '#general', "'; DROP TABLE users; --";
is scalar @{$admin->get('/admin/users')->json}, 11, 'no more users than these';

finish;
