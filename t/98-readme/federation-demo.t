# contrib/federation-demo: three servers that know each other, commands to try that work, and the same again the second time.
use BeringShare::Test;
use BeringShare::Demo;

needs_command curl => 'curl';

my $demo    = BeringShare::Demo->new;
my $command = 'contrib/federation-demo';

# The pieces that it prints: those in a row belong together.
sub pieces ($printed) { return map {s/^    //gmr} $printed =~ /((?:^    .*\n)+)/mg }

my $printed = $demo->start($command, qr{/status; echo\n});
my ($sign_in, $listen, $write, $look, @more) = pieces($printed);
ok defined $look && !@more, 'it prints four pieces to try' or diag $printed;
like $printed, qr/\Q$_\E/, "it names $_" for map { 'http://localhost:' . ($demo->port + $_) } 0 .. 2;

like $printed, qr{\Q$_->[1]\E/chat/ui +as \Q$_->[0]\E \(password \Q$_->[0]\E\)}, "with what $_->[0] opens, and signs in with"
    for map { [(qw(alice charlie erin))[$_], 'http://localhost:' . ($demo->port + $_)] } 0 .. 2;
is scalar(() = $printed =~ m{/admin/ui +as admin \(password admin\)}g), 3, 'and what administrators do';

my $heard = $demo->shell->start(charlie => $sign_in . $listen);
my $online = $sign_in . 'curl -fsS -H "authorization: Bearer $alice" ' . 'http://localhost:' . $demo->port . '/api/users';
eventually sub {
    my $answer = $demo->shell->run($online);
    return $answer->{status} == 0 && grep { $_->{username} eq 'charlie' && $_->{is_online} } @{decode_json($answer->{output})};
}, 'Charlie listens';
my $written = $demo->shell->run($sign_in . $write);
is scalar(() = $written->{output} =~ /"message_id"/g), 2, 'Alice writes two messages' or diag $written->{output};
eventually sub { $heard->() =~ /^data: .*Hello Charlie.*^data: .*Hello everyone/ms }, 'Charlie gets both' or diag $heard->();
eventually sub { $demo->shell->run($look)->{output} =~ /"queue_depth":\s*0\b.*"abilities":\s*"beringshare"/ },
    'the administrator sees that nothing waits for b';
$demo->shell->stop('charlie');
$demo->stop;

my $again = $demo->start($command, qr{/status; echo\n});
is $again, $printed, 'the second time it finds the same servers, users and channel';
my $history = $demo->shell->run($sign_in . 'curl -fsS -H "authorization: Bearer $alice" ' . 'http://localhost:' . $demo->port
        . '/api/messages/inbox');
is scalar(() = $history->{output} =~ /"message_id"/g), 2, 'and the messages' or diag $history->{output};

my $usage = run_command(["$BeringShare::Server::SOURCE/contrib/federation-demo", '--together']);
is $usage->{status}, 2, 'a wrong command line is refused';
like $usage->{output}, qr/^usage: /, 'with the right one';
$demo->stop;

finish;
