package BeringShare::DebianRoot;

# A fresh Debian in a folder: commands run in it, with a /proc and a mount namespace of their own, so that nothing stays
# mounted. What it is unpacked from, and what apt fetches, is kept in the build folder for the next time.

use Mojo::Base -base, -signatures;
use BeringShare::Process qw(run_command);
use File::Path qw(make_path);
use File::Temp ();

use constant DAYS => 3;    # after which the lists of packages are too old to install by

has build  => sub { "$ENV{BERING_BUILD_DIR}/package" };
has folder => sub ($self) { File::Temp->newdir('beringshare-root-XXXXXXXX', DIR => $self->build) };

my $ENTER = 'mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/dev/shm" && mount --bind "$2" "$1/var/cache/apt/archives" && '
    . 'root=$1 && shift 2 && exec chroot "$root" "$@"';

# The command that runs a command in it.
sub prefix ($self) {
    return ('unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', $ENTER, 'sh', $self->folder . '', $self->build . '/archives');
}

# Unpacks it. Dies with what the tools said if that fails.
sub make ($self) {
    my $base = $self->build . '/bookworm.tar';
    make_path($self->build . '/archives/partial');
    $self->make_base($base) unless -s $base && -M $base < DAYS;
    must('tar', '-xf', $base, '-C', $self->folder);
    return $self;
}

# With this machine's own sources of Debian, and the proxy that it may have.
sub make_base ($self, $base) {
    my @sources = grep { -s $_ } '/etc/apt/sources.list', glob '/etc/apt/sources.list.d/debian*';
    my $options = File::Temp->new;
    print $options grep {/^Acquire::\w+::Proxy/i} qx(apt-config dump Acquire);
    $options->flush;
    must('mmdebstrap', '--quiet', '--format=tar', '--mode=root', '--variant=apt', '--skip=cleanup/apt', '--aptopt=' . $options->filename, 'bookworm',
        "$base.new", @sources);
    rename "$base.new", $base or die "$base: $!";
}

sub must (@command) {
    my $result = run_command(\@command, seconds => 900);
    die "@command: $result->{output}" if $result->{status} != 0;
    return $result->{output};
}

# Runs a command in it, as root: as run_command.
sub run ($self, @command) {
    my %environment = (PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND => 'noninteractive', LC_ALL => 'C.UTF-8');
    return run_command([$self->prefix, @command], environment => \%environment, seconds => 900);
}

sub path ($self, $path) { return $self->folder . $path }

# "0640 root beringshare": mode and owners by the names that are valid there.
sub owners ($self, $path) { return $self->run('stat', '-c', '%04a %U %G', $path)->{output} =~ s/\n//r }

1;
