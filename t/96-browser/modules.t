# The files of the pages, without a browser: all of them are listed, none of them writes markup or loads from elsewhere, and
# the texts are the same in each language.
use BeringShare::Test;
use BeringShare::Browser;
use File::Find qw(find);

my $source = $BeringShare::Server::SOURCE;
my @files;
find({no_chdir => 1, wanted => sub { push @files, s{^\Q$source\E/}{}r if -f && !m{/\.} }}, "$source/htdocs");
@files = sort @files;
my %text = map { $_ => read_file("$source/$_") } grep { /\.(?:js|mjs|css|html|tsv|webmanifest|svg)$/ } @files;
my @own  = grep { !m{^htdocs/vendor/} } sort keys %text;

# ---- lists ----

my ($status, $output) = do {
    my $said = qx('$source/contrib/pages' --check 2>&1);
    ($?, $said);
};
is $status, 0, 'the lists of modules are up to date' or diag $output;

my ($listed) = read_file("$source/Makefile.am") =~ /^HTDOCS_FILES = \\\n((?:\t.*\n)+)/m;
is_deeply [sort $listed =~ /(htdocs\S+)/g], \@files, 'Makefile.am installs every file, and no other';

# ---- markup and addresses ----

my %never = (
    'innerHTML and the like'  => qr/\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|dangerouslySetInnerHTML)\b/,
    'document.write'          => qr/\bdocument\.write/,
    'text that is run'        => qr/\beval\s*\(|\bnew Function\b|\bset(?:Timeout|Interval)\(\s*['"`]/,
    'something from elsewhere' => qr{(?:src|href|import|from|url|fetch)\s*[=(]?\s*['"`(]\s*(?:https?:)?//}i,
);
for my $what (sort keys %never) {
    my @found = grep { $text{$_} =~ $never{$what} } @own;
    is_deeply \@found, [], "no file of ours has $what";
}
# Addresses that are only compared with, or name something.
my %may_name = map { $_ => 1 } qw(http://www.w3.org/2000/svg);
for my $file (@own) {
    my @foreign = grep { !$may_name{$_} } map { m{['"`](https?://[a-z0-9][^'"`\s]*)['"`]}gi } $text{$file};
    is_deeply \@foreign, [], "$file names no other host" if @foreign;
}
my @inline = grep { $text{$_} =~ /<style|\sstyle="|\son\w+="|<script(?![^>]*(?:\ssrc=|type="importmap"))/ } grep { /\.html$/ } @own;
is_deeply \@inline, [], 'no page has a script or style of its own, but its import map';
my @styled = grep { $text{$_} =~ /\sstyle="/ } grep { /\.js$/ } @own;
is_deeply \@styled, [], 'nor has a view';

# ---- what is not ours ----

my (%named, %licences);
for my $row (grep { !/^#/ } split /\n/, $text{'htdocs/vendor/packages.tsv'}) {
    my ($package, $version, $licence, undef, $file) = split /\t/, $row;
    $named{"htdocs/vendor/$file"} = 1;
    $licences{"htdocs/vendor/licences/" . ($package =~ s/^@//r =~ s{/}{-}gr) . '.txt'} = $licence;
    like $version, qr/^\d+\.\d+\.\d+$/, "$package has one version";
}
my @vendored = grep { m{^htdocs/vendor/} && !m{/licences/} && !/packages\.tsv$/ } @files;
is_deeply \@vendored, [sort keys %named], 'packages.tsv names every file of others';
is_deeply [grep { m{/licences/} } @files], [sort keys %licences], 'each package has its licence there, and no other is';
my %says = (MIT => qr/Permission is hereby granted, free of charge/, 'Apache-2.0' => qr/Apache License/);
like read_file("$source/$_"), $says{$licences{$_}}, "$_ is what the list says" for sort keys %licences;

# ---- texts ----

run_in_node('texts');

finish;
