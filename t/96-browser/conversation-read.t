# What is read and what is new, in a real browser and on two devices.
use BeringShare::Test;
use BeringShare::Browser;

my $server = start_server();
my %people = map { $_ => $server->user($_, password => $server->keep_secret("password of $_")) } qw(alice bob);
run_in_browser('conversation-read', server => $server, people => \%people);

finish;
