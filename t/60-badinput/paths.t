# Unknown paths, wrong methods, ids that are none, and paths that try to get out.
use BeringShare::Test;
use BeringShare::Routes;

my $server  = start_server();
my $alice   = $server->user('alice');
my $bob     = $server->user('bob');
my $channel = $server->channel('general', [$alice]);
my $peer    = $server->admin->post('/admin/servers', {name => 'server_b', base_url => 'http://127.0.0.1:1'})->json->{id};
my %ids     = (user => $alice->id, other => $bob->id, channel => $channel, server => $peer, token => random_uuid());

refused $alice->get($_), 404, $_
    for qw(/api /api/ /api/nonsense /admin/nonsense /api/users/extra /api/messages /api/channels/extra/path/here /nonsense);

my %allowed;
for my $route (admin_routes(), user_routes(), ['POST', '/api/login'], ['POST', '/admin/login']) {
    $allowed{$route->[1]}{$route->[0]} = 1;
}
for my $path (sort keys %allowed) {
    my $client = $path =~ /^.admin/ ? $server->admin : $alice;
    my $answer = $client->request('PATCH', fill_route($path, %ids));
    refused $answer, 405, "PATCH $path";
    my %told = map { $_ => 1 } grep { !/^(?:HEAD|OPTIONS)$/ } split /\s*,\s*/, $answer->header('Allow') // '';
    is_deeply \%told, $allowed{$path}, 'Allow says which methods there are';
}
refused $alice->request('POST', '/api/users', {}), 405, 'a method that other routes have';
refused $alice->request('FROBNICATE', '/api/users'), [400, 405, 501], 'a method of nobody';

for my $route (admin_routes(), user_routes()) {
    my ($method, $path) = @$route;
    next unless $path =~ /:\w+/;
    my $body   = fill_body($route->[2], %ids);
    my $client = $path =~ /^.admin/ ? $server->admin : $alice;
    for my $id ('nonsense', 'g' x 8 . '-0000-4000-8000-000000000000', '0' x 31, random_uuid() . '0') {
        (my $filled = $path) =~ s/:(\w+)(?!.*:)/$id/;
        refused $client->request($method, fill_route($filled, %ids), $body), 400, "$method $filled";
    }
    (my $unknown = $path) =~ s/:(\w+)(?!.*:)/random_uuid()/e;
    refused $client->request($method, fill_route($unknown, %ids), $body), 404, "$method $path with an unknown id";
}

status_is $alice->get('/api/users?nonsense=1&utm_source=%zz&&=&a'), 200, 'parameters that mean nothing are ignored';
status_is $alice->get('/api/messages/channel/' . uc $channel), 200, 'an id in capital letters';

for my $path ('/../../../../etc/passwd', '/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2f..%2fetc/passwd', '/./../COPYING', '//etc/passwd',
    '/%00', '/index.html%00.txt', '/.git/config', '/\\..\\..\\etc\\passwd', '/%', '/%f', '/?' . '&' x 3000) {
    my $answer = raw_answer($server, "GET $path HTTP/1.1\r\nHost: x\r\n\r\n");
    ok $answer->status, "$path is answered";
    unlike $answer->body, qr/root:|Apache License|\[core\]/, 'with nothing from outside';
}

finish;
