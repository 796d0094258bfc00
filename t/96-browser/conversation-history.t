# A long history in a real browser: scrolled through, added to, caught up.
use BeringShare::Test;
use BeringShare::Browser;

my $server = start_server();
my %people = map { $_ => $server->user($_, password => $server->keep_secret("password of $_")) } qw(alice bob carol);
run_in_browser('conversation-history', server => $server, people => \%people);

finish;
