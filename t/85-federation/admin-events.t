# An administrator's stream says when a link to another server breaks, and when it works again.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my $stream = $server_a->admin->events(path => '/admin/events');
my $alice  = $server_a->user('alice');
$server_b->user('bob');
known_user($server_a, 'bob', 'b');

sub changes () { return scalar(() = $stream->named('server_changed')) }
my $before = changes();
$server_b->stop;
$alice->tell('bob@b', 'nobody is there');
eventually sub { changes() > $before }, 'the link is broken';
cmp_ok peer_status($server_a, 'b')->{failures}, '>', 0, 'the status says so';
$before = changes();
$server_b->launch;
retry_peer($server_a, 'b');
eventually sub { changes() > $before && peer_status($server_a, 'b')->{failures} == 0 }, 'it works again';
$before = changes();
update_peer($server_a, 'b', name => 'renamed');
eventually sub { changes() > $before }, 'a server\'s entry has changed';

finish;
