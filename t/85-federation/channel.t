# A channel with members of three servers: whoever writes where, all have it once, and are told once.
use BeringShare::Test;
use BeringShare::Federation;

my @servers = start_federation(3);
my @names   = qw(alice bob carol);
my @users   = map { $servers[$_]->user($names[$_]) } 0 .. 2;
my $origin  = $servers[0]->channel('general', [$users[0]]);
add_member($servers[0], $origin, $_) for 'bob@b', 'carol@c';
my @channels = ($origin, map { known_channel($servers[$_], 'general', 'a') } 1, 2);
for my $other (1, 2) {
    eventually sub { is_member($servers[$other], $channels[$other], $names[$other]) }, "the server of $names[$other] knows of the membership";
}
is_deeply member_names($servers[0], $origin), ['alice', 'bob@b', 'carol@c'], 'the origin knows all';
my @streams = map { $_->events } @users;

# One after the other: the order is the same everywhere.
my @said;
for my $writer (0 .. 2) {
    push @said, "written at server $writer";
    $users[$writer]->say($channels[$writer], $said[-1]);
    ok $streams[$_]->wait_message($said[-1]), "$names[$_] is told what $names[$writer] writes" for 0 .. 2;
}
for my $reader (0 .. 2) {
    is_deeply $users[$reader]->channel_bodies($channels[$reader]), \@said, "the history of $names[$reader]";
    is_deeply history_essence($users[$reader], $channels[$reader]), history_essence($users[0], $origin), 'is the origin\'s';
}

# All at once: each author's messages keep their order.
for my $number (1 .. 15) {
    push @said, "$number by $names[$_]" for 0 .. 2;
    $users[$_]->say($channels[$_], "$number by $names[$_]") for 0 .. 2;
}
for my $reader (0 .. 2) {
    eventually sub { @{$streams[$reader]->bodies} >= @said }, "$names[$reader] is told all";
    is_deeply [sort @{$streams[$reader]->bodies}], [sort @said], 'each once';
    my $history = $users[$reader]->channel_bodies($channels[$reader]);
    is_deeply [sort @$history], [sort @said], 'and has each once';
    for my $name (@names) {
        is_deeply [grep {/^\d+ by $name$/} @$history], [map {"$_ by $name"} 1 .. 15], "those by $name in their order";
    }
}

finish;
