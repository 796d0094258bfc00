package BeringShare::Browser;

# Tests in a real browser: runs t/browser/SCRIPT.mjs, which drives Chromium against the test's servers, and makes each
# of its checks a result of this test. A crash, no check at all, or anything that a browser complained of is a failure.
#
#     my $server = start_server();
#     run_in_browser('start-page', server => $server);
#     run_in_node('text');    # t/browser/unit/text.mjs: modules without a browser
#
# Options: server or servers => {name => server}, proxies => {name => proxy}, people => {name => client},
# options => any structure, actions => {name => sub} that the script may ask() for, seconds => after which it is ended,
# and environment variables (NAME => value).

use Mojo::Base -strict, -signatures;
use BeringShare::Client;
use BeringShare::Process qw(holders_of_environment members_of_sessions read_file session_of);
use BeringShare::Server;
use BeringShare::Wait qw(wait_until);
use Exporter qw(import);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use File::Path qw(make_path);
use File::Temp ();
use IO::Handle;
use Mojo::JSON qw(decode_json encode_json);
use POSIX qw(WNOHANG);
use Test::More;

our @EXPORT = qw(run_in_browser run_in_node);

# Nothing is measured by this: it ends what hangs.
our $PATIENCE = 600;

our @RUNNING;
my $SOURCE = $BeringShare::Server::SOURCE;

# ---- what scripts may do to a server or proxy: t/browser/lib/servers.mjs has the same names ----

my %actions = (
    start       => sub ($server) { $server->launch; return 1 },
    stop        => sub ($server) { $server->stop; return 1 },
    restart     => sub ($server) { $server->restart; return 1 },
    kill        => sub ($server) { kill_all($server) },
    workers     => sub ($server) { return [$server->worker_pids] },
    killWorker  => \&kill_worker,
    makeUser    => \&make_user,
    makeChannel => sub ($server, $name, $members = [], $options = {}) {
        return $server->channel($name, [map { BeringShare::Client->new(username => $_) } @$members], %$options);
    },
    down => sub ($proxy) { $proxy->down },
    open => sub ($proxy) { $proxy->open },
    hole => sub ($proxy) { $proxy->hole },
);

# A process of the server dies, that one or the first; its pid.
sub kill_worker ($server, $pid = ($server->worker_pids)[0]) {
    $server->kill_expected($pid);
    return $pid;
}

# The whole server dies at once, as when the power fails; start() is next.
sub kill_all ($server) {
    my @pids = $server->left_processes;
    $server->kill_expected(@pids);
    $server->stop(killed => 1);
    return 1;
}

sub make_user ($server, $username, $options = {}) {
    return person($server->user($username, password => $server->keep_secret("password of $username"), %$options));
}

sub person ($client) { return {map { $_ => $client->$_ } qw(id username password token)} }

# ---- running ----

# The script ran to its end, and all its checks held.
sub run_in_browser ($script, %options) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %tools = (BERING_CHROMIUM => find_command('chromium'), BERING_BROWSER_PACKAGES => packages());
    return run_script($script, %tools, %options);
}

sub run_in_node ($script, %options) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return run_script("unit/$script", %options);
}

sub find_command ($command) {
    my ($path) = grep { -x } map {"$_/$command"} split /:/, $ENV{PATH};
    return $path // die "$command is missing: run contrib/packages test\n";
}

sub packages () {
    my $folder = $ENV{BERING_BROWSER_PACKAGES} // "$SOURCE/build/browser";
    return $folder if -d "$folder/node_modules/playwright-core";
    die "$folder has no playwright-core: run contrib/browser-packages\n";
}

sub run_script ($script, %options) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %environment = map { /^[A-Z_]+$/ ? ($_ => delete $options{$_}) : () } keys %options;
    my $run = launch($script, %environment);
    say_to($run, {setup => setup_of(%options)});
    my ($done, $failed, $checks) = (0, 0, 0);
    my %meaning = (
        check => sub ($line) { ++$checks; $failed += !passes($line) },
        crash => sub ($line) {
            $failed += !passes({ok => 0, check => "$script runs to its end", message => $line->{crash}});
        },
        note  => sub ($line) { note $line->{note} },
        began => sub ($line) { remember_sessions($run) },
        ask   => sub ($line) { say_to($run, {number => $line->{number}, answer($line, %options)}) },
        done  => sub ($line) { $done = 1 },
    );
    my $ended = wait_until(sub {
        my $alive = is_running($run);
        for my $line (lines($run)) {
            my ($kind) = grep { exists $line->{$_} } qw(ask began check crash done note);
            $meaning{$kind}->($line);
        }
        return !$alive;
    }, $options{seconds} // $PATIENCE);
    end_run($run);
    my $output = read_file($run->{output}) // '';
    my $fine = ok $ended && $done && $checks && !$failed, "$script: all checks were made and held";
    diag "$script hangs" unless $ended;
    diag "$script ended before its end" if $ended && !$done;
    diag "$script checks nothing" if $done && !$checks && !$failed;
    ($fine ? \&note : \&diag)->($output) if length $output;
    return $fine;
}

# One check of a script is one of this test.
sub passes ($line) {
    local $Test::Builder::Level = $Test::Builder::Level + 4;
    return ok($line->{ok}, $line->{check}) || (diag($line->{message}), 0)[1];
}

