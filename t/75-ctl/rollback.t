# An upgrade of the database keeps a copy, to which one can go back; an upgrade that finds no room for it is refused.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Database;

# An older database: of version 1, with a user and messages, as the first release left it.
my $server = prepare_server();
my $path   = $server->database;
make_database($path, read_file("$BeringShare::Server::SOURCE/t/unit/fixtures/version-1.sql"));
my $messages = query($path, 'SELECT count(*) FROM messages')->[0][0];
my $before   = read_file($path);
is_deeply control_json($server, ['snapshots']), [], 'there is no snapshot before the first upgrade';
control_fails $server, ['rollback', '--yes'], 5, qr/no snapshot/, 'and nothing to go back to';

$server->launch;
like $server->log, qr/kept as \Q$path.before-2\E/, 'the upgrade keeps a copy, and says so';
my ($snapshot, @more) = @{control_json($server, ['snapshots'])};
is_deeply \@more, [], 'one snapshot, however many steps there were';
has_fields $snapshot, {before => 2, version => 1, messages => $messages, file => "$path.before-2", is_readable => true}, 'of the old version';
is sprintf('%04o', (stat "$path.before-2")[2] & 07777), '0600', 'nobody else can read it';
control_ok $server, ['verify', "$path.before-2"], 'it is sound';
like control_ok($server, ['snapshots'], 'as a table'), qr/^ *2 +20\d\d-.*\Q$path.before-2\E$/m, 'they are listed';

my $alice = $server->user('newcomer');
$alice->tell('newcomer', "message $_") for 1 .. 5;
control_fails $server, ['rollback', '--yes'], 6, qr/server runs/, 'rollback is refused while the server runs';
$server->stop;
control_fails $server, ['rollback'], 2, qr/lost to the server: 5 messages\.\n.*--yes/, 'it says what is lost, and asks';
my $text = control_ok($server, ['rollback', '--yes'], 'rollback');
like $text, qr/^5 messages were written since/m, 'says what is lost';
like $text, qr/Install the older version/, 'and what to do now';
my ($kept) = $text =~ /is kept as (\S+)\.$/m;
is_deeply query($path, 'PRAGMA user_version'), [[1]], 'the database is of the old version';
is_deeply query($path, 'SELECT * FROM messages ORDER BY key'), query("$path.before-2", 'SELECT * FROM messages ORDER BY key'), 'with what it had';
has_fields control_json($server, ['verify', $kept]), {is_sound => true, messages => $messages + 5}, 'what was written since is in the file that it named';
control_fails $server, ['rollback', '--yes'], 1, qr/nothing to go back to/, 'once is enough';

$server->launch;
is scalar @{control_json($server, ['snapshots'])}, 1, 'the next upgrade replaces its snapshot';
$server->stop;

# A backup of an older version is brought to this one on its way into the database's place.
has_fields control_json($server, ['verify', "$path.before-2"]), {version => 1}, 'a copy of an older version';
control_ok $server, ['restore', "$path.before-2", '--yes', '--rename'], 'can be restored';
has_fields control_json($server, ['verify']), {version => $snapshot->{newest_version}, messages => $messages}, 'and is of this version then';
is_deeply [glob "$path.incoming*"], [], 'nothing is left of the way there';

# Old snapshots go: the newest two stay.
make_database("$path.before-$_", 'CREATE TABLE anything (x)') for 1, 90, 91;
write_file("$path.before-x", ''), write_file("$path.before-1x", '');
unlink $path;
make_database($path, read_file("$BeringShare::Server::SOURCE/t/unit/fixtures/version-1.sql"));
$server->launch;
is_deeply [map { $_->{before} } @{control_json($server, ['snapshots'])}], [91, 90], 'the two with the highest numbers';
ok -e "$path.before-x" && -e "$path.before-1x", 'what only looks like one is left alone';
$server->stop;

# No room for the copy.
my $full = prepare_server();
make_database($full->database, read_file("$BeringShare::Server::SOURCE/t/unit/fixtures/version-1.sql")
    . 'CREATE TABLE ballast (bytes); INSERT INTO ballast VALUES (zeroblob(100000000));');
needs_command 'prlimit', 'util-linux';
$full->prefix(['prlimit', '--fsize=80000000:']);    # enough for the memory that processes share, not for the copy
my $result = $full->run(['serve']);
is $result->{status}, 1, 'no room for a copy: the start is refused';
like $result->{output}, qr/cannot be migrated, because no copy of it can be kept/, 'saying why';
is_deeply query($full->database, 'PRAGMA user_version'), [[1]], 'the database is as it was';
is_deeply [glob $full->database . '.before*'], [], 'and no part of a copy is left';

my $new = start_server();
is_deeply [glob $new->database . '.*'], [], 'a new database has none';

finish;
