# A long history comes whole and in order, while others go on posting.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);

my @texts   = map { "$_ " . 'ä"\\' x ($_ * 37 % 300) } 1 .. 1000;
my $answers = $alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => $_}] } @texts], 32);
is scalar(grep { $_->status == 200 } @$answers), 1000, 'all are stored';
my %text_of = map { $answers->[$_]->json->{message_id} => $texts[$_] } 0 .. $#texts;

my @mixed;
for my $number (1 .. 10) {
    push @mixed, ['GET', "/api/messages/channel/$channel"], map { ['POST', "/api/channels/$channel/messages", {body => 'later'}] } 1 .. 5;
}
my @histories = grep { ref $_->json eq 'ARRAY' } @{$alice->request_many(\@mixed, 12)};
is scalar @histories, 10, 'ten whole histories while others are posting';
my @orders = map { [map { $_->{message_id} } @{$_->json}[0 .. 999]] } @histories;
my $wrong = grep { $text_of{$_->{message_id}} ne $_->{body} } @{$histories[0]->json}[0 .. 999];
is $wrong, 0, 'every text is right';
is_deeply $_, $orders[0], 'the order is the same each time' for @orders[1 .. $#orders];

my @collected;
for (my $after = ''; ;) {
    my $page = $alice->get("/api/messages/channel/$channel?limit=200" . ($after || "&after=$orders[0][0]"))->json;
    last unless @$page;
    push @collected, map { $_->{message_id} } @$page;
    $after = "&after=$collected[-1]";
}
is_deeply [@collected[0 .. 998]], [@{$orders[0]}[1 .. 999]], 'pages give the same order';
is scalar @collected, 1049, 'and all';

finish;
