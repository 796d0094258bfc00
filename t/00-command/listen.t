# Several addresses in LISTEN are all served; the log may be JSON.
use BeringShare::Test;

my $server = prepare_server(LOG_FORMAT => 'json');
my $second = prepare_server();
my @urls   = map { $_->url } $server, $second;
$server->overrides->{LISTEN} = join ',', map { s{^http://}{}r } @urls;
$server->launch;
my $alice = $server->user('alice');
status_is $alice->request('GET', '/api/users', undef, url => $_), 200, "$_ is served" for @urls;
is $server->anonymous->get('/health')->body, 'ok', '/health answers ok';
like $server->anonymous->get('/health')->header('Content-Type'), qr{^text/plain}, 'as text';
is $server->anonymous->request('HEAD', '/health')->status, 200, 'also to HEAD';
$server->stop;
my @lines = grep {length} split /\n/, $server->log;
my @wrong = grep { !eval { ref decode_json($_) eq 'HASH' } } @lines;
is_deeply \@wrong, [], 'every line of the log is a JSON object';
cmp_ok scalar @lines, '>', 2, 'and there are some';

finish;
