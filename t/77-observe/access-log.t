# ACCESS_LOG_FILE: one line a request, with the id that the answer carries; never a token; no line is lost when it is rotated.
use BeringShare::Test;
use File::Temp;

my $folder = File::Temp->newdir('bering-access-XXXXXX', TMPDIR => 1);
my $path   = "$folder/access.log";
my $server = start_server(TRUSTED_PROXIES => '127.0.0.0/8', ACCESS_LOG_FILE => $path, LOG_FORMAT => 'json', LOG_LEVEL => 'debug');
my $alice  = $server->user('alice');

sub lines (@files) { return map { split /\n/, (-e $_ ? read_file($_) : '') } @files ? @files : $path }
sub entries (@files) { return map { decode_json($_) } lines(@files) }
sub find_entry ($id) { return (grep { $_->{request} eq $id } entries())[0] }

# ---- what a line says ----
my $me = $alice->get('/api/me?token=visible-otherwise&Access_Token=hidden-too&x=1');
my $id = $me->header('X-Request-Id');
like $id, qr/^[0-9a-f]{16}$/, 'an answer has an id';
eventually sub { find_entry($id) }, 'so has a line';
my $entry = find_entry($id);
has_fields $entry, {method => 'GET', path => '/api/me?token=***&Access_Token=***&x=1', status => 200, user => $alice->id}, 'which says what was asked, and by whom';
like $entry->{address}, qr/^127\./, 'from where';
like_time $entry->{time}, 'when';
is $entry->{bytes}, length($me->body), 'how much was answered';
like $entry->{microseconds}, qr/^[1-9]\d*$/, 'and how long it took';
isnt $alice->get('/api/me')->header('X-Request-Id'), $id, 'no id comes twice';

my %asked = (
    'a page'              => ['GET', '/',                200],
    'a file'              => ['GET', '/app/chat.js',     200],
    'no file'             => ['GET', '/nothing',         404],
    'no endpoint'         => ['GET', '/api/nothing',     404],
    'a wrong method'      => ['DELETE', '/api/me',       405],
    'somebody unknown'    => ['GET', '/api/users',       401],
    'a line of a message' => ['GET', '/health%0aGET%20/x', 404],
);
for my $what (sort keys %asked) {
    my ($method, $target, $status) = @{$asked{$what}};
    my $answer = $server->anonymous->request($method, $target);
    eventually sub { my $line = find_entry($answer->header('X-Request-Id') // '?'); $line && $line->{status} == $status && !defined $line->{user} }, $what;
}

my $stream = $alice->events(token_in_url => 1);
eventually sub { grep { $_->{path} eq '/api/events?token=***' && $_->{status} == 200 } entries() }, 'a stream has a line when it begins';
my $socket = $alice->websocket(token_in_url => 1);
eventually sub { grep { $_->{path} eq '/api/ws?token=***' && $_->{status} == 101 } entries() }, 'a WebSocket, too';

# ---- ids from outside ----
my $given = $alice->get('/api/me', undef, headers => {'X-Request-Id' => 'from.the-proxy_42'});
is $given->header('X-Request-Id'), 'from.the-proxy_42', 'a proxy that is trusted names a request';
for my $bad ('', 'with space', 'x' x 65, "quote\"s", 'ü') {
    like $alice->get('/api/me', undef, headers => {'X-Request-Id' => $bad})->header('X-Request-Id'), qr/^[0-9a-f]{16}$/, 'unless the name is none';
}

# ---- rotation, while requests come ----
my (@ids, @moved);
for my $round (1 .. 3) {
    my $answers = $alice->request_many([map { ['GET', "/api/me?round=$round&n=$_"] } 1 .. 200]);
    push @ids, map { $_->header('X-Request-Id') } @$answers;
    rename $path, "$path.$round" or die "rename: $!";
    push @moved, "$path.$round";
    push @ids, map { $_->header('X-Request-Id') } @{$alice->request_many([map { ['GET', "/api/me?after=$round&n=$_"] } 1 .. 50])};
    ok wait_until(sub { my $answer = $alice->get('/health'); push @ids, $answer->header('X-Request-Id'); -e $path }), 'a new file is made';
}
eventually sub { my %seen = map { $_->{request} => 1 } entries($path, @moved); !grep { !$seen{$_} } @ids }, 'no line is lost';
my %count;
++$count{$_->{request}} for entries($path, @moved);
is scalar(grep { ($count{$_} // 0) != 1 } @ids), 0, 'and none is written twice';

# ---- the server's own log ----
my @log = map { decode_json($_) } grep {length} split /\n/, $server->log;
ok !(grep { !defined $_->{message} } @log), 'each line of the log is JSON';
my $all = join '', map { read_file($_) } $path, @moved;
unlike $all, qr/\Q$_\E/, 'no token in any line' for $alice->token, $server->admin->token;
is((stat $path)[2] & 0777, 0640, 'others cannot read the file');
$server->stop;
is scalar(grep { !eval { decode_json($_) } } lines($path, @moved)), 0, 'after the end each line is whole';

# ---- text ----
my $text = start_server(ACCESS_LOG_FILE => "$folder/text.log");
my $answer = $text->anonymous->get('/health');
my $want = $answer->header('X-Request-Id');
eventually sub { read_file("$folder/text.log") =~ /^\S+Z \Q$want\E 127\.\S+ - GET \/health 200 2 \d+$/m }, 'as text, one line a request';

finish;
