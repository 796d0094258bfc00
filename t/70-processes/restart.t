# A restart keeps everything, on the same address, at once.
use BeringShare::Test;

my $server  = start_server();
my ($alice, $bob) = map { $server->user($_, password => 'correct horse') } qw(alice bob);
my $channel = $server->channel('general', [$alice, $bob]);
my $private = $alice->post('/api/channels', {name => 'board', private => true})->json->{id};
$alice->put('/api/profile', {display_name => 'Alice B.'});
$alice->say($channel, "message $_") for 1 .. 30;
$alice->tell('bob', 'in private');
$server->admin->post('/admin/servers', {name => 'server_b', base_url => 'http://127.0.0.1:1'});
my $stream = $alice->events;

# Who is online is no part of what is kept.
sub all () {
    my @kept = map { $server->admin->get($_)->json } qw(/admin/users /admin/channels /admin/servers);
    delete $_->{is_online} for @{$kept[0]};
    return [map { $alice->get($_)->json } '/api/channels', "/api/messages/channel/$channel", '/api/messages/inbox',
        '/api/messages/dm/' . $bob->id, "/api/channels/$channel/members", "/api/channels/$private/members"],
        \@kept;
}
my @before = all();
for my $time (1, 2) {
    $server->restart;
    is_deeply [all()], \@before, "restart $time: everything is as before";
}
my ($seen) = grep { $_->{username} eq 'alice' } @{$bob->get('/api/users')->json};
ok !$seen->{is_online}, 'nobody is online who has not come back';
status_is $alice->try_login, 200, 'passwords are good';
refused $bob->get("/api/messages/channel/$private"), 404, 'the private channel is private';

finish;
