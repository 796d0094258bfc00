# What a client sends over the WebSocket is answered: ok with the message's id, or the error.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice]);
my $socket  = $alice->websocket;
my $reader  = $bob->events;

my $answer = $socket->ask({kind => 'send_channel_message', channel_id => $channel, body => 'to the channel', ref => 'r1'});
is $answer->{type}, 'ok', 'a channel message';
like_uuid $answer->{message_id}, 'the id';
is $answer->{ref}, 'r1', 'the client\'s own reference comes back';
is_deeply $alice->channel_bodies($channel), ['to the channel'], 'it is stored';
is $socket->wait_message('to the channel')->{data}{message}{message_id}, $answer->{message_id}, 'and announced under that id';

$answer = $socket->ask({kind => 'send_dm', target_user => 'bob', body => 'to bob'});
is $answer->{type}, 'ok', 'a direct message';
ok !defined $answer->{ref}, 'no reference, none comes back';
is $reader->wait_message('to bob')->{data}{message}{message_id}, $answer->{message_id}, 'it arrives';
is $socket->ask({kind => 'send_dm', target_user => 'bob@local', body => 'again'})->{type}, 'ok', 'to user@this-server';

my @bad = (
    ['no JSON',            '{"kind":'],
    ['no object',          '[1,2,3]'],
    ['no kind',            {body => 'x'}],
    ['an unknown kind',    {kind => 'dance'}],
    ['a kind of a wrong type', {kind => 7}],
    ['no body',            {kind => 'send_channel_message', channel_id => $channel}],
    ['an empty body',      {kind => 'send_channel_message', channel_id => $channel, body => ' '}],
    ['a body of a wrong type', {kind => 'send_channel_message', channel_id => $channel, body => [1]}],
    ['no channel',         {kind => 'send_channel_message', body => 'x'}],
    ['a channel that is no UUID',  {kind => 'send_channel_message', channel_id => 'nonsense', body => 'x'}],
    ['an unknown channel', {kind => 'send_channel_message', channel_id => random_uuid(), body => 'x'}],
    ['no recipient',       {kind => 'send_dm', body => 'x'}],
    ['an unknown recipient', {kind => 'send_dm', target_user => 'nobody', body => 'x'}],
    ['an unknown server',  {kind => 'send_dm', target_user => 'bob@nowhere', body => 'x'}],
);
for my $case (@bad) {
    my ($what, $input) = @$case;
    $input->{ref} = $what if ref $input;
    my $error = $socket->ask($input);
    is $error->{type}, 'error', "$what is an error";
    ok length($error->{error} // ''), 'with a text';
    is $error->{ref}, $what, 'and the reference' if ref $input;
}
is $socket->ask({kind => 'send_dm', target_user => 'bob', body => 'x', ref => undef})->{type}, 'ok', 'a reference may be null';
is $socket->ask({kind => 'send_dm', target_user => 'bob', body => 'the last'})->{type}, 'ok', 'after all this the connection works';
my $id = random_uuid();
is $socket->ask({kind => 'send_dm', target_user => 'bob', body => 'mine', message_id => $id})->{message_id}, $id, 'with an id of one\'s own'
    for 1, 2;
$reader->wait_message('mine');
is scalar(grep { $_ eq 'mine' } @{$bob->direct_bodies($alice->id)}), 1, 'that is stored once';

finish;
