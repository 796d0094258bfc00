# Every admin route needs an administrator, every user route a user; what is refused has no effect.
use BeringShare::Test;
use BeringShare::Routes;

my $server  = start_server();
my $alice   = $server->user('alice', password => 'correct horse');
my $bob     = $server->user('bob');
my $channel = $server->channel('general', [$alice]);
my $peer    = $server->admin->post('/admin/servers', {name => 'server_b', base_url => 'http://127.0.0.1:1'})->json->{id};
my $token   = $server->admin->post('/admin/federation-tokens', {label => 'friends'})->json->{id};
my %ids     = (user => $alice->id, other => $bob->id, channel => $channel, server => $peer, token => $token);

sub state_of_things () {
    return [map { $server->admin->get($_)->json }
        qw(/admin/users /admin/channels /admin/servers /admin/federation-tokens), "/admin/channels/$channel/members"];
}
my $before = state_of_things();
for my $route (admin_routes()) {
    my ($method, $path) = @$route;
    my $filled = fill_route($path, %ids);
    my $body   = fill_body($route->[2], %ids);
    refused $server->anonymous->request($method, $filled, $body), 401, "$method $path without a token";
    refused $alice->request($method, $filled, $body), 403, "$method $path with a user's token";
}
for my $route (user_routes()) {
    my ($method, $path) = @$route;
    my $filled = fill_route($path, %ids);
    my $body   = fill_body($route->[2], %ids);
    refused $server->anonymous->request($method, $filled, $body), 401, "$method $path without a token";
    refused $server->admin->request($method, $filled, $body), 403, "$method $path with the administrator's token";
}
is_deeply state_of_things(), $before, 'nothing has changed';

finish;
