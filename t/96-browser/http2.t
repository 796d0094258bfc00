# The chat by HTTP/2: page, questions and event stream, in a real browser.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Tls;

my $server = prepare_tls_server(HTTP2 => 'on')->launch;
my %people = map { $_ => $server->user($_, password => $server->keep_secret("password of $_")) } qw(alice bob);
my $channel = $server->channel('general', [values %people]);
$server->url(tls_url($server))->port($server->{tls_port});
run_in_browser('http2', server => $server, people => \%people, options => {channel => $channel});

finish;
