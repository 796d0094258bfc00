# An unknown key or a bad value stops the start: the key, the value and what would be right are named.
use BeringShare::Test;
use File::Temp;

my $server = prepare_server();

sub file_of ($text) {
    my $file = File::Temp->new;
    print $file $text;
    close $file;
    return $file;
}

sub stops ($name, $result, @words) {
    is $result->{status}, 1, "$name: exits with 1";
    like $result->{output}, qr/\Q$_\E/, "$name: says $_" for @words;
    is scalar(split /\n/, $result->{output}), 1, "$name: in one line";
}

for my $case (
    [WORKERS           => 'many',           '0 to 62'],
    [RING_SIZE         => '16g',            '64k to 1024m'],
    [LOG_LEVEL         => 'loud',           'error, warn, info or debug'],
    [LOG_FORMAT        => 'xml',            'text or json'],
    [SERVER_NAME       => 'two words',      'without spaces'],
    [BASE_URL          => 'localhost:8080', 'http://host'],
    [LISTEN            => 'localhost:99999', 'ports from 1 to 65535'],
    [LISTEN            => '::1:8080',       '[::1]:8080'],
    [MAX_MESSAGE_BYTES => '0',              '1 to 16m'],
    [BCRYPT_COST       => '40',             '4 to 16'],
    [STUN_URLS         => 'turn:host:3478', 'stun:host:port'],
    [STUN_URLS         => 'stun:',          'stun:host:port'],
    [TURN_URLS         => 'turn:a, http:b', 'turn:host:port'],
    [TURN_URLS         => 'turn:a"b',       'turn:host:port'],
) {
    my ($key, $value, $right) = @$case;
    stops "serve with $key=$value", $server->run(['serve'], $key => $value), $key, $value, $right;
    stops "check-config with $key=$value", $server->run(['check-config'], $key => $value), $key, $value, $right;
}

my $unknown = file_of("SERVER_NAME=local\nWORKER=2\n");
stops 'an unknown key in the file', $server->run(['serve', '--config', $unknown]), "$unknown:2:", 'WORKER', '--help';
stops 'a bad value in the file', $server->run(['serve', '--config', file_of("JOB_THREADS=0\n")]), ':1:', 'JOB_THREADS', '1 to 64';
stops 'a line that is none', $server->run(['serve', '--config', file_of("hello\n")]), ':1:', 'hello', 'KEY=value';
stops 'a file that is not there', $server->run(['serve', '--config', '/nonexistent/file']), '/nonexistent/file', 'No such file';

is $server->run(['check-config'], WORKER => 2)->{status}, 0, 'the environment may hold other programs\' keys';

stops 'no address at all', $server->run(['serve'], LISTEN => ''), 'LISTEN', 'somewhere';
stops 'LISTEN_TLS without a certificate', $server->run(['serve'], LISTEN_TLS => 'localhost:8443'), 'TLS_CERT_FILE', 'not set';
stops 'a certificate that is not there',
    $server->run(['serve'], LISTEN_TLS => 'localhost:8443', TLS_CERT_FILE => '/nonexistent/cert', TLS_KEY_FILE => '/dev/null'),
    'TLS_CERT_FILE', '/nonexistent/cert', 'No such file';

stops 'TURN_URLS without credentials', $server->run(['serve'], TURN_URLS => 'turn:host', TURN_USERNAME => 'team'), 'TURN_URLS',
    'TURN_SECRET', 'TURN_PASSWORD';

my $secret = $server->run(['serve'], ADMIN_TOKEN => "hidden\ttoken");
stops 'a bad secret', $secret, 'ADMIN_TOKEN', 'printable ASCII';
unlike $secret->{output}, qr/hidden/, 'a bad secret is not shown';

ok !-e $server->database, 'nothing was made';

finish;
