# The harness of the browser tests: what it offers works, and what must make a test fail does.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Process qw(holders_of_environment members_of_sessions session_of);
use BeringShare::Proxy;
use File::Temp ();
use Test2::API qw(intercept);

sub page ($body) { return qq{<!doctype html><html lang="en"><title>Test</title><main><h1>Test</h1>$body</main></html>} }

my $map   = '{"imports": {"number-two": "/lib/two.js", "deep/": "/deep/"}}';
my %files = (
    'index.html'        => page('nothing'),
    'console.html'      => page('<script src="/console.js"></script>'),
    'console.js'        => 'console.error("seven bridges")',
    'throws.html'       => page('<script type="module" src="/throws.js"></script>'),
    'throws.js'         => 'throw new Error("eight towers")',
    'inline.html'       => page('<script>document.title = "inline"</script>'),
    'missing.html'      => page('<script src="/not-there.js"></script>'),
    'inaccessible.html' => page('<button></button><img src="/favicon.svg">'),
    'favicon.svg'       => '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    'favicon.ico'       => '',
    'wide.html'         => page('<img src="/favicon.svg" alt="" width="3000" height="10">'),
    'map.html'          => page(qq{<script type="importmap">$map</script>}),
    'app/main.js'       => <<~'END',
        import { one } from './one.js';
        import { two } from 'number-two';
        import { name as helper } from '/lib/helper.js';
        import { name as inside } from 'deep/inside.js';
        export const sum = one + two;
        export const names = [helper, inside];
        END
    'app/one.js'     => 'export const one = 1;',
    'lib/two.js'     => 'export const two = 2;',
    'lib/helper.js'  => 'export const name = "helper";',
    'deep/inside.js' => 'export const name = "deep/inside";',
);
my $htdocs = File::Temp->newdir('beringshare-htdocs-XXXXXXXX', TMPDIR => 1);
mkdir "$htdocs/$_" or die $! for qw(app lib deep);
write_file("$htdocs/$_", $files{$_}) for keys %files;

# ---- what works ----

run_in_node('modules', BERING_HTDOCS => "$htdocs");

my $server = start_server();
my $erin   = $server->user('erin');
my $proxy  = BeringShare::Proxy->start($server);
run_in_browser(
    'harness-works',
    server  => $server,
    proxies => {network => $proxy},
    people  => {erin    => $erin},
    options => {greeting => 'Grüße'},
    actions => {twice => sub ($text) { return $text x 2 }, dies => sub { die "no way\n" }},
);

# ---- what must fail: the case, and what the test says then ----

my @failing = (
    ['failed check'      => qr/one is like the other.*two: 2.*two: 3/s],
    ['check that throws' => qr/a step.*the step stumbles/s],
    ['no check'          => qr/checks nothing/],
    ['exception'         => qr/runs to its end.*out of order/s],
    ['forgotten promise' => qr/runs to its end.*nobody waits/s],
    ['vanishing'         => qr/ended before its end/],
    ['console error'     => qr/console error: seven bridges/],
    ['page error'        => qr/page error: Error: eight towers/],
    ['inline script'     => qr/content security policy: .*inline/],
    ['missing file'      => qr/console error: .*404.*not-there\.js/],
    ['foreign address'   => qr{foreign host: http://198\.51\.100\.1/}],
    ['foreign name'      => qr{foreign host: http://example\.org/}],
    ['foreign port'      => qr{foreign host: http://127[.\d]+:1/}],
    ['server away'       => qr{request failed: GET \S+/health: net::ERR_CONNECTION_REFUSED}],
    ['inaccessible'      => qr/axe is content.*button-name: .*<button>.*image-alt: .*<img/s],
    ['too wide'          => qr/the page fits.*3\d\d\d px in a window of 1440 px.*<img/s],
);

my $bad = start_server(HTDOCS_DIR => "$htdocs");

# What a test would have made of a case: whether it passed, and all that it said.
sub outcome ($case, %options) {
    my $events = intercept { run_in_browser('harness-fails', server => $bad, options => {case => $case}, %options) };
    my @failed = map { $_->facet_data->{assert} // () } grep { $_->facet_data->{assert} && !$_->pass } @$events;
    my @said   = map { @{$_->facet_data->{info} // []} } @$events;
    return (!@failed, join "\n", (map { $_->{details} } @failed, @said));
}

for my $row (@failing) {
    my ($case, $reason) = @$row;
    my ($passed, $said) = outcome($case);
    ok !$passed, "$case: the test fails";
    like $said, $reason, "$case: and says why";
}

my ($passed, $said) = outcome('allowed error');
ok $passed, 'an error that is allowed does no harm' or diag $said;

my (@folders, @processes);
my $running = sub ($folder) {
    my %sessions = map { session_of($_) => 1 } holders_of_environment("BERING_BROWSER_RUN=$folder");
    push @folders,   $folder;
    push @processes, members_of_sessions(keys %sessions);
    return 1;
};
($passed, $said) = outcome(hanging => (actions => {running => $running}, seconds => 30));
ok !$passed, 'a script that hangs fails';
like $said, qr/harness-fails hangs/, 'and says so';
cmp_ok scalar(@processes), '>', 5, 'node and all processes of its browser ran';
ok !grep({ is_alive($_) } @processes), 'and are gone' or diag "@processes";
ok !-e $folders[0], 'as are their files';

finish;
