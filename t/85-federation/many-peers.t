# Hundreds of peers, most of them dead: those that live are served, and every one has its status.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a', FEDERATION_POLL_SECONDS => 5);
my $alice  = $server->user('alice');
my @alive  = map { BeringShare::Peer->start("alive-$_", known_tokens => [$server->environment->{SERVER_TOKEN}], users => ['zoe']) } 1 .. 2;
$alive[0]->register($server);
my $made = $server->admin->request_many([map { ['POST', '/admin/servers',
    {name => "dead-$_", base_url => 'http://127.0.0.1:1', token => "server-token-of-dead-$_"}] } 1 .. 300], 8);
is scalar(grep { $_->status == 200 } @$made), 300, 'three hundred peers';
$alive[1]->register($server);

for my $peer (@alive) {
    known_user($server, 'zoe', $peer->name);
    $alice->tell('zoe@' . $peer->name, "to $_") for 1 .. 10;
    $alice->tell("nobody\@dead-$_", 'lost?') for 1 .. 10;
}
for my $peer (@alive) {
    eventually sub { @{$peer->bodies} == 10 }, $peer->name . ' is sent all';
    is_deeply $peer->bodies, [map {"to $_"} 1 .. 10], 'in order';
}
my $answers = $server->admin->request_many([map { ['GET', "/admin/servers/$_->{id}/status"] } @{$server->admin->get('/admin/servers')->json}], 8);
is scalar(grep { $_->status == 200 } @$answers), 302, 'each has its status';
eventually sub { peer_status($server, 'dead-1')->{failures} > 0 }, 'a dead one is known to be dead';
is peer_status($server, 'dead-1')->{queue_depth}, 2, 'and what is for it waits';
status_is $alice->get('/api/users'), 200, 'users notice nothing';

finish;
