# Many at once for the same name: one wins, the others are told.
use BeringShare::Test;

my $server = start_server();
my $alice  = $server->user('alice');
my $answers = $alice->request_many([map { ['POST', '/api/channels', {name => 'general'}] } 1 .. 24], 12);
my %count;
++$count{$_->status} for @$answers;
is_deeply \%count, {200 => 1, 409 => 23}, 'one channel, and 23 conflicts';
$answers = $server->admin->request_many([map { ['POST', '/admin/users', {username => 'bob'}] } 1 .. 24], 12);
%count = ();
++$count{$_->status} for @$answers;
is_deeply \%count, {200 => 1, 409 => 23}, 'one user, and 23 conflicts';
is scalar @{$alice->get('/api/channels')->json}, 1, 'the list has one channel';

finish;
