# README's steps from a server that runs to two people who chat, word for word as they stand there, in real browsers.
use BeringShare::Test;
use BeringShare::Browser;

my $server = start_server(WORKERS => 2, ADMIN_PASSWORD => 'admin');
my ($part) = read_file("$BeringShare::Server::SOURCE/README") =~ /^### In the browser\n(.*?)^### /ms;
my @steps  = map {s/\n +/ /gr} $part =~ /^(\d+\. .*\n(?: .*\n)*)/mg;
is scalar @steps, 7, 'README has its seven steps';
my $url = $server->url;
is scalar(grep {s{http://localhost:8080}{$url}g} @steps), 3, 'three of them open a page';

# What quickstart prints leads there, too.
my $quickstart = read_file("$BeringShare::Server::SOURCE/contrib/quickstart");
like $quickstart, qr{http://localhost:8080$_\b}, "quickstart names $_" for qw(/admin/ui /chat/ui);

run_in_browser('first-steps', server => $server, options => {steps => \@steps});

finish;
