# A file that has been replaced is served as it is now, by each worker; scripts and styles go without what only documents obey.
use BeringShare::Test;

my $server = prepare_server(WORKERS => 2);
my $htdocs = $server->directory . '/htdocs';
mkdir $htdocs or die $!;
write_file("$htdocs/index.html", 'start');
write_file("$htdocs/app.js", 'old');
$server->overrides->{HTDOCS_DIR} = $htdocs;
$server->launch;
my @workers = map { $server->anonymous->on_worker($_) } $server->worker_pids;

is $_->get('/app.js')->body, 'old', 'a file' for @workers;
write_file("$htdocs/app.js.new", 'new one');
rename "$htdocs/app.js.new", "$htdocs/app.js" or die $!;
is $_->get('/app.js')->body, 'new one', 'replaced by another' for @workers, @workers;
write_file("$htdocs/app.js", 'written over');
is $_->get('/app.js')->body, 'written over', 'written over' for @workers, @workers;
unlink "$htdocs/app.js" or die $!;
refused $_->get('/app.js'), 404, 'deleted' for @workers;

write_file("$htdocs/app.js", 'script');
my @of_documents =
    qw(content-security-policy x-frame-options referrer-policy cross-origin-opener-policy permissions-policy);
my @of_all = qw(x-content-type-options cross-origin-resource-policy);
sub names ($path, $destination, @names) {
    my $answer = $workers[0]->get($path, undef, headers => {$destination ? ('Sec-Fetch-Dest' => $destination) : ()});
    return [grep { defined $answer->header($_) } @names];
}
for my $destination (qw(script style)) {
    is_deeply names('/app.js', $destination, @of_documents), [], "wanted as a $destination: nothing for documents";
    is_deeply names('/app.js', $destination, @of_all), \@of_all, 'but what holds for all';
}
for my $destination ('', qw(document serviceworker sharedworker worker image empty iframe scripts)) {
    is_deeply names('/app.js', $destination, @of_documents, @of_all), [@of_documents, @of_all], "wanted as '$destination': everything";
}

# What has an ETag needs no time, and is asked for again by it.
is_deeply names('/app.js', 'script', qw(last-modified accept-ranges etag)), ['etag'], 'a part of a page has an ETag alone';
is_deeply names('/app.js', '', qw(last-modified etag)), [qw(last-modified etag)], 'other files have a time, too';
my $tag = $workers[0]->get('/app.js')->header('etag');
my %again = ('Sec-Fetch-Dest' => 'script', 'If-None-Match' => $tag);
status_is $workers[0]->get('/app.js', undef, headers => \%again), 304, 'it has not changed';
write_file("$htdocs/app.js", 'another script');
status_is $workers[0]->get('/app.js', undef, headers => \%again), 200, 'now it has';

finish;
