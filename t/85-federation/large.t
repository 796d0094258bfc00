# Messages as long as MAX_MESSAGE_BYTES allows, made of characters that JSON escapes: alone, and several that wait together. A
# server with a smaller limit refuses those that are too long for it, and no others.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = map { start_federated($_, MAX_MESSAGE_BYTES => 600_000) } qw(a b);
my $server_c = start_federated('c', MAX_MESSAGE_BYTES => 10_000);
connect_servers($server_a, $server_b, $server_c);
my ($alice, $bob, $carol) = ($server_a->user('alice'), $server_b->user('bob'), $server_c->user('carol'));
my $channel = $server_a->channel('general', [$alice]);
add_member($server_a, $channel, $_) for 'bob@b', 'carol@c';
my ($at_b, $at_c) = (known_channel($server_b, 'general', 'a'), known_channel($server_c, 'general', 'a'));
eventually sub { is_member($server_b, $at_b, 'bob') && is_member($server_c, $at_c, 'carol') }, 'members of three servers';

# 590,000 bytes, which JSON makes 2 and 6 times as many; 300,000 that fit into a batch; some that are short.
my @texts = ('short 1', qq{"\\\n\t} x 147_500, 'short 2', "\x01" x 590_000, "\x{e4}\"" x 100_000, 'short 3', qq{\\"} x 150_000, 'short 4');
my %is_short = map { $_ => 1 } grep { length() < 100 } @texts;

# Texts of a channel, as short as diagnostics need them.
sub brief ($text) { return length($text) . ':' . substr encode_json([$text]), 0, 20 }
sub briefly ($client, $where) { return [map { brief($_) } @{$client->channel_bodies($where)}] }

$alice->say($channel, $_) for @texts[1, 3];
eventually sub { message_count($server_b) == 2 }, 'long ones, one after the other';
is_deeply briefly($bob, $at_b), [map { brief($_) } @texts[1, 3]], 'are all there';
ok $bob->channel_bodies($at_b)->[1] eq $texts[3], 'to the last character';

$_->stop for $server_b, $server_c;
$alice->say($channel, $_) for @texts;
$_->launch for $server_b, $server_c;
eventually sub { message_count($server_b) == 2 + @texts }, 'all that waited together arrive';
my $got = $bob->channel_bodies($at_b);
is_deeply [map { brief($_) } @$got], [map { brief($_) } @texts[1, 3], @texts], 'in order';
ok join("\0", @$got) eq join("\0", @texts[1, 3], @texts), 'as they were written';
is peer_status($server_a, 'b')->{refused_count}, 0, 'none is refused';

eventually sub { is_queue_empty($server_a, 'c') }, 'the queue of the server with the smaller limit runs dry, too';
is_deeply $carol->channel_bodies($at_c), [grep { $is_short{$_} } @texts], 'which has those that it allows';
my $refused = peer_status($server_a, 'c')->{refused};
is scalar @$refused, 2 + grep({ !$is_short{$_} } @texts), 'the others are set aside';
is_deeply [map { $_->{status} } grep { $_->{status} !~ /^4(?:00|13)$/ } @$refused], [], 'as too long';

# A history of long ones.
my $dora = $server_b->user('dora');
my $second = $server_a->channel('second', [$alice]);
$alice->say($second, $_) for @texts[1 .. 4];
add_member($server_a, $second, $_) for 'dora@b', 'carol@c';
my ($second_at_b, $second_at_c) = (known_channel($server_b, 'second', 'a'), known_channel($server_c, 'second', 'a'));
eventually sub { message_count($server_b) == 2 + @texts + 4 }, 'a history is handed over in parts that fit';
is_deeply briefly($dora, $second_at_b), [map { brief($_) } @texts[1 .. 4]], 'all of it';
eventually sub { is_queue_empty($server_a, 'c') && @{$carol->channel_bodies($second_at_c)} == 1 }, 'and to the other one what it allows';

finish;
