# A second server on the same database is refused with a message, and the first goes on.
use BeringShare::Test;
use Fcntl qw(LOCK_EX LOCK_UN);

my $server = start_server();
my $alice  = $server->user('alice');
my $second = prepare_server(DATABASE_PATH => $server->database);
my $result = $second->run;
isnt $result->{status}, 0, 'it does not start';
ok !$result->{timeout}, 'and says so after a moment';
like $result->{output}, qr/\Q@{[$server->database]}\E.*(?:in use|another)/, 'naming the database and why';
status_is $alice->get('/api/users'), 200, 'the first one goes on';
$alice->tell('alice', 'still writing');
is_deeply $alice->direct_bodies($alice->id), ['still writing'], 'and writes';

# A server that was killed has the lock a little longer than its processes can be seen.
my $next = prepare_server();
open my $database, '>>', $next->database or die $!;
flock $database, LOCK_EX or die $!;
my $holder = fork // die $!;
if (!$holder) {
    select undef, undef, undef, 0.3;
    flock $database, LOCK_UN;
    POSIX::_exit(0);
}
close $database;
$next->launch;
waitpid $holder, 0;
status_is $next->anonymous->get('/health'), 200, 'one that is still going down is waited for';
$next->stop;

my $taken = prepare_server(LISTEN => $server->address . ':' . $server->port);
$result = $taken->run;
isnt $result->{status}, 0, 'an address that is in use, with another database' or diag $result->{output};
ok !$result->{timeout}, 'is refused at once';

finish;
