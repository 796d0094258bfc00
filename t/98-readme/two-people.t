# What README shows works as it stands there: two people chat through curl, SSE and a WebSocket client.
use BeringShare::Test;
use BeringShare::Shell;

needs_command curl => 'curl';

my $server   = start_server(ADMIN_PASSWORD => 'admin');
my $shell    = BeringShare::Shell->new;
my ($part)   = read_file("$BeringShare::Server::SOURCE/README") =~ /^## Two people chat\n(.*?)^## /ms;
my @commands = $part =~ /^```sh\n(.*?)^```/msg;
is scalar @commands, 4, 'README has its four pieces: preparing, an SSE stream, a WebSocket, posting';
my $url = $server->url;
is $commands[0] =~ s{http://localhost:8080}{$url}g, 1, 'the address is set in one place';

my $prepared = $shell->run($commands[0]);
is $prepared->{status}, 0, 'preparing works' or diag $prepared->{output};
my %value = read_file($shell->folder . '/chat.env') =~ /(\w+)=(\S+)/g;
ok length $value{$_}, "$_ is known afterwards" for qw(url alice bob channel);
$server->keep_secret($value{$_}) for qw(alice bob);
my $alice = $server->anonymous->with(token => $value{alice});

sub is_online ($name) { return grep { $_->{username} eq $name && $_->{is_online} } @{$alice->get('/api/users')->json} }

my $bob_reads = $shell->start(bob => $commands[1]);
eventually sub { is_online('bob') }, 'Bob listens';
my $alice_reads = $shell->start(alice => $commands[2]);
eventually sub { $bob_reads->() =~ /^data: .*"new_message".*Hello Bob/m }, 'Bob reads what Alice sent through her WebSocket'
    or diag $bob_reads->(), $alice_reads->();
like $alice_reads->(), qr/"connected"/, 'which said that it is connected';

my $answered = $shell->run($commands[3]);
is $answered->{status}, 0, 'Bob answers' or diag $answered->{output};
like $answered->{output}, qr/"message_id"/, 'and is told the message\'s id';
like $answered->{output}, qr/Hello Bob.*Hello Alice/s, 'and sees both messages in the history';
eventually sub { $alice_reads->() =~ /Hello Bob.*Hello Alice/s }, 'Alice sees both';
eventually sub { $bob_reads->() =~ /Hello Bob.*Hello Alice/s }, 'Bob sees both';
$shell->stop_all;

finish;
