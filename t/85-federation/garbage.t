# Whatever a peer answers to polls, it changes nothing but what it may, harms nobody, and is logged when it begins, not with
# every poll.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
$server->channel('ours', [$alice]);
my $peer = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe'], channels => ['zoology']);
known_user($server, 'zoe', 'zulu');
known_channel($server, 'zoology', 'zulu');

my $polls = '^/federation/(?:presence|users|channels)$';
sub state_of () { return [map { $server->admin->get("/admin/$_")->json } qw(users channels)] }
my $before = state_of();
my $long   = 'n' x 5000;
my @users  = map { {username => $_, server => 'zulu', display_name => undef} } $long, '', ' ', 'a b', 'a@b', 'a/b', "a\nb", "a\x{0}b";
my @garbage = (
    ['text',                    body => 'garbage'],
    ['nothing',                 body => ''],
    ['HTML',                    body => '<html><body>Welcome to the hotel'],
    ['half of it',              body => '[{"username": "eve", "ser'],
    ['null',                    json => undef, body => 'null'],
    ['a number',                json => 17],
    ['a list in a list',        json => [[[]]]],
    ['an empty object',         json => {}],
    ['deep nesting',            body => '[' x 100_000],
    ['bad UTF-8',               body => "[{\"username\":\"\x{ff}\x{fe}\",\"server\":\"zulu\"}]"],
    ['a surrogate',             body => '[{"username":"\\ud800","server":"zulu"}]'],
    ['wrong types in a list',   json => [1, 'eve', undef, [], {}, {username => 1, server => []}, {name => {}, origin_server => 1}]],
    ['wrong types in presence', json => {online_users => [1, undef, {}, [], $long, 'nobody']}],
    ['presence of a wrong type', json => {online_users => 'zoe'}],
    ['names that cannot be',    json => \@users],
    ['others\' users',          json => [map { {username => 'eve', server => $_, display_name => undef} } 'a', 'nowhere', '']],
    ['others\' channels',       json => [map { {name => 'evil', origin_server => $_} } 'a', 'nowhere', '']],
    ['channels that cannot be', json => [map { {name => $_, origin_server => 'zulu'} } '', ' ', $long, "a\x{0}b", "a\nb"]],
    ['a redirect',              status => 302, headers => {Location => 'http://127.0.0.1:1/'}],
    ['an error',                status => 500],
    ['no HTTP',                 raw => "\x{00}\x{01}\x{02}\x{ff}" x 100],
    ['a false length',          raw => "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n[]"],
    ['a huge header',           raw => "HTTP/1.1 200 OK\r\nX-Big: " . 'x' x 300_000 . "\r\nContent-Length: 2\r\n\r\n[]"],
    ['a huge answer',           bytes => 8_000_000],
    ['an endless answer',       endless => 1],
    ['a closed connection',     close => 1],
);
for my $case (@garbage) {
    my ($what, %rule) = @$case;
    $peer->misbehave(path => $polls, %rule);
    polls_more_often($peer, 2);
    is_deeply state_of(), $before, "$what: changes nothing";
    $peer->behave;
}
status_is $alice->get('/api/users'), 200, 'the server is well';

# It is logged once when it begins, and once when it ends.
sub lines () { return scalar grep {/zulu/} split /\n/, $server->log }
polls_more_often($peer, 3);
for my $rule ([body => 'garbage'], [endless => 1], [close => 1]) {
    my $quiet = lines();
    $peer->misbehave(path => $polls, @$rule);
    eventually sub { lines() > $quiet }, "@$rule: is logged";
    polls_more_often($peer, 4);    # by now its users are offline, which is a change of its own
    my $logged = lines();
    polls_more_often($peer, 3);
    is lines(), $logged, 'but not with every poll' or diag $server->log;
    $peer->behave;
    polls_more_often($peer, 3);
}
$peer->set(users => [qw(zoe zak)]);
known_user($server, 'zak', 'zulu');
pass 'and afterwards a good answer counts again';

finish;
