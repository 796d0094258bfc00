# A private channel stays private on the servers of its members, follows its origin's changes, and is withdrawn from the others.
use BeringShare::Test;
use BeringShare::Federation;

my ($server_a, $server_b) = start_federation(2);
my ($alice, $bob, $berta) = ($server_a->user('alice'), map { $server_b->user($_) } qw(bob berta));
my $board = $server_a->channel('board', [$alice], private => 1);
my $talk  = $server_a->channel('talk', [$alice]);
known_channel($server_b, 'talk', 'a');
add_member($server_a, $board, 'bob@b');
my $there = known_channel($server_b, 'board', 'a');
my ($entry) = grep { $_->{id} eq $there } @{$server_b->admin->get('/admin/channels')->json};
ok $entry->{is_private}, 'private there';
ok !(grep { $_->{name} eq 'board' } @{$berta->get('/api/channels')->json}), 'others there do not see it';
$alice->say($board, 'secret');
eventually sub { "@{$bob->channel_bodies($there)}" eq 'secret' }, 'who is in it reads it';
status_is $server_a->admin->put("/admin/channels/$board", {private => \0}), 200, 'made public';
eventually sub { grep { $_->{name} eq 'board' } @{$berta->get('/api/channels')->json} }, 'public there, too';
status_is $server_a->admin->put("/admin/channels/$board", {private => \1, name => 'inner board'}), 200, 'private again, and renamed';
eventually sub { !grep { $_->{name} =~ /board/ } @{$berta->get('/api/channels')->json} }, 'there, too';
is_deeply [map { $_->{name} } grep { $_->{id} eq $there } @{$bob->get('/api/channels')->json}], ['inner board'], 'under its new name';
status_is $server_a->admin->put("/admin/channels/$talk", {private => \1}), 200, 'another is made private';
eventually sub { !grep { $_->{name} eq 'talk' } @{$server_b->admin->get('/admin/channels')->json} }, 'a server without members forgets it';
finish;
