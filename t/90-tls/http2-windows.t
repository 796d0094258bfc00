# HTTP/2: an answer of exactly what the client's window allows, not read, while the window is widened: h2o aborts if it sees that.
use BeringShare::Test;
use BeringShare::Http2 qw(frame);
use BeringShare::Tls;

my $server = prepare_tls_server(HTTP2 => 'on')->launch;
my $alice  = $server->user('alice');
$alice->tell('alice', 'x' x 60000);
my @path = (GET => '/api/messages/dm/' . $alice->id, token => $alice->token);
my $size = length BeringShare::Http2->open($server)->ask(@path)->{body};
cmp_ok $size, '>', 60000, "an answer of $size bytes";

# Small buffers on this side, windows as large as the answer on each stream, and no limit for the connection: h2o sends what the
# sockets take, far less than there is, and what it is writing then holds the last bytes of some stream, as
# one is sent after the other.
sub stuck () {
    my $http2 = BeringShare::Http2->open($server, narrow => 1, settings => {4 => $size});
    my ($bytes, @ids) = (frame('window', 0, 0, pack 'N', 0x7fff0000 - 65535));
    for (1 .. 100) {
        my ($id, $frames) = $http2->request_frames(@path, @ids ? (after => $ids[-1]) : ());
        push @ids, $id;
        $bytes .= $frames;
    }
    $http2->send($bytes, blind => 1);
    return ($http2, @ids);
}

my %ways = (
    'a window for each stream' => sub ($http2, @ids) { $http2->send(frame('window', 0, $_, pack 'N', 1), blind => 1) for @ids },
    'new settings'             => sub ($http2, @ids) { $http2->send(frame('settings', 0, 0, pack 'nN', 4, $size + 10), blind => 1) },
    'resets, then windows'     => sub ($http2, @ids) {
        $http2->send(frame('reset', 0, $_, pack 'N', 8) . frame('window', 0, $_, pack 'N', 1), blind => 1) for @ids;
    },
);
for my $way (sort keys %ways) {
    for my $round (1 .. 3) {
        my ($http2, @ids) = stuck();
        ok $http2->wait_stuck, 'the answers are stuck';
        $ways{$way}->($http2, @ids);
        is(BeringShare::Http2->open($server)->ask(GET => '/health')->{status}, 200, "$way: the server answers");
        $http2->wait_for(sub { $way =~ /reset/ || !grep { !$http2->streams->{$_}{ended} } @ids });
        is scalar(grep { length $http2->streams->{$_}{body} == $size } @ids), 100, 'and all is there in the end' if $way !~ /reset/;
        $http2->close;
    }
}

finish;
