# The page that its service worker keeps: with and without the server, and when files on the server change.
use BeringShare::Test;
use BeringShare::Browser;

my $server = prepare_server(WORKERS => 2);
my $htdocs = $server->directory . '/htdocs';
system('cp', '-r', "$BeringShare::Server::SOURCE/htdocs", $htdocs) == 0 or die 'cannot copy htdocs';
$server->overrides->{HTDOCS_DIR} = $htdocs;
$server->launch;

sub change_file ($file, $change) {
    my $path = "$htdocs/$file";
    my $text = read_file($path);
    my $new  = $change->($text);
    die "$file stays as it was" if $new eq $text;
    write_file("$path.new", $new);
    rename "$path.new", $path or die $!;
    return 1;
}

run_in_browser('service-worker', server => $server, actions => {
    change     => sub ($rule) { change_file('style/base.css', sub ($text) { "$text\n:root { $rule }\n" }) },
    changeText => sub ($old, $new) { change_file('app/language/de.js', sub ($text) { $text =~ s/'\Q$old\E'/'$new'/r }) },
    addFile    => sub {
        write_file("$htdocs/app/added.js", "// added\n");
        return change_file('shell-list.json', sub ($text) { $text =~ s{\[}{["/app/added.js",}r });
    },
    changeWorker => sub { change_file('service-worker.js', sub ($text) { "$text// changed\n" }) },
});

finish;
