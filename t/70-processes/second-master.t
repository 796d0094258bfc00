# A second server on the same database is refused with a message, and the first goes on.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice');
my $second = prepare_server(DATABASE_PATH => $server->database);
my $result = $second->run;
isnt $result->{status}, 0, 'it does not start';
ok !$result->{timeout}, 'and says so at once';
like $result->{output}, qr/\Q@{[$server->database]}\E.*(?:in use|another)/, 'naming the database and why';
status_is $alice->get('/api/users'), 200, 'the first one goes on';
$alice->tell('alice', 'still writing');
is_deeply $alice->direct_bodies($alice->id), ['still writing'], 'and writes';

my $taken = prepare_server(LISTEN => $server->address . ':' . $server->port);
$result = $taken->run;
isnt $result->{status}, 0, 'an address that is in use, with another database' or diag $result->{output};
ok !$result->{timeout}, 'is refused at once';

finish;
