# An upgrade that changes the database's schema: the workers of before end first, connections wait meanwhile. No request fails
# and no event is lost; the database of before is kept, and can be gone back to. If the migration fails, the program before
# goes on.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Database;
use BeringShare::Traffic;
use File::Basename qw(dirname);
use File::Copy qw(copy);

my $server  = prepare_server(DRAIN_SECONDS => 20);
my $path    = $server->database;
my $program = $server->directory . '/beringshare';
my $real    = $server->program;
my $next    = dirname($real) . '/t/next/beringshare';

# What a package manager does.
sub install ($source) {
    copy($source, "$program.new") or die "copy: $!";
    chmod 0755, "$program.new";
    rename "$program.new", $program or die "rename: $!";
}
install($real);
$server->program($program)->launch;
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my ($version) = map { $_->[0] } @{query($path, 'PRAGMA user_version')};

my $traffic = BeringShare::Traffic->new(author => $alice, channel => $channel, listener => $bob)->start;
$alice->say($channel, 'before all');
$traffic->goes_on(20);

sub upgrade ($what, $pattern) {
    my $before = length $server->log;
    my @old    = $server->expect_upgrade;
    kill USR2 => $server->pid;
    ok $traffic->wait_until(sub { substr($server->log, $before) =~ $pattern }), "$what: the log says so"
        or diag substr $server->log, $before;
    ok $traffic->wait_until(sub { !grep { is_alive($_) } @old }), 'the workers of before have ended';
    ok is_alive($server->pid), 'the master is the same process';
    $traffic->goes_on(50);
}

# ---- a migration that fails: what it makes is there already ----

query($path, 'CREATE TABLE next (x)');
install($next);
upgrade 'a migration fails', qr/the\ workers\ of\ before\ end\ first:\ the\ database's\ schema\ changes
    .*cannot\ migrate\ the\ database\ \Q$path\E\ to\ version\ @{[$version + 1]}.*it\ is\ as\ it\ was
    .*no\ upgrade:\ returning\ to\ the\ program\ before.*returned\ to\ the\ program\ before/xs;
is_deeply query($path, 'PRAGMA user_version'), [[$version]], 'the database is of the version before';
query($path, 'DROP TABLE next');

# ---- one that does not ----

upgrade 'the schema changes', qr/the workers of before end first: the database's schema changes.*version @{[$version + 1]}: what comes next.*upgraded: /s;
is_deeply query($path, 'PRAGMA user_version'), [[$version + 1]], 'the database is of the next version';
is_deeply query($path, 'SELECT count(*) FROM next'), [[0]], 'and has what it has more';
my @old = $server->expect_upgrade;
kill USR2 => $server->pid;
ok $traffic->wait_until(sub { !grep { is_alive($_) } @old }), 'an upgrade after that finds nothing to change';
is scalar(() = $server->log =~ /the workers of before end first/g), 2, 'so that nobody ends first';
$traffic->goes_on(20);

$traffic->stop;
$alice->say($channel, 'after all');
my $heard = $traffic->heard_until('after all');
is_deeply $traffic->failed, [], 'not one request has failed';
my $history = $alice->channel_bodies($channel);
is scalar @$history, @{$traffic->stored} + 2, 'what was acknowledged is stored, once';
is_deeply $heard, $history, 'and was heard, once and in order';

# ---- the way back ----

$server->first_workers([]);
my ($snapshot) = @{control_json($server, ['snapshots'])};
has_fields $snapshot, {before => $version + 1, version => $version, is_readable => true}, 'the database of before is kept';
cmp_ok $snapshot->{messages}, '>', 70, 'with what was written until then';
cmp_ok $snapshot->{messages}, '<', scalar @$history, 'and nothing of what came later';
$server->stop;
control_ok $server, ['rollback', '--yes'], 'rollback';
is_deeply query($path, 'PRAGMA user_version'), [[$version]], 'the database is of the version before';
install($real);
$server->launch;
is_deeply $alice->channel_bodies($channel), [@$history[0 .. $snapshot->{messages} - 1]], 'the program before serves what was there before';
$alice->say($channel, 'again');

finish;
