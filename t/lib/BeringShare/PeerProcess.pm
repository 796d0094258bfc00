package BeringShare::PeerProcess;

# The process of BeringShare::Peer: answers as the original does (or as a peer of this project, if it is told so), strictly by
# the wire contract, and otherwise as its rules say.

use Mojo::Base 'BeringShare::CompanionProcess', -signatures;
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json encode_json);
use Mojo::Message::Request;

has [qw(rules seen taken held)] => sub { [] };
has known => sub { {} };              # message ids

my %PATH_OF = (
    message    => '/federation/messages',
    membership => '/federation/channel-memberships',
    call       => '/federation/channel-call-event',
    signal     => '/federation/webrtc-signal',
    change     => '/federation/changes',
);

# ---- what the test asks ----

sub set ($self, $changes) { return !!($self->options({%{$self->options}, %$changes})) }

sub misbehave ($self, $rule) { return scalar push @{$self->rules}, $rule }
sub behave    ($self)        { $self->rules([]); return $self->release }
sub hanging   ($self)        { return scalar grep { $_->handle } @{$self->held} }

sub release ($self) {
    $_->close for splice @{$self->held};
    return 1;
}

# An empty pattern alone would mean the last one that matched.
sub requests ($self, $path) { return [grep { $_->{path} =~ /(?:$path)/ } @{$self->seen}] }
sub count    ($self, $path) { return scalar @{$self->requests($path)} }
sub messages ($self)        { return $self->taken }
sub bodies   ($self)        { return [map { $_->{body} } @{$self->taken}] }

sub sent ($self, $path) {
    return [map {
        my $request = $_;
        $request->{path} eq '/federation/batch'
            ? map { $_->{body} } grep { $PATH_OF{$_->{kind}} =~ /$path/ } @{$request->{body}{items}}
            : $request->{method} eq 'POST' && $request->{path} =~ /$path/ ? $request->{body} : ();
    } @{$self->seen}];
}

# ---- connections ----

sub accepted ($self, $stream, $number) {
    my $request = Mojo::Message::Request->new->max_message_size(0);
    $stream->on(read => sub ($stream, $bytes) {
        $request->parse($bytes);
        return unless $request->is_finished;
        my $whole = $request;
        $request = Mojo::Message::Request->new->max_message_size(0);
        $self->arrived($stream, $number, $whole);
    });
}

