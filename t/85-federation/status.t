# GET /admin/servers/:id/status, POST retry and drop: their form, and who may.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $admin  = $server->admin;
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
my $path = peer_path($server, 'zulu');
# Its users are known before it has answered all that it was asked.
wait_until(sub { defined $admin->get("$path/status")->json->{last_contact} });

my $status = $admin->get("$path/status");
status_is $status, 200, 'the status of a peer that is well';
my $json = $status->json;
ok exists $json->{$_}, "has $_" for qw(queue_depth oldest_waiting_at last_contact last_request last_error next_attempt failures refuses_us abilities refused);
is_deeply [@$json{qw(queue_depth oldest_waiting_at last_error next_attempt failures)}], [0, undef, undef, undef, 0], 'nothing waits';
is_deeply $json->{refused}, [], 'nothing is refused';
like_time $json->{last_contact}, 'the last contact';
like $status->body, qr/"refuses_us":\s*false/, 'it does not refuse us';

$peer->down;
$alice->tell('zoe@zulu', $_) for qw(one two three);
eventually sub { $json = $admin->get("$path/status")->json; return $json->{failures} >= 2 }, 'a dead one: failures';
is $json->{queue_depth}, 3, 'what waits';
like_time $json->{oldest_waiting_at}, 'since when';
like_time $json->{last_contact}, 'the last contact is still known';
like $json->{last_error}, qr/\S/, 'the last error';
eventually sub { $admin->get("$path/status")->json->{next_attempt} }, 'the next attempt';
like_time $admin->get("$path/status")->json->{next_attempt} // '', 'is a time';
is $admin->post("$path/retry", {})->json, 'ok', 'trying again is possible at any time';
is $admin->post("$path/retry")->json, 'ok', 'without a body, too';
status_is $admin->post("$path/drop", {}), [200, 404], 'dropping where nothing is refused harms nothing';
is $admin->get("$path/status")->json->{queue_depth}, 3, 'what waits is not dropped';
refused $admin->post("$path/$_", {row => 12345}), 404, "$_: no such row" for qw(retry drop);
refused $admin->post("$path/$_", {row => 'all'}), [400, 422], "$_: no row" for qw(retry drop);
$peer->up;
eventually sub { @{$peer->bodies} == 3 }, 'and arrives';

my $nowhere = '/admin/servers/' . random_uuid();
refused $admin->get("$nowhere/status"), 404, 'an unknown server: status';
refused $admin->post("$nowhere/$_", {}), 404, "an unknown server: $_" for qw(retry drop);
my @for_admins = (['GET', "$path/status"], (map { ['POST', "$path/$_", {}] } qw(retry drop)),
    map { ['POST', "/admin/$_/sync-federated"] } qw(users channels));
for my $row (@for_admins) {
    refused $alice->request(@$row), [401, 403], "$row->[0] $row->[1]: not for users";
    refused $server->anonymous->request(@$row), 401, 'nor for anybody';
}

finish;
