package BeringShare::Demo;

# contrib/federation-demo with the program under test, on three free ports and in a folder of its own; and README's commands
# for it, with those ports.

use Mojo::Base -base, -signatures;
use BeringShare::Process qw(holders_of_environment read_file);
use BeringShare::Server;
use BeringShare::Shell;
use BeringShare::Wait qw(wait_until);
use IO::Socket::INET;
use Test::More;

has data  => sub ($self) { $self->shell->folder . '/data' };
has port  => sub { free_ports(3) };
has shell => sub ($self) { BeringShare::Shell->new };

sub new ($class, @arguments) {
    my $self = $class->SUPER::new(@arguments);
    $self->shell->environment({
        BERINGSHARE_PROGRAM => BeringShare::Server::binary(),
        BERINGSHARE_PORT    => $self->port,
        BERINGSHARE_DATA    => $self->data,
        HTDOCS_DIR          => "$BeringShare::Server::SOURCE/htdocs",
        BCRYPT_COST         => 4,
        WORKERS             => 2,
    });
    return $self;
}

sub is_free ($port) { return !!IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1) }

# The first of so many free ports in a row, below those that connections take.
sub free_ports ($count) {
    for my $try (0 .. 999) {
        my $first = 20000 + ($$ * 7 + $try * $count) % 10000;
        return $first unless grep { !is_free($_) } $first .. $first + $count - 1;
    }
    die 'no free ports';
}

# README's text, for this folder and these ports.
sub here ($self, $text) {
    my $port = $self->port;
    return $text =~ s{http://localhost:808([123])}{'http://localhost:' . ($port + $1 - 1)}ger
        =~ s{^contrib/}{'$BeringShare::Server::SOURCE/contrib/}gmr =~ s{('\S+/contrib/federation-demo)}{$1'}gr;
}

# Runs it until it is stopped, and waits for what it says in the end: what it has printed.
sub start ($self, $command, $said) {
    my $output = $self->{output} = $self->shell->start(demo => 'exec ' . $self->here($command));
    ok wait_until(sub { $output->() =~ $said }), "$command: three servers run" or diag $output->();
    return $output->();
}

sub log ($self, $name) { return read_file($self->data . "/$name.log") // '' }

# Ends it like Ctrl-C, and looks at what it leaves.
sub stop ($self) {
    subtest 'Ctrl-C ends all three servers' => sub {
        is $self->shell->stop('demo'), 0, 'the wait status is 0' or diag $self->{output}->();
        for my $name (qw(a b c)) {
            my $database = $self->data . "/$name.sqlite";
            ok -s $database, "the data of $name is kept";
            ok !holders_of_environment("DATABASE_PATH=$database"), "no process of $name is left";
            unlike $self->log($name), qr/Sanitizer|runtime error:|Assertion .* failed|died: signal|exited: status [1-9]/,
                "$name had no accident";
        }
        ok wait_until(sub { !BeringShare::Server::left_in_shared_memory() }), 'nothing is left in shared memory';
    };
    return $self;
}

1;