sub arrived ($self, $stream, $connection, $request) {
    my %seen = (
        number     => 1 + @{$self->seen},
        connection => $connection,
        method     => $request->method,
        path       => $request->url->path->to_string,
        query      => $request->url->query->to_hash,
        token      => $request->headers->header('x-federation-token'),
        headers    => {map { lc $_ => $request->headers->header($_) } @{$request->headers->names}},
        body       => length $request->body ? eval { decode_json($request->body) } // $request->body : undef,
    );
    push @{$self->seen}, \%seen;
    my $rule = $self->rule_for($seen{method}, $seen{path}, $request->body);
    $self->answer($stream, \%seen, $rule // {});
}

# The first rule that matches, used up once.
sub rule_for ($self, $method, $path, $body) {
    for my $rule (@{$self->rules}) {
        next if defined $rule->{path} && $path !~ /$rule->{path}/ || defined $rule->{method} && $method ne $rule->{method};
        next if defined $rule->{contains} && index($body, $rule->{contains}) < 0;
        if (defined $rule->{times}) {
            next if $rule->{times} <= 0;
            --$rule->{times};
        }
        return $rule;
    }
    return undef;
}

sub answer ($self, $stream, $seen, $rule) {
    return push @{$self->held}, $stream if $rule->{hang};
    return $stream->close if $rule->{close};
    return $stream->write($rule->{raw}, sub ($stream) { $stream->close_gracefully }) if defined $rule->{raw};
    return endless($stream) if $rule->{endless};
    my ($status, $json);
    if    (defined $rule->{status}) { ($status, $json) = ($rule->{status}, $rule->{json} // {error => 'told to refuse'}) }
    elsif (exists $rule->{json})    { ($status, $json) = (200, $rule->{json}) }
    elsif (defined $rule->{bytes})  { ($status, $json) = (200, [('x' x 1000) x ($rule->{bytes} / 1003)]) }
    elsif (defined $rule->{body})   { $status = 200 }
    else                            { ($status, $json) = $self->behaved($seen, $rule) }
    $seen->{status} = $status;
    return $stream->close if $rule->{lose} || defined $rule->{lose_after};
    my $body    = $rule->{body} // (defined $json ? encode_json($json) : '');
    my %headers = ('Content-Type' => 'application/json', 'Content-Length' => length $body, %{$rule->{headers} // {}});
    $stream->write(join '', "HTTP/1.1 $status Status\r\n", (map {"$_: $headers{$_}\r\n"} sort keys %headers), "\r\n", $body);
}

sub endless ($stream) {
    my $more;
    $more = sub ($stream) { $stream->write(encode_json('x' x 60000) . ',', $more) };
    $stream->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[", $more);
}

# ---- as the original behaves ----

my $UUID = qr/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
my $TIME = qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

# Status and JSON of a proper answer.
sub behaved ($self, $seen, $rule) {
    my $options = $self->options;
    return (401, {error => 'unauthorized'})
        unless grep { $_ eq ($seen->{token} // '') } @{$options->{known_tokens}}, $options->{token};
    return $self->polled($seen->{path}) if $seen->{method} eq 'GET';
    return (415, {error => 'not JSON'}) unless ($seen->{headers}{'content-type'} // '') =~ m{^application/json};
    return $self->batch($seen->{body}, $rule) if $seen->{path} eq '/federation/batch' && $options->{bering};
    return $self->posted($seen->{path}, $seen->{body});
}

sub polled ($self, $path) {
    my $options = $self->options;
    my %answers = (
        '/federation/presence' => {online_users => $options->{online} // []},
        '/federation/users'    => [map { ref $_ ? $_ : {username => $_, server => $options->{name}, display_name => undef} }
            @{$options->{users} // []}],
        '/federation/channels' => [map { ref $_ ? $_ : {name => $_, origin_server => $options->{name}} } @{$options->{channels} // []}],
        $options->{bering}
        ? ('/federation/info' =>
                {software => 'beringshare', version => '1', server_name => $options->{name}, batch => Mojo::JSON->true,
                    $options->{ids} ? (ids => Mojo::JSON->true) : ()})
        : (),
    );
    return exists $answers{$path} ? (200, $answers{$path}) : (404, undef);
}

sub is_person ($json) {
    return ref $json eq 'HASH' && length($json->{username} // '') && length($json->{server} // '');
}
sub is_channel ($json) {
    return ref $json eq 'HASH' && length($json->{name} // '') && length($json->{origin_server} // '');
}

# What a body must be made of, as the original's types have it.
my %FORM = (
    '/federation/messages' => sub ($json) {
        return ($json->{message_id} // '') =~ $UUID && ($json->{sent_at} // '') =~ $TIME && defined $json->{body}
            && is_person($json->{author})
            && (($json->{kind} // '') eq 'dm' ? is_person($json->{recipient}) : $json->{kind} eq 'channel' && is_channel($json->{channel}));
    },
    '/federation/channel-memberships' => sub ($json) { return is_channel($json->{channel}) && is_person($json->{member}) },
    '/federation/channel-call-event'  => sub ($json) {
        return is_channel($json->{channel}) && ($json->{event} // '') =~ /^(?:join|leave)$/ && is_person($json->{participant})
            && ($json->{participant_user_id} // '') =~ $UUID;
    },
    '/federation/webrtc-signal' => sub ($json) {
        return is_person($json->{from_user}) && is_person($json->{to_user}) && defined $json->{signal_type} && exists $json->{payload};
    },
);

sub posted ($self, $path, $json) {
    return (200, 'ok') if $path eq '/federation/changes' && $self->options->{bering};
    my $form = $FORM{$path} or return (404, undef);
    return (422, {error => 'wrong shape'}) unless ref $json eq 'HASH' && $form->($json);
    push @{$self->taken}, $json if $path eq '/federation/messages' && !$self->known->{$json->{message_id}}++;
    return (200, 'ok');
}

# ---- as a peer of this project behaves ----

sub batch ($self, $json, $rule) {
    my $items = ref $json eq 'HASH' ? $json->{items} : undef;
    return (422, {error => 'wrong shape'}) unless ref $items eq 'ARRAY' && @$items <= 256;
    my @results;
    my $stopped;
    for my $item (@$items) {
        last if defined $rule->{lose_after} && @results >= $rule->{lose_after};
        my $path      = $PATH_OF{$item->{kind}} // '/unknown';
        my $item_rule = $self->rule_for(ITEM => $path, encode_json($item->{body}));
        my ($status, $answer) =
              $stopped    ? (503, {error => 'one before it failed'})
            : $item_rule  ? ($item_rule->{status}, {error => 'told to refuse'})
            :               $self->posted($path, $item->{body});
        $stopped = 1 if $status >= 500;
        push @results, {status => $status, $status == 200 ? () : (error => $answer->{error} // '')};
    }
    return (200, {results => \@results});
}

1;
