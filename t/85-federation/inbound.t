# What a peer may send in other forms than ours, and still means the same.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $x      = BeringShare::Peer->speaker('x');
$x->register($server);
my $stream = $alice->events;
my $path   = '/federation/messages';

my %times = map { $_ => "2026-01-02T03:04:05$_" } 'Z', '.1Z', '.123Z', '.123456Z', '.123456789Z', '.000000000Z';
my @texts;
for my $kind (sort keys %times) {
    push @texts, "time $kind";
    status_is $x->tell($server, 'zoe', 'alice@a', $texts[-1], sent_at => $times{$kind}), 200, "a time that ends in $kind";
    is $stream->wait_message($texts[-1])->{data}{message}{sent_at}, $times{$kind}, 'is kept as it came';
}

my $message = $x->direct_message('zoe', 'alice@a', 'without fields that are null');
delete $message->{channel};
delete $message->{author}{display_name};
delete $message->{recipient}{display_name};
status_is $x->post($server, $path, $message), 200, 'fields that are null may be missing';
my $more = $x->direct_message('zoe', 'alice@a', 'with more fields', id => 17, reply_to => undef, nested => {deep => [1, {}]});
$more->{author}{avatar} = undef;
status_is $x->post($server, $path, $more), 200, 'there may be more fields';
my $loud = $x->direct_message('zoe', 'alice@a', 'an id in capitals');
$loud->{message_id} = uc $loud->{message_id};
status_is $x->post($server, $path, $loud), 200, 'an id in capitals';
is $x->post($server, $path, {%$loud, message_id => lc $loud->{message_id}})->json, 'ok', 'is the same id as in small letters';
status_is $x->request($server, 'POST', "$path?nothing=1", $x->direct_message('zoe', 'alice@a', 'a query')), 200, 'a query that means nothing';
status_is $x->request($server, 'POST', $path, undef, body => encode_json($x->direct_message('zoe', 'alice@a', 'charset')),
    type => 'application/json; charset=utf-8'), 200, 'a content type with a character set';
push @texts, 'without fields that are null', 'with more fields', 'an id in capitals', 'a query', 'charset';

# Display names come with messages.
my $named = $x->direct_message('zoe', 'alice@a', 'with a name');
$named->{author}{display_name} = 'Zoë Ü';
status_is $x->post($server, $path, $named), 200, 'a display name';
push @texts, 'with a name';
is $stream->wait_message('with a name')->{data}{message}{author_display_name}, 'Zoë Ü', 'is shown';
for my $odd (['too long', 'x' x 5000], ['of several lines', "Zoë\nÜ"], ['with a NUL', "Zoë\x{0}"]) {
    my ($what, $name) = @$odd;
    my $message = $x->direct_message('zoe', 'alice@a', "a name $what");
    $message->{author}{display_name} = $name;
    status_is $x->post($server, $path, $message), 200, "nobody is refused for a name $what";
    push @texts, "a name $what";
    is $stream->wait_message("a name $what")->{data}{message}{author_display_name}, undef, 'it is none';
}
my $turned = $x->direct_message('zoe', 'alice@a', 'turned around');
$turned->{author}{display_name} = "\x{202e}ecilA";
status_is $x->post($server, $path, $turned), 200, 'one that this server would not take from its own users is kept';
push @texts, 'turned around';
is $stream->wait_message('turned around')->{data}{message}{author_display_name}, "\x{202e}ecilA", 'as it is';
status_is $x->tell($server, 'zoe', 'alice@a', 'ä🐻 "quoted" \\ and 
two lines'), 200, 'text of all kinds';
push @texts, "ä🐻 \"quoted\" \\ and \ntwo lines";
reads_bodies $stream, \@texts, 'all arrived, each once';
is scalar @{$alice->direct_bodies(known_user($server, 'zoe', 'x'))}, scalar @texts, 'in one conversation';

# An author of a channel that is made by its first message.
status_is $x->say($server, 'zoe', 'news of the world', 'x', 'first'), 200, 'a message for an unknown channel';
my $channel = known_channel($server, 'news of the world', 'x');
is_deeply $alice->channel_bodies($channel), ['first'], 'makes the channel';
status_is $x->say($server, 'zoe', 'news of the world', 'x', 'second'), 200, 'another one';
is_deeply $alice->channel_bodies($channel), [qw(first second)], 'goes to the same';

finish;
