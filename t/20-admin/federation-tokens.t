# /admin/federation-tokens: creating, listing and deleting custom tokens; a token is shown once.
use BeringShare::Test;

my $server = start_server();
my $admin  = $server->admin;
my $path   = '/admin/federation-tokens';

is_deeply $admin->get($path)->json, [], 'none at first';
my $answer = $admin->post($path, {label => 'friends of ours'});
status_is $answer, 200, 'create';
my $token = $answer->json;
ok exists $token->{$_}, "the answer has $_" for qw(created_at id label token);
like_uuid $token->{id}, 'the id is a UUID';
like_time $token->{created_at}, 'the time';
is $token->{label}, 'friends of ours', 'the label';
cmp_ok length $token->{token}, '>=', 40, 'the token is long';
$server->keep_secret($token->{token});

my $list = $admin->get($path)->json;
is scalar @$list, 1, 'the list has it';
is $list->[0]{$_}, $token->{$_}, "with its $_" for qw(id label created_at);
is $list->[0]{token}, '', 'but not the token itself';
refused $admin->post($path, {label => ''}),  400, 'an empty label';
refused $admin->post($path, {label => ' '}), 400, 'a blank label';
refused $admin->post($path, {label => 'x' x 129}), 400, 'a label that is too long';

my $gone = $admin->delete("$path/$token->{id}");
status_is $gone, 200, 'delete';
is $gone->body, 'null', 'the answer is null';
is_deeply $admin->get($path)->json, [], 'it is gone';
refused $admin->delete("$path/$token->{id}"), 404, 'a second time there is nothing to delete';

finish;
