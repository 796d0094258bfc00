package BeringShare::Control;

# beringctl for the tests: run with a server's environment, to its end.

use Mojo::Base -strict, -signatures;
use BeringShare::Process qw(run_command);
use BeringShare::Server;
use BeringShare::Test;
use Cwd qw(abs_path);
use Exporter qw(import);

our @EXPORT = qw(control control_ok control_fails control_json control_binary);

sub control_binary () {
    my $binary = $ENV{BERING_CONTROL} // "$BeringShare::Server::SOURCE/build/beringctl";
    die "$binary is not there: set BERING_CONTROL to the path of beringctl\n" unless -x $binary;
    return abs_path($binary);
}

# Options: input, environment (overrides; undef takes one away), prefix. Answers as run_command, the output decoded.
sub control ($server, $arguments, %options) {
    my %environment = (%{$server->environment}, %{$options{environment} // {}});
    delete @environment{grep { !defined $environment{$_} } keys %environment};
    my $result = run_command([@{$options{prefix} // []}, control_binary(), @$arguments],
        environment => \%environment, input => $options{input} // '');
    utf8::decode($result->{output});
    return $result;
}

# It succeeds: its output.
sub control_ok ($server, $arguments, $name, %options) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $result = control($server, $arguments, %options);
    is $result->{status}, 0, $name or diag $result->{output};
    return $result->{output};
}

# It fails with this exit status, and says why: a pattern.
sub control_fails ($server, $arguments, $status, $reason, $name, %options) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $result = control($server, $arguments, %options);
    is $result->{status}, $status, $name or diag $result->{output};
    like $result->{output}, $reason, "$name: saying why";
    return $result->{output};
}

# Its output as JSON, whatever its status.
sub control_json ($server, $arguments, %options) {
    my $result = control($server, [@$arguments, '--json'], %options);
    my $json   = eval { decode_json(Mojo::Util::encode('UTF-8', $result->{output})) };
    diag "no JSON: $result->{output}" unless defined $json || $result->{output} =~ /^null/;
    return $json;
}

1;
