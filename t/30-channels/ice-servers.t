# GET /api/call/ice-servers: what is configured and nothing else; credentials for TURN that expire, as coturn checks them.
use BeringShare::Test;
use Digest::SHA qw(hmac_sha1_base64);

my $none = start_server();
is_deeply $none->user('alice')->get('/api/call/ice-servers')->json, {ice_servers => [], expires_at => undef, video_most => 6, audio_most => 8},
    'nothing configured: no server of anybody else';
refused $none->anonymous->get('/api/call/ice-servers'), 401, 'only users';

my $secret = $none->keep_secret('secret-of-the-turn-server');
my $timed  = start_server(
    STUN_URLS   => 'stun:stun.example.org:3478, stuns:stun.example.org',
    TURN_URLS   => 'turn:turn.example.org:3478?transport=udp turns:turn.example.org:443?transport=tcp',
    TURN_SECRET => $secret,
);
my $answer = $timed->user('alice')->get('/api/call/ice-servers');
status_is $answer, 200, 'with a shared secret';
my ($stun, $turn) = @{$answer->json->{ice_servers}};
is_deeply $stun, {urls => ['stun:stun.example.org:3478', 'stuns:stun.example.org']}, 'the STUN servers';
is_deeply $turn->{urls}, ['turn:turn.example.org:3478?transport=udp', 'turns:turn.example.org:443?transport=tcp'], 'the TURN servers';
like $turn->{username}, qr/^\d+:alice\@local$/, 'the user name: when it ends, and who';
my ($expiry) = $turn->{username} =~ /^(\d+)/;
ok $expiry > time + 3000 && $expiry < time + 3700, 'in an hour';
my $mac = hmac_sha1_base64($turn->{username}, $secret);
$mac .= '=' while length($mac) % 4;
is $turn->{credential}, $mac, 'the password: base64 of the HMAC-SHA1';
like_time $answer->json->{expires_at}, 'when they must be asked for again';
unlike $answer->body, qr/\Q$secret\E/, 'the secret stays here';

my $fixed = start_server(TURN_URLS => 'turn:127.0.0.1:3478', TURN_USERNAME => 'team', TURN_PASSWORD => 'password of the team');
is_deeply $fixed->user('alice')->get('/api/call/ice-servers')->json,
    {ice_servers => [{urls => ['turn:127.0.0.1:3478'], username => 'team', credential => 'password of the team'}],
        expires_at => undef, video_most => 6, audio_most => 8},
    'with one account for all';

finish;
