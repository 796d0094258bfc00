# Users who are gone, of here and of other servers, are forgotten when nothing names them any more; who has written something,
# or was written to, stays as a deleted user.
use BeringShare::Test;
use BeringShare::Peer;
use BeringShare::Database;

my $server = start_server();
my $admin  = $server->admin;
my %user   = map { $_ => $server->user($_) } qw(stays author idle);
my $channel = $server->channel('general', [values %user]);
my $peer    = BeringShare::Peer->start('zulu', servers => [$server], users => [qw(zoe zelda)]);
$admin->post('/admin/users/sync-federated', {});
eventually sub { 2 == grep { ($_->{server_name} // '') eq 'zulu' } @{$admin->get('/admin/users')->json} }, 'users of another server';
$user{author}->say($channel, 'the only message');
$user{stays}->tell('zelda@zulu', 'a direct message');

sub rows () { return query($server->database, 'SELECT count(*), count(deleted_at) FROM users')->[0] }
my $all = rows()->[0];
my ($link) = map { $_->{id} } grep { $_->{name} eq 'zulu' } @{$admin->get('/admin/servers')->json};
status_is $admin->delete('/admin/users/' . $user{$_}->id), 200, "$_ goes" for qw(author idle);
status_is $admin->delete("/admin/servers/$link"), 200, 'so does the other server';
eventually sub { rows()->[0] == $all - 2 }, 'who has left nothing is forgotten' or diag explain rows();
is rows()->[1], 2, 'the rest are known to be gone';

my ($said) = @{$user{stays}->get("/api/messages/channel/$channel")->json};
is $said->{author_username}, 'deleted user', 'what a deleted user has written stays';
is scalar(grep { $_->{body} eq 'a direct message' } @{$user{stays}->get('/api/messages/inbox')->json}), 1, 'and what one was written';
eventually sub { $server->log =~ /users who are gone have left nothing/ }, 'the log says how many';
is_deeply query($server->database, 'SELECT * FROM pragma_foreign_key_check'), [], 'nothing names who is not there';

finish;
