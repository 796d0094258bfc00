# Calls between two servers, with real media: two people, three people in a channel, and what fails in between.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my %people = map { $_->username => $_ } (map { $server_a->user($_, password => "secret of $_") } qw(alice carol dave)),
    $server_b->user('bob', password => 'secret of bob');
my $origin = $server_a->channel('general', [@people{qw(alice carol dave)}]);
add_member($server_a, $origin, 'bob@b');
my $at_b = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $at_b, 'bob') }, 'bob is a member';
my $bob = known_user($server_a, 'bob', 'b');
known_user($server_b, 'alice', 'a');

# The process that talks to the peers dies, and another one takes its place.
sub kill_federation ($server) {
    my $old = federation_process($server);
    $server->kill_expected($old);
    return wait_until(sub { my $new = federation_process($server); defined $new && $new != $old }) ? 1 : 0;
}

run_in_browser(
    'calls-federated',
    servers => {a => $server_a, b => $server_b},
    people  => \%people,
    options => {origin => $origin, at_b => $at_b, bob => $bob},
    actions => {
        killFederation => sub ($name) { kill_federation({a => $server_a, b => $server_b}->{$name}) },
        linked         => sub () { wait_linked($server_a, $server_b); 1 },
    },
);

finish;
