# The start page and the files: security headers, ETag, compression, nothing but files.
use BeringShare::Test;

my $server = start_server();
my $nobody = $server->anonymous;

my $page = $nobody->get('/');
status_is $page, 200, 'the start page';
like $page->header('Content-Type'), qr{^text/html}, 'is HTML';
like $page->body, qr/BeringShare/, 'names the server';
my $policy = $page->header('Content-Security-Policy') // '';
like $policy, qr/default-src '(?:self|none)'/, 'a content security policy';
unlike $policy, qr/unsafe-inline|unsafe-eval|\*/, 'that is strict';
is lc($page->header('X-Content-Type-Options') // ''), 'nosniff', 'nosniff';
ok $policy =~ /frame-ancestors/ || $page->header('X-Frame-Options'), 'a frame policy';
ok $page->header('Referrer-Policy'), 'a referrer policy';
unlike $page->body, qr/<script(?![^>]*src)|\son\w+=|<style|\sstyle=/i, 'the page keeps to its own policy';
is lc($nobody->get('/api/users')->header('X-Content-Type-Options') // ''), 'nosniff', 'nosniff on answers of the API, too';
is lc($nobody->get('/no-such-file')->header('X-Content-Type-Options') // ''), 'nosniff', 'and on errors';

my $etag = $page->header('ETag');
ok $etag, 'an ETag';
my $again = $nobody->get('/', undef, headers => {'If-None-Match' => $etag});
status_is $again, 304, 'asked with it, nothing is sent again';
is $again->body, '', 'no body';
status_is $nobody->request('HEAD', '/'), 200, 'HEAD';

my $packed = raw_answer($server, "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
is $packed->header('Content-Encoding'), 'gzip', 'compressed when asked';
like $packed->header('Vary') // '', qr/accept-encoding/i, 'and says that it varies';
my $plain = raw_answer($server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
is $plain->header('Content-Encoding'), undef, 'not compressed when not asked';

refused $nobody->get('/no-such-file'), 404, 'a file that is not there';
refused $nobody->post('/', {}), 405, 'files are only read';

my $own = prepare_server();
my $htdocs = $own->directory . '/htdocs';
mkdir $htdocs or die $!;
write_file("$htdocs/index.html", 'my own page');
write_file("$htdocs/app.mjs", 'export const x = 1;');
$own->overrides->{HTDOCS_DIR} = $htdocs;
$own->launch;
is $own->anonymous->get('/')->body, 'my own page', 'HTDOCS_DIR says where the files are';
like $own->anonymous->get('/app.mjs')->header('Content-Type'), qr{^(?:text|application)/javascript}, 'a module is JavaScript';

finish;
