# Databases that this server must not touch: the start is refused, with a clear message, and the file stays as it is.
use BeringShare::Test;
use BeringShare::Database;
use Digest::SHA qw(sha256_hex);

sub must_refuse ($what, $make, $reason) {
    my $server = prepare_server();
    my $path   = $server->database;
    $make->($path);
    my $before = sha256_hex(read_file($path));
    my $result = $server->run;
    isnt $result->{status}, 0, "$what: the start is refused";
    ok !$result->{timeout} && $result->{status} < 128, 'in an orderly way' or diag $result->{output};
    like $result->{output}, $reason, 'saying why';
    like $result->{output}, qr/\Q$path\E/, 'and naming the file';
    is sha256_hex(read_file($path)), $before, 'the file is as it was';
}

# A database of this server, with more in it than one page a table.
my $own     = start_server();
my $alice   = $own->user('alice');
my $channel = $own->channel('general', [$alice]);
$alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => "message $_ " . 'x' x 500}] } 1 .. 200]);
$own->stop;
my $good = read_file($own->database);
cmp_ok length $good, '>', 65536, 'a good database';

must_refuse 'a newer version', sub ($path) {
    write_file($path, $good);
    my ($version) = map { $_->[0] } @{query($path, 'PRAGMA user_version')};
    make_database($path, 'PRAGMA journal_mode = DELETE; PRAGMA user_version = ' . ($version + 1000) . ';');
}, qr/newer|version/i;
must_refuse 'another application\'s database', sub ($path) {
    make_database($path, 'CREATE TABLE recipes (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO recipes (title) VALUES (\'soup\');');
}, qr/not a (?:BeringShare|database of)|another application|other application|unknown|not ours|belong/i;
must_refuse 'a database with the id of another application', sub ($path) {
    make_database($path, 'PRAGMA application_id = 252006674; CREATE TABLE users (x);');
}, qr/application|not a|unknown|belong/i;
must_refuse 'a file that is no database', sub ($path) {
    write_file($path, 'This is a letter. ' x 1000);
}, qr/not a database|corrupt|damaged|malformed/i;
must_refuse 'a database whose pages are garbage', sub ($path) {
    write_file($path, substr($good, 0, 100) . "\xa5" x (length($good) - 100));
}, qr/corrupt|damaged|malformed|not a database/i;
must_refuse 'a database that was cut off', sub ($path) {
    write_file($path, substr $good, 0, 20_000);
}, qr/corrupt|damaged|malformed/i;

my $server = prepare_server();
my $result = $server->run(['serve'], DATABASE_PATH => $server->directory . '/no/such/folder/data.sqlite');
isnt $result->{status}, 0, 'a folder that is not there';
like $result->{output}, qr{/no/such/folder/data\.sqlite}, 'is named';
$result = $server->run(['serve'], DATABASE_PATH => '' . $server->directory);
isnt $result->{status}, 0, 'a folder instead of a file';

write_file($server->database, '');
$server->launch;
status_is $server->admin->get('/admin/users'), 200, 'an empty file is a new database';

finish;
