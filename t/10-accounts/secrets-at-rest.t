# The database holds neither tokens nor passwords in plain text, and no list shows a token.
use BeringShare::Test;

my $server  = start_server();
my $alice   = $server->user('alice', password => 'correct horse battery');
my $session = $alice->login;
my $label   = $server->admin->post('/admin/federation-tokens', {label => 'friends'})->json;

is $_->{token}, '', "/admin/users shows no token of $_->{username}" for @{$server->admin->get('/admin/users')->json};
is $_->{token}, '', "/api/users shows no token of $_->{username}"   for @{$alice->get('/api/users')->json};

my $channel = $server->channel('general');
my $member  = $alice->post("/api/channels/$channel/members", {user_id => $alice->id});
is $member->json->{token}, '', 'nor does the answer to joining a channel';
is $member->json->{id}, $alice->id, 'which is the user';

$server->stop;
my $files = join '', map { read_file($_) // '' } glob $server->database . '*';
cmp_ok length $files, '>', 4096, 'the database has been written';
my %secrets = (
    'the permanent token'  => $alice->token,
    'a session\'s token'   => $session->token,
    'a password'           => 'correct horse battery',
    'a federation token'   => $label->{token},
);
for my $what (sort keys %secrets) {
    is index($files, $secrets{$what}), -1, "$what is not in the database's files";
}
cmp_ok index($files, 'alice'), '>=', 0, 'a name is, so this looked at the right files';

finish;
