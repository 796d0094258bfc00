# Backups that must not be put back: damaged, cut off, of a newer version, of another program, of the original.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Database;
use Digest::SHA qw(sha256_hex);

my $server  = start_server();
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);
$alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => "message $_ " . 'x' x 500}] } 1 .. 200]);
my $directory = $server->directory;
control_ok $server, ['backup', "$directory/good.sqlite"], 'a good backup';
$server->stop;
my $good   = read_file("$directory/good.sqlite");
my $before = sha256_hex(read_file($server->database));

sub must_refuse ($what, $file, $reason) {
    for my $command (['verify', $file], ['restore', $file, '--yes']) {
        control_fails $server, $command, 1, $reason, "$what: $command->[0]";
    }
    is sha256_hex(read_file($server->database)), $before, 'the database is as it was';
    is_deeply [glob $server->database . '.*'], [], 'nothing lies beside it';
}

must_refuse 'damaged', write_file("$directory/damaged.sqlite", damaged($good)), qr/corrupt/;
must_refuse 'cut off', write_file("$directory/short.sqlite", substr $good, 0, 50_000), qr/corrupt|malformed/;
must_refuse 'a letter', write_file("$directory/letter.sqlite", 'This is a letter. ' x 1000), qr/not an SQLite database/;
must_refuse 'not there', "$directory/none.sqlite", qr/cannot open/;
must_refuse 'a folder', "$directory", qr/no file/;

write_file("$directory/orphans.sqlite", $good);
make_database("$directory/orphans.sqlite", 'PRAGMA foreign_keys = OFF; DELETE FROM users;');
must_refuse 'rows without the one they refer to', "$directory/orphans.sqlite", qr/corrupt.*table/;

write_file("$directory/newer.sqlite", $good);
make_database("$directory/newer.sqlite", 'PRAGMA user_version = 1000;');
must_refuse 'of a newer version', "$directory/newer.sqlite", qr/version 1000, made by a newer BeringShare/;

must_refuse 'of another program', make_database("$directory/recipes.sqlite", 'CREATE TABLE recipes (title TEXT);'), qr/another application/;
must_refuse 'an empty file', write_file("$directory/empty.sqlite", ''), qr/empty database/;

make_database("$directory/original.sqlite", fixture('original-new.sql'));
control_fails $server, ['restore', "$directory/original.sqlite", '--yes'], 1, qr/beringctl import/, 'an original\'s: restore says what takes it';
control_fails $server, ['import', "$directory/good.sqlite"], 1, qr/beringctl restore/, 'one of ours: import says what takes it';

write_file($server->database, damaged(read_file($server->database)));
control_fails $server, ['backup', "$directory/of-damaged.sqlite"], 1, qr/corrupt/, 'a damaged database is not backed up as if it was sound';
is_deeply [glob "$directory/of-damaged*"], [], 'and leaves no file';
control_ok $server, ['restore', "$directory/good.sqlite", '--yes'], 'a backup replaces a damaged database';
$server->launch;
is scalar @{$alice->channel_bodies($channel)}, 200, 'and all is there again';

finish;
