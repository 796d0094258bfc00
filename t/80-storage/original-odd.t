# Oddities that the original allowed: nothing of what people wrote is lost because of them.
use BeringShare::Test;
use BeringShare::Database;

my $server = prepare_server(SERVER_NAME => 'local');
make_database($server->database, fixture('original-new.sql') . <<'END');
INSERT INTO users (id, username, token, server_id, is_local) VALUES ('1c9e4f60-5b1a-4d3e-8a77-000000000009', 'alice', 'token-of-the-second-alice', NULL, 1);
INSERT INTO messages VALUES ('9f3d2a10-6c4b-4f8e-a5d1-000000000101', 'channel', 'by nobody we know', '1c9e4f60-5b1a-4d3e-8a77-00000000dead', NULL,
    '52a1b6c4-3f0e-4e57-b1a9-000000000001', '2024-03-03T00:00:00.1Z');
INSERT INTO messages VALUES ('9f3d2a10-6c4b-4f8e-a5d1-000000000102', 'dm', 'to nobody we know', '1c9e4f60-5b1a-4d3e-8a77-000000000002',
    '1c9e4f60-5b1a-4d3e-8a77-00000000dead', NULL, '2024-03-03T00:00:01Z');
INSERT INTO messages VALUES ('9f3d2a10-6c4b-4f8e-a5d1-000000000103', 'channel', '', '1c9e4f60-5b1a-4d3e-8a77-000000000002', NULL,
    '52a1b6c4-3f0e-4e57-b1a9-000000000001', '2024-03-03T00:00:02.000000000Z');
INSERT INTO channel_members VALUES ('52a1b6c4-3f0e-4e57-b1a9-000000000001', '1c9e4f60-5b1a-4d3e-8a77-00000000dead');
END
$server->launch;

my $alice   = $server->anonymous->with(token => $server->keep_secret('8b6f0d3c-alice-permanent-token'));
my $second  = $server->anonymous->with(token => $server->keep_secret('token-of-the-second-alice'));
my $history = $alice->get('/api/messages/channel/52a1b6c4-3f0e-4e57-b1a9-000000000001')->json;
is_deeply [map { $_->{body} } @$history[4, 5]], ['by nobody we know', ''], 'the messages of an unknown author, and an empty one, are there';
like $history->[4]{author_username}, qr/deleted/i, 'the author is shown as deleted';
ok grep({ $_->{body} eq 'to nobody we know' } @{$alice->get('/api/messages/inbox')->json}), 'so is one to an unknown recipient';
status_is $second->get('/api/users'), 200, 'a second user of the same name keeps the token';
my @names = map { $_->{username} } grep { $_->{is_local} } @{$alice->get('/api/users')->json};
is scalar(grep { $_ eq 'alice' } @names), 1, 'the name itself is given once';
is scalar @names, 4, 'nobody is lost';
$server->restart;
is scalar @{$alice->get('/api/messages/channel/52a1b6c4-3f0e-4e57-b1a9-000000000001')->json}, 6, 'after a restart the same';

finish;
