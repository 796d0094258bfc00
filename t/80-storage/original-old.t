# A database of the original's first versions, without passwords, display names and the later tables, opens in place, too.
use BeringShare::Test;
use BeringShare::Database;

my $server = prepare_server(SERVER_NAME => 'local');
make_database($server->database, fixture('original-old.sql'));
$server->launch;

my $alice   = $server->anonymous->with(token => $server->keep_secret('8b6f0d3c-alice-permanent-token'), username => 'alice');
my $general = '52a1b6c4-3f0e-4e57-b1a9-000000000001';
my $bob_id  = '1c9e4f60-5b1a-4d3e-8a77-000000000003';
for my $time ('after the migration', 'after a restart') {
    status_is $alice->get('/api/users'), 200, "$time: the old permanent token works";
    is scalar @{$alice->get('/api/users')->json}, 5, 'all users';
    is_deeply [grep { defined $_->{display_name} } @{$alice->get('/api/users')->json}], [], 'without display names';
    is_deeply $alice->channel_bodies($general),
        ['the very first message', "it's \"quoted\" \x{1F43B}\nand two lines long", 'from another server', 'the last message'], 'the channel';
    is_deeply $alice->direct_bodies($bob_id), ['hello bob', 'hello alice'], 'a conversation';
    is_deeply $server->admin->get('/admin/federation-tokens')->json, [], 'no federation tokens';
    is_deeply [map { $_->{name} } @{$server->admin->get('/admin/servers')->json}], ['server_b'], 'the peer';
    $server->restart if $time eq 'after the migration';
}
refused $alice->try_login(''), [400, 401], 'who has no password cannot log in by one';
status_is $alice->put('/api/profile/password', {new_password => 'my first password'}), 200, 'but sets one';
status_is $alice->try_login('my first password'), 200, 'and logs in';

finish;
