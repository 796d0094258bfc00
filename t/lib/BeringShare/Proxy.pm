package BeringShare::Proxy;

# Carries bytes between two servers until it is told to be a bad network. Register $proxy->url in the place of a server's own.

use Mojo::Base 'BeringShare::Companion', -signatures;

# In front of a server.
sub start ($class, $server) {
    return $class->new->launch(target => {address => $server->address, port => $server->port});
}

sub down ($self) { return $self->ask('down') }             # connections are cut, new ones refused
sub open ($self) { return $self->ask('open_again') }       # all is well (again)
sub hole ($self) { return $self->ask('hole') }             # connections stay, bytes vanish

# The next so many answers to POSTs are lost with their connections, once the server has given them.
sub lose_answers ($self, $times) { return $self->ask(lose_answers => $times) }

# The next so many connections that carry a POST are cut after so many bytes of it.
sub cut_posts ($self, $times, $bytes) { return $self->ask(cut_posts => $times, $bytes) }

# How many {lost, cut} there were.
sub counts ($self) { return $self->ask('counts') }

1;
