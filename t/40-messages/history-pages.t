# History in pages: ?limit=, ?before=, ?after=, ?around=; without them everything.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_) } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my @texts   = map {"message $_"} 1 .. 10;
my @ids     = map { $alice->say($channel, $_) } @texts;
$alice->tell('bob', "direct $_") for 1 .. 3;
my $direct  = $bob->get('/api/messages/dm/' . $alice->id)->json;
my $path    = "/api/messages/channel/$channel";

sub page ($query) { return $bob->channel_bodies($channel, $query) }

is_deeply [map { $_->{message_id} } @{$bob->get($path)->json}], \@ids, 'everything, the ids as they were answered';
is_deeply page(''), \@texts, 'everything, oldest first';
is_deeply page('?limit=3'), [@texts[7 .. 9]], 'limit alone: the newest, newest last';
is_deeply page('?limit=200'), \@texts, 'a limit larger than all';
is_deeply page("?limit=3&before=$ids[7]"), [@texts[4 .. 6]], 'before: the ones right before it';
is_deeply page("?limit=3&before=$ids[1]"), [$texts[0]], 'before, near the beginning';
is_deeply page("?before=$ids[0]"), [], 'before the first';
is_deeply page("?limit=3&after=$ids[4]"), [@texts[5 .. 7]], 'after: the ones right after it';
is_deeply page("?limit=3&after=$ids[8]"), [$texts[9]], 'after, near the end';
is_deeply page("?after=$ids[9]"), [], 'after the last';
is_deeply page('?limit=3&after=start'), [@texts[0 .. 2]], 'after the start: the oldest';
is_deeply page('?after=start'), \@texts, 'after the start, all that there is';
is_deeply page("?limit=4&around=$ids[4]"), [@texts[3 .. 6]], 'around: half a page that ends with it, half a page that follows';
is_deeply page("?limit=1&around=$ids[4]"), [$texts[4]], 'around, it alone';
is_deeply page("?limit=6&around=$ids[0]"), [@texts[0 .. 3]], 'around the first';
is_deeply page("?around=$ids[9]"), \@texts, 'around the last';
is_deeply page('?limit=3&nonsense=1&_=123'), [@texts[7 .. 9]], 'what means nothing is ignored';
is_deeply $bob->direct_bodies($alice->id, '?limit=2'), ['direct 2', 'direct 3'], 'the same for direct messages';
is_deeply $bob->direct_bodies($alice->id, "?limit=1&after=$direct->[0]{message_id}"), ['direct 2'], 'and after';
is_deeply $bob->direct_bodies($alice->id, '?limit=2&after=start'), ['direct 1', 'direct 2'], 'and from the start';
is_deeply $bob->get("/api/channels/$channel/messages?limit=2")->json, $bob->get("$path?limit=2")->json, 'and the other path';

my @collected;
for (my $before = ''; ;) {
    my $page = $bob->get("$path?limit=4$before")->json;
    last unless @$page;
    unshift @collected, map { $_->{body} } @$page;
    $before = "&before=$page->[0]{message_id}";
}
is_deeply \@collected, \@texts, 'paging back finds all';

refused $bob->get("$path?limit=$_"), 400, "limit=$_" for 0, 201, -1, 'many', '', '1.5', '99999999999999999999';
for my $side (qw(before after around)) {
    refused $bob->get("$path?$side=" . random_uuid()), 404, "$side an unknown message";
    refused $bob->get("$path?$side=nonsense"), 400, "$side nonsense";
    refused $bob->get("$path?$side=$direct->[0]{message_id}"), 404, "$side a message of another conversation";
}
refused $bob->get("$path?before=$ids[1]&around=$ids[1]"), 400, 'two sides at once';
refused $bob->get("$path?before=$ids[1]&after=start"), 400, 'the start is a side, too';
refused $bob->get("$path?$_=start"), 400, "$_ the start is nothing" for qw(before around);
refused $bob->get("$path?after=START"), 400, 'and is written in one way';

finish;
