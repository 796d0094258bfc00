# The databases of the original program, old and new, are taken over into a new one: by the command, not in place.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Database;
use Digest::SHA qw(sha256_hex);

for my $fixture ('original-old.sql', 'original-new.sql') {
    my $server   = prepare_server(SERVER_NAME => 'local');
    my $original = make_database($server->directory . '/original.sqlite', fixture($fixture));
    my $before   = sha256_hex(read_file($original));
    my $messages = query($original, 'SELECT count(*) FROM messages')->[0][0];
    my $users    = query($original, 'SELECT count(*) FROM users')->[0][0];
    like control_ok($server, ['verify', $original], "$fixture: verify knows it"), qr/^is +a database of the original program$/m, 'for what it is';
    is_deeply control_json($server, ['import', $original]), {database => $server->database, kept => undef}, 'import';
    is sha256_hex(read_file($original)), $before, 'the original is as it was';
    is_deeply [glob $server->directory . '/data.sqlite?*'], [], 'nothing else is left';
    has_fields control_json($server, ['verify']), {is_sound => true, kind => 'beringshare', messages => $messages}, 'all of the messages are there';
    $server->launch;
    is scalar @{$server->admin->get('/admin/users')->json} + 0 >= $users ? 1 : 0, 1, 'all of the users, too' or diag explain $server->admin->get('/admin/users')->json;
    control_fails $server, ['import', $original], 6, qr/server runs/, 'not beside a running server';
    $server->stop;
    my $ours = sha256_hex(read_file($server->database));
    control_fails $server, ['import', $original], 4, qr/there is a database already/, 'not over another database';
    is sha256_hex(read_file($server->database)), $ours, 'which is as it was';
}

my $server = prepare_server();
control_fails $server, ['import', $server->directory . '/none.sqlite'], 1, qr/cannot open/, 'no file';
control_fails $server, ['import', make_database($server->directory . '/recipes.sqlite', 'CREATE TABLE recipes (title TEXT);')], 1,
    qr/another application, not of the original program/, 'another program\'s database';
make_database($server->directory . '/bad.sqlite', fixture('original-new.sql'));
my $bytes = read_file($server->directory . '/bad.sqlite');
write_file($server->directory . '/bad.sqlite', substr $bytes, 0, length($bytes) - 9000);
control_fails $server, ['import', $server->directory . '/bad.sqlite'], 1, qr/corrupt|malformed/, 'a damaged one';
ok !-e $server->database, 'and nothing was made';
write_file($server->database, '');
make_database($server->directory . '/good.sqlite', fixture('original-new.sql'));
control_ok $server, ['import', $server->directory . '/good.sqlite'], 'an empty file is as good as none';

finish;
