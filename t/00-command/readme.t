# README's table of the configuration is the program's own.
use BeringShare::Test;

my ($readme) = read_file("$BeringShare::Server::SOURCE/README") =~ /^## Configuration\n(.*?)^## /ms;
my $help   = prepare_server()->run(['--help'])->{output};

my %documented = map { /^\| `(\w+)` \| (?:`(.*?)`|\*(\(none\))\*) \| (.*) \|$/ ? ($1 => [$2 // $3, $4]) : () } split /\n/, $readme;
my %real       = map { /^  ([A-Z][A-Z_0-9]+) +(\S+) +(.*)$/ ? ($1 => [$2, $3]) : () } split /\n/, $help;

cmp_ok scalar(keys %real), '>', 20, 'the program has its keys';
is_deeply [sort keys %documented], [sort keys %real], 'README has the same';
delete $_->{HTDOCS_DIR} for \%documented, \%real; # its default depends on the prefix
is_deeply \%documented, \%real, 'with the same defaults and meanings';

finish;
