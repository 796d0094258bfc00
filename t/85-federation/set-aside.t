# What a peer refuses for itself (4xx) is set aside with the peer's answer, what is behind it goes on; the admin sees it, tries
# it again or drops it.
use BeringShare::Test;
use BeringShare::Federation;
use BeringShare::Peer;

my $server = start_federated('a');
my $alice  = $server->user('alice');
my $stream = $server->admin->events(path => '/admin/events');
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe']);
known_user($server, 'zoe', 'zulu');
my %answer_to = (
    'bad form'  => {status => 400, json => {error => 'I do not like it'}},
    'bad size'  => {status => 413, body => 'x' x 5000},
    'bad shape' => {status => 422, body => "\x{ff}\x{fe}\x{00}nonsense"},
    'bad place' => {status => 404, body => ''},
);
$peer->misbehave(contains => $_, %{$answer_to{$_}}) for sort keys %answer_to;

sub changes () { return scalar(() = $stream->named('server_changed')) }
sub refused_rows () { return peer_status($server, 'zulu')->{refused} }

my @good = map {"good $_"} 0 .. 4;
$alice->tell('zoe@zulu', $good[0]);
for my $number (1 .. 4) {
    $alice->tell('zoe@zulu', (sort keys %answer_to)[$number - 1]);
    $alice->tell('zoe@zulu', $good[$number]);
}
eventually sub { @{$peer->bodies} == 5 }, 'the good ones go on';
is_deeply $peer->bodies, \@good, 'in order';
eventually sub { is_queue_empty($server, 'zulu') }, 'nothing waits';
my $rows = refused_rows();
eventually sub { changes() > 0 }, 'administrators are told that something was set aside';
is_deeply [map { $_->{status} } @$rows], [400, 404, 422, 413], 'the admin sees what was refused, in the order of sending'
    or diag explain $rows;
is $_->{kind}, 'message', 'a row has its kind' for $rows->[0];
like_time $rows->[0]{created_at}, 'a row has its time';
like $rows->[0]{answer}, qr/I do not like it/, 'and the answer of the peer';
my ($long) = grep { $_->{status} == 413 } @$rows;
cmp_ok length $long->{answer}, '<=', 500, 'a long answer is cut short';

# Again, still refused; then taken.
my ($form, @others) = @$rows;
my $sent = sub { scalar grep { $_->{body} eq 'bad form' } @{$peer->sent('/federation/messages')} };
status_is retry_peer($server, 'zulu', $form->{id}), 200, 'try one again';
eventually sub { $sent->() == 2 && @{refused_rows()} == 4 }, 'it is sent, and refused again';
$peer->behave;
status_is retry_peer($server, 'zulu', $form->{id}), 200, 'try it once more, when the peer likes it';
eventually sub { $peer->bodies->[-1] eq 'bad form' }, 'it arrives';
eventually sub { @{refused_rows()} == 3 }, 'and is refused no longer';

# Dropped: one, then retried: all that are left.
my $dropped = drop_refused($server, 'zulu', $others[0]{id});
status_is $dropped, 200, 'drop one';
is $dropped->json, 'ok', 'the answer';
is scalar @{refused_rows()}, 2, 'it is gone';
refused drop_refused($server, 'zulu', $others[0]{id}), 404, 'a second time there is nothing to drop';
refused retry_peer($server, 'zulu', $others[0]{id}), 404, 'nor to try again';
status_is retry_peer($server, 'zulu'), 200, 'try all again';
eventually sub { @{$peer->bodies} == 8 }, 'they arrive';
is_deeply [@{$peer->bodies}[6, 7]], ['bad shape', 'bad size'], 'in order; the dropped one does not';
is_deeply refused_rows(), [], 'nothing is refused any more';

finish;
