# Three servers that all know each other, members of all in channels of all: every message is stored once on each, and nothing
# goes round for ever.
use BeringShare::Test;
use BeringShare::Federation;

my @servers = start_federation(3);
my @letters = qw(a b c);
my @users   = map { $servers[$_]->user("user-$letters[$_]") } 0 .. 2;
my %channel;
for my $origin (0 .. 2) {
    $channel{$origin}[$origin] = $servers[$origin]->channel("of-$letters[$origin]", [$users[$origin]]);
    for my $other (grep { $_ != $origin } 0 .. 2) {
        add_member($servers[$origin], $channel{$origin}[$origin], "user-$letters[$other]\@$letters[$other]");
        $channel{$origin}[$other] = known_channel($servers[$other], "of-$letters[$origin]", $letters[$origin]);
        eventually sub { is_member($servers[$other], $channel{$origin}[$other], "user-$letters[$other]") },
            "a user of $letters[$other] is in the channel of $letters[$origin]";
    }
}
my @streams = map { $_->events } @users;

my %expected;
my @requests = map { [] } 0 .. 2;
for my $number (1 .. 10) {
    for my $origin (0 .. 2) {
        for my $writer (0 .. 2) {
            my $text = "$number from $letters[$writer]";
            push @{$expected{$origin}}, $text;
            push @{$requests[$writer]}, ['POST', '/api/messages/channel', {channel => $channel{$origin}[$writer], body => $text}];
        }
    }
}
my @posted = map { @{$users[$_]->request_many($requests[$_], 4)} } 0 .. 2;
is scalar(grep { $_->status == 200 } @posted), 90, 'all are taken';

for my $server (0 .. 2) {
    eventually sub { message_count($servers[$server]) >= 90 }, "server $letters[$server] has all 90";
}
for my $server (0 .. 2) {
    for my $other (grep { $_ != $server } 0 .. 2) {
        eventually sub { is_queue_empty($servers[$server], $letters[$other]) }, "nothing waits at $letters[$server] for $letters[$other]";
    }
}
for my $server (0 .. 2) {
    is message_count($servers[$server]), 90, 'and still has no more than that';
    for my $origin (0 .. 2) {
        is_deeply [sort @{$users[$server]->channel_bodies($channel{$origin}[$server])}], [sort @{$expected{$origin}}],
            "channel of $letters[$origin] on $letters[$server]: each once";
    }
    eventually sub { @{$streams[$server]->bodies} >= 90 }, 'its reader is told all';
    is scalar @{$streams[$server]->bodies}, 90, 'once';
}

finish;
