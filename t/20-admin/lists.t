# GET /admin/users and /admin/channels in parts: a text to look for, pages, and how many there are in all.
use BeringShare::Test;
use BeringShare::Peer;
use Mojo::Util qw(encode url_escape);

my $server = start_server();
my $admin  = $server->admin;
my $peer   = BeringShare::Peer->start('zulu', servers => [$server], users => ['zoe', 'Alfred']);
status_is $admin->post('/admin/users/sync-federated', {}), 200, 'users of another server';
my ($zulu) = map { $_->{id} } grep { $_->{name} eq 'zulu' } @{$admin->get('/admin/servers')->json};

my %user = map { $_ => $server->user($_, $_ eq 'alice' ? (password => 'correct horse') : ()) } 'alice', 'ALINA', 'bob', '100%', 'a_b', 'ÉLODIE', 'σίγμα';
status_is $admin->put('/admin/users/' . $user{bob}->id, {display_name => 'Bob of Alicante'}), 200, 'a display name';

# the names of a part, and how many there are
sub users ($query) {
    my $answer = $admin->get("/admin/users?$query");
    status_is $answer, 200, "users?$query";
    return ([map { $_->{username} } @{$answer->json}], $answer->header('x-total-count'));
}
sub q_ ($text) { return 'q=' . url_escape encode 'UTF-8', $text }
sub finds ($query, @names) {
    my ($names, $total) = users($query);
    is_deeply [sort @$names], [sort @names], "finds @names";
    is $total, scalar @names, 'and counts them';
}

finds '', 'admin', (keys %user), 'zoe', 'Alfred';
finds 'q=', 'admin', (keys %user), 'zoe', 'Alfred';
finds 'q=ali', 'alice', 'ALINA', 'bob';
finds 'q=ALI', 'alice', 'ALINA', 'bob';
finds 'q=zul', 'zoe', 'Alfred';
finds 'q=al&local=1', 'alice', 'ALINA', 'bob';
finds 'q=al&local=0', 'Alfred';
finds 'local=0', 'zoe', 'Alfred';
finds "server=$zulu", 'zoe', 'Alfred';
finds "server=$zulu&q=z", 'zoe', 'Alfred';
finds "server=$zulu&local=1";
finds 'server=' . random_uuid();
finds 'q=nobody+of+that+name';
finds q_('%'),     '100%';
finds q_('_'),     'a_b';
finds q_('élo'),   'ÉLODIE';
finds q_('ΊΓΜΑ'),  'σίγμα';
finds q_(q('"\\)), ;
finds 'q=of+ali', 'bob';
finds 'online=1';
my @streams = map { $user{$_}->events } qw(alice bob);
eventually sub { @{$admin->get('/admin/users?online=1')->json} == 2 }, 'two come';
finds 'online=1',         'alice', 'bob';
finds 'online=1&q=alice', 'alice';
finds 'online=0&q=ali',   'ALINA';
finds 'online=0&local=0', 'zoe', 'Alfred';
is_deeply [map { $_->{is_online} } @{$admin->get('/admin/users?online=1')->json}], [(Mojo::JSON->true) x 2], 'they are marked so';
is((users('online=1&limit=1'))[1], 2, 'a part of them knows how many they are');
$_->close for @streams;

my ($all) = users('');
my @pages = map { (users("limit=4&offset=$_"))[0] } 0, 4, 8;
is_deeply [map {@$_} @pages], $all, 'pages make up the whole';
my ($beyond, $total) = users('limit=4&offset=1000');
is_deeply $beyond, [], 'beyond the end is nothing';
is $total, @$all, 'which is counted all the same';
is_deeply((users('offset=7'))[0], [@$all[7 .. $#$all]], 'an offset alone');
is_deeply((users('q=al&limit=1'))[1], 4, 'the total is that of what matches');
is_deeply((users('limit=2&limit=5'))[0], [@$all[0, 1]], 'the first of two');

for (['limit', '0', '501', '-1', 'x', '', '1.5', '99999999999999999999'], ['offset', '-1', 'x', '', '1000000001'], ['local', '2', 'true', ''], ['online', '2', ''],
    ['server', 'zulu', '', '1'], ['q', 'x' x 201, '%ff', '%ed%a0%80']) {
    my ($name, @wrong) = @$_;
    for my $value (@wrong) {
        my $answer = $admin->get("/admin/users?$name=$value");
        refused $answer, 400, "$name=" . substr $value, 0, 20;
        like $answer->error, qr/`$name`/, 'the error names the parameter';
    }
}
status_is $admin->get('/admin/users?limit=500&nonsense=1'), 200, 'unknown ones are ignored';
refused $server->anonymous->get('/admin/users?limit=x'), 401, 'a stranger learns nothing of parameters';

my %item = map { $_->{username} => $_ } @{$admin->get('/admin/users')->json};
has_fields $item{alice}, {is_online => false, has_password => true, server_name => undef}, 'what a local user has besides';
has_fields $item{zoe}, {is_online => false, has_password => false, server_name => 'zulu', server_id => $zulu}, 'and one of elsewhere';
is $item{bob}{has_password}, false, 'without a password';
my $stream = $user{alice}->events;
eventually sub { (grep { $_->{username} eq 'alice' } @{$admin->get('/admin/users')->json})[0]{is_online} }, 'who has a stream open is online';

# channels
my $general = $server->channel('general', [@user{qw(alice bob)}]);
$server->channel('Generals', [$user{alice}], private => 1);
$server->channel('Übersicht');
sub channels ($query) {
    my $answer = $admin->get("/admin/channels?$query");
    status_is $answer, 200, "channels?$query";
    return ([map { $_->{name} } @{$answer->json}], $answer->header('x-total-count'));
}
is_deeply [channels('')], [['Generals', 'general', 'Übersicht'], 3], 'all channels';
is_deeply [channels('q=GENERAL')], [['Generals', 'general'], 2], 'those of a name';
is_deeply [channels(q_('ÜBER'))], [['Übersicht'], 1], 'in any script';
is_deeply [channels('limit=1&offset=1')], [['general'], 3], 'a page';
my %channel = map { $_->{name} => $_ } @{$admin->get('/admin/channels')->json};
has_fields $channel{general}, {id => $general, is_private => false, members => 2}, 'how many members it has';
has_fields $channel{Generals}, {is_private => true, members => 1}, 'and whether it is private';
is $channel{'Übersicht'}{members}, 0, 'none';
refused $admin->get('/admin/channels?limit=501'), 400, 'too large a page';

finish;
