package BeringShare::ProxyProcess;

# The process of BeringShare::Proxy.

use Mojo::Base 'BeringShare::CompanionProcess', -signatures;
use Mojo::IOLoop;

has hole_open => 0;
has counts    => sub { {lost => 0, cut => 0} };
has [qw(to_lose to_cut cut_at)] => 0;

sub open_again ($self) {
    $self->hole_open(0)->to_lose(0)->to_cut(0);
    $self->cut_all;
    return $self->up;
}

sub hole         ($self) { return $self->hole_open(1)->hole_open }
sub lose_answers ($self, $times) { return $self->to_lose($times)->to_lose }
sub cut_posts    ($self, $times, $bytes) { return $self->to_cut($times)->cut_at($bytes)->to_cut }

sub accepted ($self, $near, $number) {
    my $target = $self->options->{target};
    my ($far, $gone);
    my $waiting = '';
    my %state   = (posted => 0, posting => 0);
    $near->on(read => sub ($stream, $bytes) {
        return if $self->hole_open;
        @state{qw(posting posted)} = (1, 0) if $bytes =~ /\APOST /;
        $state{posting} = 0 if $bytes =~ /\AGET /;
        $state{posted} += length $bytes;
        if ($state{posting} && $self->to_cut > 0 && $state{posted} > $self->cut_at) {
            $self->to_cut($self->to_cut - 1);
            ++$self->counts->{cut};
            my $let_through = length($bytes) - ($state{posted} - $self->cut_at);
            $far->write(substr($bytes, 0, $let_through), sub ($stream) { $stream->close }) if $far && $let_through > 0;
            return $stream->close;
        }
        $far ? $far->write($bytes) : ($waiting .= $bytes);
    });
    $near->on(close => sub { $gone = 1; $far->close_gracefully if $far });
    Mojo::IOLoop->client({address => $target->{address}, port => $target->{port}}, sub ($loop, $error, $stream) {
        return $near->close if $error;
        return $stream->close if $gone;
        $far = $stream->timeout(0);
        $far->on(error => sub { });
        $far->on(close => sub { $near->close_gracefully });
        $far->on(read => sub ($stream, $bytes) {
            return if $self->hole_open;
            if ($state{posting} && $self->to_lose > 0) {
                $self->to_lose($self->to_lose - 1);
                ++$self->counts->{lost};
                return $near->close;
            }
            $near->write($bytes);
        });
        $far->write($waiting) if length $waiting;
    });
}

1;
