# A browser adds the cookie to whatever any page asks: what changes something must come from a page of this server.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice', password => 'correct horse');
my $nobody = $server->anonymous;
my $token  = $alice->login->token;
my $host   = $server->address . ':' . $server->port;
my $number = 0;

# Tries to make a channel by cookie.
sub make_channel (%headers) {
    return $nobody->post('/api/channels', {name => 'channel-' . ++$number}, headers => {Cookie => "bering_session=$token", %headers});
}

my @ours = (
    ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site' => 'same-origin'],
    ['Sec-Fetch-Site: none', 'Sec-Fetch-Site' => 'none'],
    ['Sec-Fetch-Site goes before Origin', 'Sec-Fetch-Site' => 'same-origin', Origin => 'null'],
    ['the Origin of this server', Origin => "http://$host"],
    ['that of a proxy with TLS before it', Origin => "https://$host"],
    ['a name', Host => 'Chat.example', Origin => 'http://chat.example'],
    ['a name with the usual port in one of both', Host => 'chat.example:443', Origin => 'https://chat.example'],
    ['in the other', Host => 'chat.example', Origin => 'http://chat.example:80'],
);
for my $case (@ours) {
    my ($what, %headers) = @$case;
    status_is make_channel(%headers), 200, "accepted: $what";
}
my $before = @{$alice->get('/api/channels')->json};
my @foreign = (
    ['neither Origin nor Sec-Fetch-Site'],
    ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site' => 'cross-site'],
    ['Sec-Fetch-Site: same-site', 'Sec-Fetch-Site' => 'same-site'],
    ['cross-site, whatever Origin says', 'Sec-Fetch-Site' => 'cross-site', Origin => "http://$host"],
    ['an unknown Sec-Fetch-Site', 'Sec-Fetch-Site' => 'Same-Origin, none'],
    ['an empty Sec-Fetch-Site', 'Sec-Fetch-Site' => '', Origin => 'http://evil.example'],
    ['another Origin', Origin => 'http://evil.example'],
    ['another port', Origin => 'http://' . $server->address . ':1'],
    ['no port', Origin => 'http://' . $server->address],
    ['the host as a prefix', Origin => "http://$host.evil.example"],
    ['the host as a suffix', Origin => "http://evil.$host"],
    ['a user before the host', Origin => "http://evil\@$host"],
    ['a path', Origin => "http://$host/"],
    ['the port of another scheme', Host => 'chat.example:443', Origin => 'http://chat.example'],
    ['Origin: null', Origin => 'null'],
    ['an empty Origin', Origin => ''],
    ['no scheme', Origin => $host],
    ['another scheme', Origin => "ftp://$host"],
);
for my $case (@foreign) {
    my ($what, %headers) = @$case;
    my $answer = make_channel(%headers);
    refused $answer, 403, "refused: $what";
    is $answer->error, 'cross-site request', 'and why';
}
is scalar @{$alice->get('/api/channels')->json}, $before, 'none of these has made a channel';

my %cross = (Cookie => "bering_session=$token", 'Sec-Fetch-Site' => 'cross-site');
refused $nobody->request($_ => '/api/sessions', undef, headers => \%cross), 403, "$_ is refused, too" for qw(DELETE);
refused $nobody->put('/api/profile', {display_name => 'Mallory'}, headers => \%cross), 403, 'PUT is refused, too';
status_is $nobody->get('/api/users', undef, headers => \%cross), 200, 'what only reads cannot be read by other sites anyway';
status_is $nobody->request(HEAD => '/api/users', undef, headers => \%cross), 200, 'nor can HEAD';
my $admin = $nobody->post('/admin/login', {username => 'admin', password => 'admin-password'})->json->{token};
$server->keep_secret($admin);
refused $nobody->post('/admin/users', {username => 'mallory'}, headers => {%cross, Cookie => "bering_admin=$admin"}), 403, 'administration';

my %foreign = (Origin => 'http://evil.example', 'Sec-Fetch-Site' => 'cross-site');
status_is $alice->post('/api/channels', {name => 'by header'}, headers => \%foreign), 200, 'a token in a header is no browser\'s doing';
status_is $nobody->post('/api/channels', {name => 'by another'}, headers => {%foreign, 'x-admin-token' => $alice->token}), 200, 'x-admin-token';
status_is $nobody->post('/api/login', {username => 'alice', password => 'correct horse'}, headers => {%cross}), 200, 'where no token is needed';

for my $origin ('http://evil.example', 'null', undef) {
    my $socket = $nobody->websocket(wait_open => 0, headers => {Cookie => "bering_session=$token", defined $origin ? (Origin => $origin) : ()});
    ok $socket->wait_end, 'a WebSocket by cookie of ' . ($origin // 'nobody');
    is $socket->status, 403, 'is refused';
}
my $socket = $alice->websocket(headers => {Origin => 'http://evil.example'});
ok $socket->connected, 'one with a token of its own is not';
ok $alice->websocket(token_in_url => 1, headers => {%cross, Origin => 'http://evil.example'})->connected, 'nor one with a token in the URL';

finish;
