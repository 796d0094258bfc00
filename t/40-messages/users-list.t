# GET /api/users: everybody with their state.
use BeringShare::Test;

my $server = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
$alice->put('/api/profile', {display_name => 'Alice B.'});
my $stream = $alice->events;
eventually sub { grep { $_->{username} eq 'alice' && $_->{is_online} } @{$bob->get('/api/users')->json} }, 'alice is online';

my $answer = $bob->get('/api/users');
status_is $answer, 200, 'ask';
my %users = map { $_->{username} => $_ } @{$answer->json};
is_deeply [sort keys %users], [qw(admin alice bob)], 'everybody is there';
my %same = (token => '', server_id => undef, is_local => true, server_name => undef);
has_fields $users{alice}, {%same, id => $alice->id, username => 'alice', display_name => 'Alice B.', is_online => true}, 'who is online';
has_fields $users{bob},   {%same, id => $bob->id,   username => 'bob',   display_name => undef, is_online => false}, 'who is not';

finish;
