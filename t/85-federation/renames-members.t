# A member of another server's channel is renamed or deleted at home: the channel's server follows, members and all.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob, $berta) = ($server_a->user('alice'), map { $server_b->user($_) } qw(bob berta));
my $channel = $server_a->channel('general', [$alice]);
add_member($server_a, $channel, $_) for 'bob@b', 'berta@b';
my $there = known_channel($server_b, 'general', 'a');
eventually sub { is_member($server_b, $there, 'bob') && is_member($server_b, $there, 'berta') }, 'two members of another server';
$_->say($there, 'by ' . $_->username) for $bob, $berta;
$bob->tell('alice@a', 'between us');
eventually sub { @{$alice->channel_bodies($channel)} == 2 }, 'both have written';
my $direct = known_user($server_a, 'bob', 'b');
eventually sub { @{$alice->direct_bodies($direct)} == 1 }, 'one has written directly, too';

status_is $server_b->admin->put('/admin/users/' . $bob->id, {username => 'robert'}), 200, 'one is renamed';
eventually sub { join(' ', @{member_names($server_a, $channel)}) eq 'alice berta@b robert@b' }, 'the channel\'s server follows'
    or diag join ' ', @{member_names($server_a, $channel)};
$bob->say($there, 'under another name');
eventually sub { $alice->channel_bodies($channel)->[-1] eq 'under another name' }, 'and takes what is written under the new name';
$alice->say($channel, 'welcome, robert');
eventually sub { $bob->channel_bodies($there)->[-1] eq 'welcome, robert' }, 'the renamed one is still reached';
$alice->tell('robert@b', 'I know who you are');
eventually sub { @{$bob->direct_bodies(known_user($server_b, 'alice', 'a'))} == 2 }, 'directly, too';
is_deeply $alice->direct_bodies(known_user($server_a, 'robert', 'b')), ['between us', 'I know who you are'], 'in the same conversation';

status_is $server_b->admin->delete('/admin/users/' . $berta->id), 200, 'the other one is deleted';
eventually sub { join(' ', @{member_names($server_a, $channel)}) eq 'alice robert@b' }, 'and is no member any more';
is_deeply $alice->channel_bodies($channel), ['by bob', 'by berta', 'under another name', 'welcome, robert'], 'what was written stays';
ok !user_entry($server_a, 'berta', 'b') && !user_entry($server_a, 'bob', 'b'), 'no ghost is left';
is_deeply peer_status($server_b, 'a')->{refused}, [], 'nothing was refused';

finish;
