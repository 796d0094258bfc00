# The texts of messages: Markdown as a tree, and what becomes of it in a real browser.
use BeringShare::Test;
use BeringShare::Browser;

my $evil   = q{<img src=x onerror="globalThis.hurt=1">};
my $server = start_server();
my @names  = qw(alice bob carol mallory);
my %people = map { $_ => $server->user($_, password => $server->keep_secret("password of $_")) } @names;
status_is $people{mallory}->put('/api/profile', {display_name => $evil}), 200, 'a name that is no markup';

run_in_node($_) for qw(markdown timeline);
run_in_browser('conversation-text', server => $server, people => \%people);

finish;
