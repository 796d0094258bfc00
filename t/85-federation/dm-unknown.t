# A direct message to somebody whom the other server does not know is set aside with that server's answer; what was sent
# after it arrives.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob) = ($server_a->user('alice'), $server_b->user('bob'));
my $stream = $bob->events;

status_is $alice->post('/api/messages/dm', {recipient => 'nobody@b', body => 'is anybody there?'}), 200, 'a message to nobody is taken';
$alice->tell('bob@b', 'behind it');
ok $stream->wait_message('behind it'), 'what is behind it arrives';
my $refused;
eventually sub { $refused = peer_status($server_a, 'b')->{refused}[0] }, 'the admin sees that one was refused';
is $refused->{status}, 400, 'with the status of the answer';
like $refused->{answer}, qr/\S/, 'and its text';
ok !user_entry($server_b, 'nobody', 'a') && !grep({ $_->{username} eq 'nobody' } @{$server_b->admin->get('/admin/users')->json}),
    'the other server has made no user of it';
reads_bodies $stream, ['behind it'], 'and told nobody';

finish;
