# /admin/servers/:id/visibility: which users and channels a peer does not see.
use BeringShare::Test;

my $server  = start_server();
my $admin   = $server->admin;
my @users   = map { $server->user($_)->id } qw(alice bob);
my $channel = $server->channel('general');
my $peer    = $admin->post('/admin/servers', {name => 'server_b', base_url => 'http://127.0.0.1:1'})->json->{id};
my $path    = "/admin/servers/$peer/visibility";

sub sorted ($answer) {
    my $json = $answer->json;
    return {map { $_ => [sort @{$json->{$_}}] } keys %$json};
}

has_fields $admin->get($path)->json, {hidden_user_ids => [], hidden_channel_ids => []}, 'nothing is hidden at first';
my $answer = $admin->put($path, {hidden_user_ids => \@users, hidden_channel_ids => [$channel]});
status_is $answer, 200, 'hide';
my %hidden = (hidden_user_ids => [sort @users], hidden_channel_ids => [$channel]);
is_deeply sorted($answer), \%hidden, 'the answer says what is hidden';
is_deeply sorted($admin->get($path)), \%hidden, 'so does asking';

refused $admin->put($path, {hidden_user_ids => [random_uuid()], hidden_channel_ids => []}), [400, 404], 'an unknown user';
refused $admin->put($path, {hidden_user_ids => ['nonsense'], hidden_channel_ids => []}), [400, 422], 'no UUID';
refused $admin->put($path, {hidden_user_ids => 'all', hidden_channel_ids => []}), 422, 'no list';
is_deeply sorted($admin->get($path)), \%hidden, 'what was refused has changed nothing';

has_fields $admin->put($path, {hidden_user_ids => [$users[0]], hidden_channel_ids => []})->json,
    {hidden_user_ids => [$users[0]], hidden_channel_ids => []}, 'the lists are replaced';
$admin->delete("/admin/users/$users[0]");
has_fields $admin->get($path)->json, {hidden_user_ids => [], hidden_channel_ids => []}, 'a deleted user leaves the list';
refused $admin->get('/admin/servers/' . random_uuid() . '/visibility'), 404, 'an unknown server';
refused $admin->put('/admin/servers/' . random_uuid() . '/visibility', {hidden_user_ids => [], hidden_channel_ids => []}), 404,
    'an unknown server, setting';

finish;
