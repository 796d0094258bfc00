# Many who arrive together are announced together: never more often than every 50 ms, however many come.
use BeringShare::Test;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my $server = start_server();
my $watch  = $server->user('watcher');
my $crowd  = 120;
my $answers = $server->admin->request_many([map { ['POST', '/admin/users', {username => "user$_"}] } 1 .. $crowd], 8);
my @users   = map { $watch->with(id => $_->{id}, username => $_->{username}, token => $_->{token}) } map { $_->json } @$answers;
is scalar(grep {defined} map { $_->id } @users), $crowd, 'the crowd has accounts';

my $stream  = $watch->events;
my $start   = clock_gettime(CLOCK_MONOTONIC);
my @streams = map { $_->events(wait_open => 0) } @users;
sub online () { return scalar grep { $_->{is_online} } @{$watch->get('/api/users')->json} }
eventually sub { online() == $crowd + 1 }, 'all are online';
$watch->tell('watcher', 'a marker');
ok $stream->wait_message('a marker'), 'the watcher is still served';
my $last = $server->user('the-last');
push @streams, $last->events;
ok $stream->wait_presence($last->id, 1), 'whoever comes alone is announced by name';
my $events  = () = $stream->named('presence_changed');
my $elapsed = clock_gettime(CLOCK_MONOTONIC) - $start;
cmp_ok $events, '<=', $elapsed / 0.05 + 2, "$events events for $crowd arrivals are no more than the time allows";

$_->status || $_->wait_end for @streams;
Mojo::IOLoop->remove($_->tx->connection) for @streams;
eventually sub { online() == 1 }, 'all are offline again';
ok !$stream->ended, 'the watcher\'s stream was never cut';

finish;
