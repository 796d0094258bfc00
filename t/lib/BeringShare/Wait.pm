package BeringShare::Wait;

# Bounded waiting that lets the event loop run meanwhile. The limit is generous: it only says when to give up.

use Mojo::Base -strict, -signatures;
use Exporter qw(import);
# libev's reactor would reap the servers' processes before we can ask how they ended.
BEGIN { $ENV{MOJO_REACTOR} = 'Mojo::Reactor::Poll' }
use Mojo::IOLoop;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

our @EXPORT_OK = qw(wait_until);
our $PATIENCE  = 60;

# Waits until the condition holds: its value, or nothing when it gave up.
sub wait_until ($condition, $seconds = $PATIENCE) {
    my $deadline = clock_gettime(CLOCK_MONOTONIC) + $seconds;
    while (1) {
        my $value = $condition->();
        return $value if $value;
        return if clock_gettime(CLOCK_MONOTONIC) > $deadline;
        my $pause;
        Mojo::IOLoop->timer(0.01 => sub { $pause = 1 });
        Mojo::IOLoop->one_tick until $pause;
    }
}

1;
