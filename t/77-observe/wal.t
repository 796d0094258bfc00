# The write-ahead log stays small, whatever is written and read at the same time; a reader that holds it up for long makes it
# grow, and it shrinks again once that one is gone. A file with much that is free gives it back.
use BeringShare::Test;

my $server = start_server(LOG_LEVEL => 'warn');
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my $body    = 'x' x 60_000;
my $most    = 0;

sub wal () { return -s $server->database . '-wal' // 0 }

# Posts so many messages of 60 kB, with as many reads in between.
sub write_much ($count) {
    for my $part (1 .. $count / 50) {
        my $answers = $alice->request_many([map {
            (['POST', '/api/messages/channel', {channel => $channel, body => $body}], ['GET', "/api/messages/channel/$channel?limit=5"])
        } 1 .. 50], 16);
        BAIL_OUT('a request failed') if grep { $_->status != 200 } @$answers;
        $most = wal() if wal() > $most;
    }
}

write_much(1300);
cmp_ok $most, '<', 72 << 20, 'eighty megabytes with readers: the log stays within its bound';

# ---- somebody reads for long ----
my $pid = open my $reader, '|-', 'sqlite3', '-readonly', $server->database or die "sqlite3: $!";
$reader->autoflush;
my $began = $server->directory . '/reader-began';
print $reader "BEGIN; SELECT count(*) FROM users;\n.shell touch $began\n";
ok wait_until(sub { -e $began }), 'a program reads, and does not end';
write_much(1300);
cmp_ok wal(), '>', 72 << 20, 'the log grows meanwhile';
print $reader "COMMIT;\n.quit\n";
close $reader;
ok wait_until(sub { write_much(50); wal() < 72 << 20 }), 'and begins anew when it has gone';

# ---- free pages ----
my $before = -s $server->database;
$server->admin->post('/admin/channels', {name => 'other'});
status_is $server->admin->delete("/admin/channels/$channel"), 200, 'a channel of two hundred megabytes goes';
eventually sub { $server->admin->get('/admin/overview')->json->{free_page_bytes} < 20 << 20 && -s $server->database < $before / 2 },
    'and its pages go back to the disk';

eventually sub { wal() <= 4 << 20 }, 'when nobody writes, the log is nothing';

finish;
