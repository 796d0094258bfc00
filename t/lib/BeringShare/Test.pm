package BeringShare::Test;

# What every integration test uses: strictness, Test::More, a server of its own, and checks with their reasons shown.
#
#     use BeringShare::Test;
#     my $server = start_server();
#     my $alice  = $server->user('alice');
#     status_is $alice->get('/api/users'), 200, 'a user reads the list';
#     finish;

use Mojo::Base -strict, -signatures;
use BeringShare::Client;
use BeringShare::Process qw(is_alive read_file run_command write_file);
use BeringShare::Raw;
use BeringShare::Server;
use BeringShare::Wait qw(wait_until);
use Exporter ();
use Mojo::JSON qw(decode_json encode_json false true);
use Test::More;

my @own = qw(start_server prepare_server finish status_is refused has_fields eventually raw_connection raw_answer reads_bodies
    wait_until run_command needs_command is_alive read_file write_file random_uuid like_uuid like_time decode_json encode_json true false);
our @EXPORT = (@own, @Test::More::EXPORT);

sub import ($class, @) {
    $_->import for qw(strict warnings utf8);
    feature->import(':5.16', 'signatures');
    warnings->unimport('experimental::signatures');
    binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output todo_output);
    Exporter::export($class, scalar caller, @EXPORT);
}

my @servers;

# A running server. Arguments are environment variables, or directory => of an earlier server, or prefix => [command].
sub start_server (%options) { return prepare_server(%options)->launch }

# One that is not started yet.
sub prepare_server (%options) {
    my %own = map { exists $options{$_} ? ($_ => delete $options{$_}) : () } qw(directory prefix);
    push @servers, BeringShare::Server->prepare(environment => \%options, %own);
    return $servers[-1];
}

# The end of a test: all servers that still run are stopped, and looked at.
sub finish () {
    for my $server (@servers) {
        $server->stop if grep { defined && $_ == $server } @BeringShare::Server::RUNNING;
    }
    done_testing;
}

# The status of an answer is this one, or one of these.
sub status_is ($answer, $status, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @statuses = ref $status ? @$status : $status;
    my $ok = ok scalar(grep { $answer->status == $_ } @statuses), $name;
    diag 'wanted @statuses' =~ s/\@statuses/@statuses/r, ', got ', $answer->summary unless $ok;
    return $ok;
}

# The answer is an error of this status in the form that all errors have.
sub refused ($answer, $status, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $ok = status_is($answer, $status, $name);
    my $form = length($answer->error // '') && !ref $answer->error && ($answer->header('Content-Type') // '') =~ m{^application/json};
    return ok($form, "$name: the error is JSON with a text") && $ok || (diag($answer->summary), 0)[1];
}

# Of what was got, what is expected: objects may have more fields.
sub expected_part ($got, $expected) {
    if (ref $got eq 'HASH' && ref $expected eq 'HASH') {
        return {map { exists $got->{$_} ? ($_ => expected_part($got->{$_}, $expected->{$_})) : () } keys %$expected};
    }
    if (ref $got eq 'ARRAY' && ref $expected eq 'ARRAY') {
        return [map { $_ < @$expected ? expected_part($got->[$_], $expected->[$_]) : $got->[$_] } 0 .. $#$got];
    }
    return $got;
}

# The structure is this one, but that objects may have more fields: adding some is no change of the contract.
sub has_fields ($got, $expected, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply expected_part($got, $expected), $expected, $name;
}

# The condition comes true sooner or later.
sub eventually ($condition, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return ok scalar(wait_until($condition)), $name;
}

# A stream receives these messages, exactly, and in this order.
sub reads_bodies ($stream, $expected, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    wait_until(sub { @{$stream->bodies} >= @$expected || $stream->ended });
    return is_deeply $stream->bodies, $expected, $name;
}

sub raw_connection ($server, %options) { return BeringShare::Raw->open($server, %options) }

# Sends bytes on a connection of its own: the first answer.
sub raw_answer ($server, $bytes) { return raw_connection($server)->send($bytes)->answer }

# A tool that the tests need is missing: say so at once, and how to get it.
sub needs_command ($command, $package) {
    return 1 if grep { -x "$_/$command" } split /:/, $ENV{PATH};
    die "$command is missing: install $package (contrib/check does)\n";
}

sub random_uuid () {
    return sprintf '%08x-%04x-4%03x-8%03x-%06x%06x', map { int rand $_ } 0xffffffff, 0xffff, 0xfff, 0xfff, 0xffffff, 0xffffff;
}

sub like_uuid ($value, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return like $value, qr/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, $name;
}

sub like_time ($value, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return like $value, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/, $name;
}

1;
