package BeringShare::Database;

# Database files for tests: made from SQL before a server starts, looked at after it has ended.

use Mojo::Base -strict, -signatures;
use BeringShare::Process qw(read_file);
use DBI;
use Exporter qw(import);
use File::Basename qw(dirname);

our @EXPORT    = qw(make_database damaged fixture query);
our @EXPORT_OK = qw(open_database);

sub open_database ($path) {
    return DBI->connect("dbi:SQLite:dbname=$path", '', '', {RaiseError => 1, PrintError => 0, sqlite_unicode => 1});
}

# Makes a file from SQL text.
sub make_database ($path, $sql) {
    my $database = open_database($path);
    $database->{sqlite_allow_multiple_statements} = 1;
    $database->do($sql);
    $database->disconnect;
    return $path;
}

# The bytes of a database with the begin of every page gone, but for the first two: of one page it might be that nothing uses it.
sub damaged ($bytes) {
    for (my $at = 2 * 4096; $at < length $bytes; $at += 4096) { substr $bytes, $at, 100, "\xa5" x 100 }
    return $bytes;
}

# The text of t/fixtures/NAME.
sub fixture ($name) {
    my $text = read_file(dirname(__FILE__) . "/../../fixtures/$name") // die "no fixture $name";
    utf8::decode($text);
    return $text;
}

# All rows of a query, as arrays.
sub query ($path, $sql) {
    my $database = open_database($path);
    my $rows     = $database->selectall_arrayref($sql);
    $database->disconnect;
    return $rows;
}

1;
