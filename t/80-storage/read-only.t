# A database that cannot be written: the start is refused and says why.
use BeringShare::Test;
use BeringShare::Database;
use File::Temp ();

my $server = start_server();
$server->user('alice');
$server->stop;

my $folder = File::Temp->newdir('beringshare-ro-XXXXXXXX', TMPDIR => 1);
my $mounted;
END { local $?; run_command(['umount', '-l', "$folder"]) if $mounted }
if ($> == 0) {
    # Root may write whatever the permissions say; a file system that is mounted read-only is another matter.
    my $result = run_command(['mount', '-t', 'tmpfs', 'tmpfs', "$folder"]);
    plan skip_all => "cannot mount here: $result->{output}" if $result->{status} != 0;
    $mounted = 1;
}
my $path = write_file("$folder/data.sqlite", read_file($server->database));
if ($mounted) {
    is run_command(['mount', '-o', 'remount,ro', "$folder"])->{status}, 0, 'the file system is read-only';
} else {
    chmod 0444, "$path";
    chmod 0555, "$folder";
}
my $result = prepare_server(DATABASE_PATH => "$path")->run;
isnt $result->{status}, 0, 'the start is refused';
ok !$result->{timeout} && $result->{status} < 128, 'in an orderly way' or diag $result->{output};
like $result->{output}, qr/read-?only|permission|cannot be written|not writable/i, 'saying why';
like $result->{output}, qr/\Q$path\E/, 'and naming the file';
chmod 0755, "$folder" unless $mounted;

finish;
