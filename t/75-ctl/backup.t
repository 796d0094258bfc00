# A backup beside a running server, and put back: everything is there, under the same ids, and people log in as before.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Database;

my $server  = start_server();
my $alice   = $server->user('alice', password => 'alice-password');
my $bob     = $server->user('bob');
my $channel = $server->channel('general', [$alice, $bob]);
$alice->say($channel, "message $_") for 1 .. 20;
$alice->tell('bob', 'hello bob');
my $file = $server->directory . '/backup.sqlite';

my $report = control_json($server, ['backup', $file]);
has_fields $report, {file => $file, kind => 'beringshare', server_name => 'local', users => 3, channels => 1, messages => 21, servers => 0},
    'it says what is in it';
is $report->{version}, $report->{newest_version}, 'and of which version it is';
like_time $report->{made_at}, 'and when it was made';
is sprintf('%04o', (stat $file)[2] & 07777), '0600', 'nobody else can read it';
is_deeply [glob "$file*"], [$file], 'it is one file, and no other is left';
my $configuration = $report->{configuration};
like $configuration, qr/^SERVER_NAME=local$/m, 'it has the configuration';
unlike read_file($file), qr/\Q$_\E/, 'but no secret of it' for map { $server->environment->{$_} } qw(ADMIN_TOKEN ADMIN_PASSWORD);

control_fails $server, ['backup', $file], 1, qr/there already/, 'a backup does not overwrite';
$alice->say($channel, 'message 21');
is control_json($server, ['backup', $file, '--overwrite'])->{messages}, 22, 'unless it is told to';
control_fails $server, ['backup', '/no/such/folder/backup'], 1, qr{/no/such/folder}, 'a folder that is not there';
control_fails $server, ['backup', $server->directory . '/x'], 1, qr/cannot read the database/, 'no database',
    environment => {DATABASE_PATH => $server->directory . '/none.sqlite'};
ok !-e $server->directory . '/x' && !-e $server->directory . '/none.sqlite', 'leaves no file';

my $text = control_ok($server, ['verify', $file], 'verify finds it sound');
like $text, qr/^holds +3 users, 1 channels, 22 messages/m, 'and says what it holds';
has_fields control_json($server, ['verify', $file]), {is_sound => true, messages => 22}, 'also for programs';
control_ok $server, ['verify'], 'verify checks the database of the running server';

control_fails $server, ['restore', $file, '--yes'], 6, qr/server runs on/, 'restore is refused while the server runs';
$alice->say($channel, 'after the backup');
$server->stop;
control_fails $server, ['restore', $file], 2, qr/--yes/, 'restore asks first';
my $restored = control_json($server, ['restore', $file, '--yes']);
is $restored->{database}, $server->database, 'restored';
has_fields control_json($server, ['verify', $restored->{kept}]), {messages => 23}, 'the old database is kept, whole';
is_deeply query($server->database, "SELECT count(*) FROM sqlite_master WHERE name = 'backup'"), [[0]], 'the notes of the backup are not the database\'s';
is_deeply [glob $server->database . '.incoming*'], [], 'nothing is left of the way there';
$server->launch;
is_deeply $alice->channel_bodies($channel), [map {"message $_"} 1 .. 21], 'the messages of the backup, and no later one';
is_deeply $bob->direct_bodies($alice->id), ['hello bob'], 'the direct ones, too';
status_is $alice->try_login, 200, 'passwords are as they were';
$alice->say($channel, 'it goes on');
is $bob->channel_bodies($channel)->[-1], 'it goes on', 'and it goes on';
$server->stop;

my $other = prepare_server(SERVER_NAME => 'elsewhere');
control_fails $other, ['restore', $file, '--yes'], 4, qr/of the server "local"/, 'a backup of another server is not mistaken for one\'s own';
ok !-e $other->database, 'and nothing is made';
control_ok $other, ['restore', $file, '--yes', '--rename'], 'unless that is meant';
$other->launch;
my $moved = $other->anonymous->with(username => 'alice', password => 'alice-password')->login;
is scalar @{$moved->channel_bodies($channel)}, 21, 'then all of it is there, in a place where there was none';

finish;
