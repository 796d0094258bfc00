# What README shows of federation works as it stands there, with three servers on this machine.
use BeringShare::Test;
use BeringShare::Demo;

needs_command curl => 'curl';

my $demo = BeringShare::Demo->new;
my ($part) = read_file("$BeringShare::Server::SOURCE/README") =~ /^## Setting up federation\n(.*?)^## /ms;
my ($start, $register, $make, $charlie_listens, $erin_listens, $write, $look, @more) = $part =~ /^```sh\n(.*?)^```/msg;
ok defined $look && !@more, 'README has its seven pieces' or BAIL_OUT('README has changed');
is_deeply [$register =~ m{=(http://localhost:808\d)}g], [map {"http://localhost:808$_"} 1 .. 3], 'the addresses are set in one place';

chomp $start;
$demo->start($start, qr/Ctrl-C stops them/);

# One terminal: what the first piece sets is there for the second.
my $made = $demo->shell->run($demo->here("$register\n$make"));
is $made->{status}, 0, 'registering servers, making users and a channel works' or diag $made->{output};
my %value = read_file($demo->shell->folder . '/federation.env') =~ /(\w+)=(\S+)/g;
ok length $value{$_}, "$_ is known afterwards" for qw(a b c link alice charlie erin channel);

my $charlie_reads = $demo->shell->start(charlie => $charlie_listens);
my $erin_reads    = $demo->shell->start(erin    => $erin_listens);
my $users         = '. ./federation.env; curl -fsS -H "authorization: Bearer $alice" "$a/api/users"';

sub is_online ($name) {
    my $answer = $demo->shell->run($users);
    return $answer->{status} == 0 && grep { $_->{username} eq $name && $_->{is_online} } @{decode_json($answer->{output})};
}
eventually sub { is_online($_) }, "Alice's server learns that $_ is there" for qw(charlie erin);

my $written = $demo->shell->run($write);
is $written->{status}, 0, 'Alice writes' or diag $written->{output};
is scalar(() = $written->{output} =~ /"message_id"/g), 2, 'and is told the ids of two messages';
eventually sub { $charlie_reads->() =~ /^data: .*Hello Charlie.*^data: .*Hello everyone/ms }, 'Charlie reads both'
    or diag $charlie_reads->();
eventually sub { $erin_reads->() =~ /^data: .*Hello everyone/m }, 'Erin reads what is for everyone' or diag $erin_reads->();
unlike $erin_reads->(), qr/Hello Charlie/, 'and nothing else';

my $status;
eventually sub {
    my $looked = $demo->shell->run($look);
    $status = $looked->{status} == 0 ? decode_json($looked->{output}) : {};
    return defined $status->{queue_depth} && $status->{queue_depth} == 0;
}, 'the administrator sees that nothing waits';
my @named = map { /^`(\w+)`/ ? $1 : () } map { split / (?=`)/ } $part =~ /^(`queue_depth` is.*?)^##/ms;
cmp_ok scalar @named, '>=', 6, 'README explains the fields of the status';
ok exists $status->{$_}, "$_ is one of them" for grep { $_ ne 'refused' } @named;
is_deeply $status->{refused}, [], 'nothing was refused';
ok !$status->{refuses_us}, 'the other server accepts our token';
ok defined $status->{last_contact}, 'and was heard of';

$demo->shell->stop($_) for qw(charlie erin);
$demo->stop;

finish;
