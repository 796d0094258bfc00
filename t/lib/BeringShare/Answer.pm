package BeringShare::Answer;

# One HTTP answer: status (0: there was none, see failure), headers, body (bytes), json.

use Mojo::Base -base, -signatures;
use Mojo::Headers;
use Mojo::JSON ();
use Mojo::Message::Response;

has status  => 0;
has headers => sub { Mojo::Headers->new };
has body    => '';
has [qw(failure local_port)];

sub from_transaction ($class, $tx, $failure = undef) {
    my $response = $tx->res;
    return $class->new(
        status     => $response->code // 0,
        headers    => $response->headers,
        body       => $response->body,
        failure    => $failure,
        local_port => $tx->local_port,
    );
}

# From the bytes of one answer as they came over the wire.
sub from_text ($class, $text) {
    my $response = Mojo::Message::Response->new;
    $response->content->auto_decompress(0);
    $response->parse($text);
    return $class->new(status => $response->code // 0, headers => $response->headers, body => $response->body);
}

sub json ($self) { return eval { Mojo::JSON::decode_json($self->body) } }

sub header ($self, $name) { return $self->headers->header($name) }

# The text of an error answer.
sub error ($self) {
    my $json = $self->json;
    return ref $json eq 'HASH' ? $json->{error} : undef;
}

sub summary ($self) {
    return "no answer: " . ($self->failure // 'connection closed') unless $self->status;
    return 'status ' . $self->status . ': ' . substr $self->body, 0, 300;
}

1;
