# A body that is no JSON, or of the wrong shape, on every route that takes one.
use BeringShare::Test;
use BeringShare::Routes;

my $server  = start_server();
my $alice   = $server->user('alice');
my $bob     = $server->user('bob');
my $channel = $server->channel('general', [$alice]);
my $peer    = $server->admin->post('/admin/servers', {name => 'server_b', base_url => 'http://127.0.0.1:1'})->json->{id};
my %ids     = (user => $alice->id, other => $bob->id, channel => $channel, server => $peer, token => random_uuid());

my @malformed = (
    ['nothing',             ''],
    ['a word',              'nonsense'],
    ['half an object',      '{"name": "x"'],
    ['a trailing comma',    '{"name": "x",}'],
    ['something behind it', '{"name": "x"} {}'],
    ['single quotes',       "{'name': 'x'}"],
    ['no colon',            '{"name" "x"}'],
    ['a bare control character', "{\"name\": \"x\x01\"}"],
    ['a bad escape',        '{"name": "\q"}'],
    ['a deep nest',         '[' x 1000],
);
my @shapeless = (['an array', '[]'], ['a text', '"name"'], ['a number', '7'], ['null', 'null'], ['true', 'true']);

my @cases = ([$server->anonymous, 'POST', '/api/login', {username => 'alice', password => 'x'}],
    [$server->anonymous, 'POST', '/admin/login', {username => 'admin', password => 'x'}],
    (map { [$server->admin, @$_] } grep { $_->[2] } admin_routes()), (map { [$alice, @$_] } grep { $_->[2] } user_routes()));
for my $case (@cases) {
    my ($client, $method, $path, $good) = @$case;
    my $filled = fill_route($path, %ids);
    my $body   = fill_body($good, %ids);
    subtest "$method $path" => sub {
        # who need not say anything may leave the body out
        my @broken = $path =~ m{/(?:retry|drop)$} ? grep({ length $_->[1] } @malformed) : @malformed;
        refused $client->request($method, $filled, undef, body => $_->[1]), 400, $_->[0] for @broken;
        refused $client->request($method, $filled, undef, body => $_->[1]), 422, $_->[0] for @shapeless;
        for my $field (sort keys %$body) {
            my $wrong  = ref $body->{$field} ? 'text' : ['list'];
            my $answer = $client->request($method, $filled, {%$body, $field => $wrong});
            refused $answer, 422, "$field of a wrong type";
            like $answer->error // '', qr/\Q$field\E/, 'the error names the field';
            next if $field =~ m{^(?:display_name|payload)$} || $path =~ m{^/admin/(?:users|servers|channels)/:\w+$};    # an update may leave it out
            my %without = %$body;
            delete $without{$field};
            $answer = $client->request($method, $filled, \%without);
            refused $answer, 422, "$field missing";
            like $answer->error // '', qr/\Q$field\E/, 'the error names the field';
        }
    };
}
is_deeply $alice->channel_bodies($channel), [], 'nothing of it had an effect';
is_deeply [map { $_->{name} } @{$alice->get('/api/channels')->json}], ['general'], 'no channel was made';

finish;
