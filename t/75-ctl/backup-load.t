# A backup while people write without pause: whatever was acknowledged before it began is in it, it is sound, and nobody who
# writes is refused.
use BeringShare::Test;
use BeringShare::Control;
use BeringShare::Database;

my $server  = start_server();
my $alice   = $server->user('alice');
my $channel = $server->channel('general', [$alice]);
my $padding = 'x' x 3000;
$alice->request_many([map { ['POST', '/api/messages/channel', {channel => $channel, body => "early $_ $padding"}] } 1 .. 500]);

# A writer of its own: posts until it is told to stop, and writes down what was acknowledged.
my $acknowledged = $server->directory . '/acknowledged';
my $stop         = $server->directory . '/stop';
my $writer       = fork // die "fork: $!";
if (!$writer) {
    my $poster = $server->anonymous->with(token => $alice->token);
    $server->ua(BeringShare::Client->new_ua);
    open my $file, '>', $acknowledged;
    $file->autoflush;
    for (my $number = 1; !-e $stop; $number++) {
        my $answer = $poster->post('/api/messages/channel', {channel => $channel, body => "late $number $padding"});
        print $file $answer->status == 200 ? "late $number\n" : "refused\n";
    }
    POSIX::_exit(0);
}
sub lines () { return split /\n/, read_file($acknowledged) // '' }

for my $round (1 .. 3) {
    my $from = lines();
    wait_until(sub { lines() > $from + 5 });
    my @before = lines();
    my $file   = $server->directory . "/backup-$round.sqlite";
    control_ok $server, ['backup', $file], "backup $round under load";
    has_fields control_json($server, ['verify', $file]), {is_sound => true}, 'it is sound';
    my %there = map { $_->[0] =~ s/ x+$//r => 1 } @{query($file, 'SELECT body FROM messages')};
    is_deeply [grep { !$there{$_} } @before, map {"early $_"} 1 .. 500], [], 'what was acknowledged before is in it';
    my @numbers = sort { $a <=> $b } map { /^late (\d+)$/ ? $1 : () } keys %there;
    is_deeply \@numbers, [1 .. @numbers], 'and it is of one moment: no gap';
}
write_file($stop, '');
waitpid $writer, 0;
my @all = lines();
is scalar(grep { $_ eq 'refused' } @all), 0, 'nobody was refused';
$server->stop;

my @kept = map { $_->[0] } @{query($server->directory . '/backup-3.sqlite', 'SELECT body FROM messages ORDER BY key')};
control_ok $server, ['restore', $server->directory . '/backup-3.sqlite', '--yes'], 'the last one is restored';
$server->launch;
my $bodies = [map { $_->[0] } @{query($server->database, 'SELECT body FROM messages ORDER BY key')}];
is_deeply $bodies, \@kept, 'equal to what was backed up';
is $alice->get("/api/messages/channel/$channel?limit=1")->json->[0]{body}, $kept[-1], 'and the server shows it';

finish;
