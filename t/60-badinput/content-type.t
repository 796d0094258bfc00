# A body must say that it is JSON.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice', password => 'correct horse');
my $channel = $server->channel('general', [$alice]);
my $path    = "/api/channels/$channel/messages";
my $body    = '{"body":"hello"}';

status_is $alice->post($path, undef, body => $body, type => $_), 200, "$_ is fine"
    for 'application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON';
refused $alice->post($path, undef, body => $body, type => $_), 415, "$_ is not"
    for 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', 'json';
refused $alice->post($path, undef, body => $body, type => undef), 415, 'none is not, either';
refused $server->anonymous->post('/api/login', undef, body => 'username=alice&password=correct%20horse',
    type => 'application/x-www-form-urlencoded'), 415, 'nor is a form';
is scalar @{$alice->channel_bodies($channel)}, 4, 'what was refused had no effect';
status_is $alice->post("/api/channels/$channel/call/leave"), 200, 'a route without a body needs no type';
status_is $alice->post("/api/channels/$channel/call/leave", undef, body => '{}'), 200, 'and does not mind a body';

finish;