# What the Perl side does for the script: a method of a server or proxy, or an action of the test.
sub answer ($line, %options) {
    my ($action, @arguments) = ($line->{ask}, @{$line->{arguments}});
    my $result = eval {
        return ($options{actions}{$action} // die "no action $action\n")->(@arguments) if $action ne 'server';
        my ($name, $method, @rest) = @arguments;
        my $target = targets(%options)->{$name} // die "no server $name\n";
        return ($actions{$method} // die "no method $method\n")->($target, map { $_ // () } @rest);
    };
    return length $@ ? (error => "$action: $@") : (result => $result);
}

# ---- what a script gets ----

sub servers_of (%options) { return {%{$options{servers} // {}}, $options{server} ? (server => $options{server}) : ()} }

sub targets (%options) { return {%{servers_of(%options)}, %{$options{proxies} // {}}} }

sub setup_of (%options) {
    my ($servers, $proxies, $people) = (servers_of(%options), $options{proxies} // {}, $options{people} // {});
    return {
        servers => {map { $_ => server_fields($servers->{$_}) } keys %$servers},
        proxies => {map { $_ => {url => $proxies->{$_}->url} } keys %$proxies},
        people  => {map { $_ => person($people->{$_}) } keys %$people},
        hosts   => [map { $_->address . ':' . $_->port } values %{targets(%options)}],
        options => $options{options} // {},
    };
}

sub server_fields ($server) {
    my $environment = $server->environment;
    return {
        url           => $server->url,
        adminToken    => $environment->{ADMIN_TOKEN},
        adminUsername => $environment->{ADMIN_USERNAME},
        adminPassword => $environment->{ADMIN_PASSWORD},
        serverName    => $environment->{SERVER_NAME},
    };
}

# ---- the process ----

# node, in a folder of its own that also is HOME and TMPDIR, so that Chromium's profile goes with it.
sub launch ($script, %environment) {
    my $node   = find_command('node');
    my $folder = File::Temp->newdir('beringshare-browser-XXXXXXXX', TMPDIR => 1);
    my $shots  = $ENV{BERING_SCREENSHOTS} // "$SOURCE/build/screenshots";
    make_path($shots);
    pipe my $its_input, my $to  or die "pipe: $!";
    pipe my $from, my $its_line or die "pipe: $!";
    my $run = {to => $to, from => $from, folder => $folder, output => "$folder/output", buffer => '', sessions => {}};
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        POSIX::setsid();
        %ENV = (
            %ENV,
            HOME               => "$folder",
            TMPDIR             => "$folder",
            BERING_BROWSER_RUN => "$folder",
            BERING_HTDOCS      => "$SOURCE/htdocs",
            BERING_SCREENSHOTS => $shots,
            BERING_SCRIPT      => $script,
            %environment,
        );
        open STDIN,  '<&', $its_input;
        open STDOUT, '>',  $run->{output};
        open STDERR, '>&', \*STDOUT;
        POSIX::dup2(POSIX::dup(fileno $its_line), 3);    # a copy stays open across exec, even if this is 3 already
        my @command = ($node, '--import', "$SOURCE/t/browser/lib/htdocs.mjs", "$SOURCE/t/browser/$script.mjs");
        { no warnings 'exec'; exec {$node} @command; }
        POSIX::_exit(127);
    }
    $to->autoflush(1);
    fcntl $from, F_SETFL, fcntl($from, F_GETFL, 0) | O_NONBLOCK or die "fcntl: $!";
    $run->{pid} = $pid;
    push @RUNNING, $run;
    return $run;
}

sub say_to ($run, $message) {
    local $SIG{PIPE} = 'IGNORE';
    print {$run->{to}} encode_json($message), "\n";
}

# The whole lines that have come.
sub lines ($run) {
    while (sysread $run->{from}, my $bytes, 65536) { $run->{buffer} .= $bytes }
    my @lines;
    push @lines, decode_json($1) while $run->{buffer} =~ s/^(.*)\n//;
    return @lines;
}

# Whether node still runs. It is reaped in the end.
sub is_running ($run) {
    return 0 if defined $run->{status};
    $run->{status} = $? if waitpid($run->{pid}, WNOHANG) == $run->{pid};
    return !defined $run->{status};
}

# Chromium makes a session for itself, whose processes cannot be known by their environment: they write over it.
sub remember_sessions ($run) {
    my @marked = holders_of_environment("BERING_BROWSER_RUN=$run->{folder}");
    $run->{sessions}{$_} = 1 for grep {defined} map { session_of($_) } @marked;
}

sub left_processes ($run) {
    remember_sessions($run);
    return members_of_sessions(keys %{$run->{sessions}});
}

# Nothing outlives a run: neither node, nor a process of its Chromium.
sub end_run ($run) {
    @RUNNING = grep { $_ != $run } @RUNNING;
    if (!defined $run->{status}) {
        remember_sessions($run);
        kill KILL => $run->{pid};
        waitpid $run->{pid}, 0;
    }
    wait_until(sub { my @left = left_processes($run); kill KILL => @left; return !@left });
}

END {
    my $status = $?;
    end_run($_) for @RUNNING;
    $? = $status;
}

1;
