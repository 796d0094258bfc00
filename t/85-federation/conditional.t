# Polling costs little where nothing changes: our answers carry an ETag, and are 304 to who has it already.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $peer   = BeringShare::Peer->speaker('x');
my $other  = BeringShare::Peer->speaker('y');
$_->register($server) for $peer, $other;
my $general = $server->channel('general', [$alice]);

sub ask ($path, $tag, $who = $peer) {
    return $who->get($server, "/federation/$path", headers => {'If-None-Match' => $tag});
}
my $stream;
my %change = (
    users    => sub { $server->user('anton' . rand) },
    channels => sub { $server->channel('news' . rand) },
    presence => sub { $stream = $alice->events },
);
my %hide = (users => sub { hide_from($server, 'x', [$alice]) }, channels => sub { hide_from($server, 'x', [], [$general]) },
    presence => sub { hide_from($server, 'x', [$alice]) });
for my $path (sort keys %change) {
    my $first = ask($path, undef);
    status_is $first, 200, "$path: the first time";
    my $tag = $first->header('ETag');
    ok length($tag // ''), 'has a tag' or next;
    my $same = ask($path, $tag);
    status_is $same, 304, 'nothing has changed: 304';
    is $same->body, '', 'without a body';
    status_is ask($path, '"another"'), 200, 'with another tag: all of it';
    $change{$path}->();
    eventually sub { ask($path, $tag)->status == 200 }, 'a change is seen';
    my $changed = ask($path, undef);
    isnt $changed->header('ETag'), $tag, 'with another tag';
    isnt $changed->body, $first->body, 'and other content';
    $hide{$path}->();
    my $hidden = ask($path, $changed->header('ETag'));
    status_is $hidden, 200, 'so is a change of what the peer may see';
    isnt $hidden->body, $changed->body, 'by that peer';
    hide_from($server, 'x', []);
}

# Servers of this project ask each other that way: what does not change is not written again, and still all is found.
my $server_b = start_federated('b');
connect_servers($server, $server_b);
known_user($server_b, 'alice', 'a');
$server->user('late');
known_user($server_b, 'late', 'a');
pass 'a change is found';

finish;
