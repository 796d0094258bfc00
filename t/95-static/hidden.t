# Files that are nobody's business: hidden ones, and what symbolic links show of the rest of the disk.
use BeringShare::Test;

my $server = prepare_server();
my $htdocs = $server->directory . '/htdocs';
my $secret = $server->directory . '/secret';
mkdir $_ or die $! for $htdocs, "$htdocs/.git", "$htdocs/.well-known", "$htdocs/.well-known/.x", "$htdocs/js", "$htdocs/js/.cache", $secret;
write_file("$htdocs/$_", "in $_") for '.env', '.git/config', '.well-known/security.txt', '.well-known/.x/y', 'js/app.js', 'js/.cache/app.js',
    'js/.app.js.swp', 'js/...', 'js/a..b.js', 'js/plain.js';
write_file("$secret/key.js", 'the secret key');
write_file("$secret/index.html", 'the secret index');
symlink $secret, "$htdocs/out"                       or die $!;
symlink "$secret/key.js", "$htdocs/js/key.js"        or die $!;
symlink '../../secret/key.js', "$htdocs/js/relative.js" or die $!;
symlink "$secret/key.js", "$htdocs/js/plain.js.gz"   or die $!;
symlink 'app.js', "$htdocs/js/inside.js"             or die $!;
symlink '.cache/app.js', "$htdocs/js/cached.js"      or die $!;
symlink 'nowhere', "$htdocs/js/broken.js"            or die $!;
symlink 'loop.js', "$htdocs/js/loop.js"              or die $!;
mkdir $server->directory . '/htdocs-other' or die $!;
write_file($server->directory . '/htdocs-other/x.js', 'the secret neighbour');
symlink '../htdocs-other', "$htdocs/neighbour" or die $!;
$server->overrides->{HTDOCS_DIR} = $htdocs;
$server->launch;
my $nobody = $server->anonymous;

for my $path (qw(/.env /.git/config /.git /.git/ /js/.cache/app.js /js/.app.js.swp /js/... /.well-known/.x/y /%2eenv /js/%2Ecache/app.js
    /js/..%2f.env /js//.cache/app.js /.nothing /js/app.js%00 /js/app.js%00.txt)) {
    my $answer = $nobody->get($path);
    refused $answer, [403, 404], $path;
    unlike $answer->body, qr/\bin /, 'nothing of the file is shown';
}
is $nobody->get('/.well-known/security.txt')->body, 'in .well-known/security.txt', 'what belongs below /.well-known/ is served';
is $nobody->get('/js/a..b.js')->body, 'in js/a..b.js', 'dots inside a name hide nothing';

for my $path (qw(/out/key.js /out/ /out /js/key.js /js/relative.js /js/broken.js /js/loop.js /neighbour/x.js /js/key.js%00/ /js/key.js%00.txt
    /js/key.js%00x/.)) {
    my $answer = $nobody->get($path);
    ok $answer->status != 200, "$path is not served" or diag $answer->summary;
    unlike $answer->body, qr/secret/, 'nothing of it is shown';
}
my $packed = raw_answer($server, "GET /js/plain.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
unlike $packed->body, qr/secret/, 'nor as the packed variant of a file';
is $nobody->get('/js/inside.js')->body, 'in js/app.js', 'a link that stays inside';
is $nobody->get('/js/cached.js')->body, 'in js/.cache/app.js', 'even to what is hidden';

# HTDOCS_DIR may itself be a link
symlink 'htdocs', $server->directory . '/linked' or die $!;
$server->restart(HTDOCS_DIR => $server->directory . '/linked');
is $server->anonymous->get('/js/app.js')->body, 'in js/app.js', 'the folder may be a link';
refused $server->anonymous->get('/js/key.js'), 404, 'still nothing from outside';

finish;
