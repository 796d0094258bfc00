# The web pages: the paths that lead to a file, and the one inline script that each may have.
use BeringShare::Test;
use Digest::SHA qw(sha256_base64);

my $map    = qq(\n{"imports": {"app/": "/app/"}}\n  );
my $server = prepare_server(WORKERS => 1);
my $htdocs = $server->directory . '/htdocs';
mkdir $htdocs or die $!;
write_file("$htdocs/index.html", '<p>start</p>');
write_file("$htdocs/chat.html",  qq(<html><script type="importmap">$map</script><script type="module" src="/chat.js"></script>) . 'x' x 2000);
write_file("$htdocs/admin.html", qq(<script type="importmap">{}</script><script type="importmap">{"imports":{}}</script>));
write_file("$htdocs/other.html", qq(<script type="importmap">$map</script>));
$server->overrides->{HTDOCS_DIR} = $htdocs;
$server->launch;
my $nobody = $server->anonymous;

sub script_sources ($answer) {
    my ($sources) = ($answer->header('Content-Security-Policy') // '') =~ /script-src ([^;]*)/;
    return $sources;
}

my $hash   = sha256_base64($map) . '=';
my $strict = "'self'";
for my $path ('/chat/ui', '/chat/ui/', '/chat/settings', '/chat/settings/', '/chat.html', '/chat/ui?channel=1#x') {
    my $page = $nobody->get($path);
    status_is $page, 200, $path;
    like $page->body, qr/^<html>/, 'is the chat';
    like $page->header('Content-Type'), qr{^text/html}, 'as HTML';
    is script_sources($page), "'self' 'sha256-$hash'", 'whose import map may run';
    is $page->header('Cache-Control'), 'no-cache', 'and which is asked for again';
}
for my $path ('/admin/ui', '/admin/ui/') {
    my $page = $nobody->get($path);
    status_is $page, 200, $path;
    like $page->body, qr/importmap/, 'is the administration';
    is script_sources($page), $strict, 'with two import maps, neither may run';
}
like $server->log, qr/admin\.html has more than one import map/, 'the log says why';
is script_sources($nobody->get($_)), $strict, "$_ keeps to the strict policy" for '/', '/other.html', '/api/users', '/nonsense';

my $page = $nobody->get('/chat/ui');
my $again = $nobody->get('/chat/settings', undef, headers => {'If-None-Match' => $page->header('ETag')});
status_is $again, 304, 'a page that has not changed is not sent again';
is script_sources($again), "'self' 'sha256-$hash'", 'its policy is';
status_is $nobody->request('HEAD', '/admin/ui'), 200, 'HEAD';
my $packed = raw_answer($server, "GET /chat/ui HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
is $packed->header('Content-Encoding'), 'gzip', 'compressed when asked';
my $part = $nobody->get('/chat/ui', undef, headers => {Range => 'bytes=0-5'});
status_is $part, 206, 'a range';
is $part->body, '<html>', 'of it';
refused $nobody->post('/chat/ui', {}), 405, 'pages are only read';
refused $nobody->get($_), 404, "$_ is no page" for qw(/chat /admin /admin/ /admin/ui/x /chat/ui/x /admin/ui.html /chat/other);
is $nobody->get('/api/users')->header('Cache-Control'), 'no-store', 'answers of the API are not kept at all';

# whatever stands in the place of a page, the server starts
unlink "$htdocs/admin.html";
write_file("$htdocs/index.html", '<script type="importmap">{}');
write_file("$htdocs/chat.html", '<script type="importmap">{}</script>' . ' ' x (1024 * 1024));
$server->restart;
refused $server->anonymous->get('/admin/ui'), 404, 'a page that is missing';
is script_sources($server->anonymous->get('/chat/ui')), $strict, 'a page that is too large is not looked into';
is script_sources($server->anonymous->get('/')), $strict, 'nor one that has no end';
like $server->log, qr/\Q$_\E/, "the log says: $_"
    for 'admin.html is missing', 'chat.html is too large for a page', 'index.html has an import map without an end';

unlink "$htdocs/chat.html";
mkdir "$htdocs/chat.html" or die $!;
symlink '/etc/passwd', "$htdocs/admin.html" or die $!;
$server->restart;
refused $server->anonymous->get('/admin/ui'), 404, 'a page that is a link to elsewhere';
isnt $server->anonymous->get('/chat/ui')->status, 200, 'a folder in the place of a page';
status_is $server->anonymous->get('/health'), 200, 'the server is well';

finish;
