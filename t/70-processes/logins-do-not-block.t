# While passwords are being checked, everything else goes on: a worker serves during logins that take long.
use BeringShare::Test;

my $server = start_server(BCRYPT_COST => 13, JOB_THREADS => 1);
my ($worker) = $server->worker_pids;
my $alice  = $server->user('alice', password => 'correct horse');
my $pinned = $alice->on_worker($worker);
my $stream = $alice->events_on($worker);

my ($ended, @order) = (0);
my @visitors = map { $alice->anonymous->on_worker($worker) } 1 .. 6;
for my $visitor (@visitors) {
    $visitor->request_p('POST', '/api/login', {username => 'alice', password => 'correct horse'})
        ->then(sub ($answer) { push @order, 'login'; $ended += $answer->status == 200 });
}
for my $number (1 .. 20) {
    $pinned->tell('alice', "message $number");
    push @order, 'message';
}
eventually sub { $ended == 6 }, 'all logins succeed';
my ($messages, $last_login) = (0, 0);
for my $index (0 .. $#order) { $last_login = $index if $order[$index] eq 'login' }
cmp_ok $last_login, '>=', 20, 'twenty messages were sent before the sixth login was answered' or diag "@order";
reads_bodies $stream, [map {"message $_"} 1 .. 20], 'and all were delivered';

finish;
