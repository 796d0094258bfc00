# Users, channels, servers, tokens and sessions through the running server: every command, what it prints, and what it refuses.
use BeringShare::Test;
use BeringShare::Control;

my $server = start_server();
my $admin  = $server->admin;
sub user_named ($name) { my ($user) = grep { $_->{username} eq $name } @{$admin->get('/admin/users')->json}; return $user }

# ---- users ----
my $token = $server->keep_secret(control_ok($server, ['users', 'create', 'alice'], 'users create') =~ s/\n//r);
my $alice = $server->anonymous->with(token => $token, username => 'alice');
status_is $alice->get('/api/me'), 200, 'prints a token that is a way in';
has_fields $server->keep_secret(control_json($server, ['users', 'create', 'bob', '--password'], input => "bob-password\n")), {username => 'bob'},
    'with a password, for programs';
my $bob = $server->anonymous->with(username => 'bob', password => 'bob-password', id => user_named('bob')->{id});
status_is $bob->try_login, 200, 'with which he signs in';
control_fails $server, ['users', 'create', 'alice'], 4, qr/409.*taken/, 'a name that is taken';
control_fails $server, ['users', 'create', 'not a name'], 4, qr/answered 4\d\d/, 'a name that is none';
control_fails $server, ['users', 'create', 'carol', '--password'], 2, qr/standard input/, 'no password on standard input';

is_deeply [sort map { $_->{username} } @{control_json($server, ['users', 'list'])}], [qw(admin alice bob)], 'users list';
is_deeply [map { $_->{username} } @{control_json($server, ['users', 'list', 'LIC', '--local'])}], ['alice'], 'those with a text in their name';
control_ok $server, ['users', 'update', 'alice', '--display-name', 'Älice 漢字'], 'users update';
my @lines = split /\n/, control_ok($server, ['users', 'list'], 'as a table');
like $lines[0], qr/^NAME +SERVER +DISPLAY NAME +ONLINE +PASSWORD +ID$/, 'with a head';
my ($row) = grep {/^alice /} @lines;
is index($row =~ s/漢字/xxxx/r, $alice->get('/api/me')->json->{user}{id}), index($lines[0], 'ID'), 'its columns are straight, also with wide characters';
control_ok $server, ['users', 'update', 'alice', '--display-name', ''], 'no display name';
is user_named('alice')->{display_name}, undef, 'it is gone';
control_ok $server, ['users', 'update', 'bob', '--name', 'robert'], 'a new name';
is user_named('robert')->{id}, $bob->id, 'has the same user';
control_fails $server, ['users', 'update', 'alice'], 2, qr/nothing to change/, 'nothing to change';
control_fails $server, ['users', 'update', 'nobody', '--name', 'x'], 5, qr/no user nobody/, 'nobody';

my $first = $bob->with(username => 'robert')->login;
control_ok $server, ['users', 'password', 'robert'], 'users password', input => "another-password\n";
refused $first->get('/api/me'), 401, 'ends the sessions';
refused $bob->with(username => 'robert')->try_login, 401, 'the old password is void';
status_is $bob->with(username => 'robert', password => 'another-password')->try_login, 200, 'the new one is valid';
my $made = $server->keep_secret(control_ok($server, ['users', 'password', $bob->id, '--generate'], 'one that is made, by id') =~ s/\n//r);
status_is $bob->with(username => 'robert', password => $made)->try_login, 200, 'is printed, and valid';
my $new = $server->keep_secret(control_json($server, ['users', 'token', 'alice'])->{token});
refused $alice->get('/api/me'), 401, 'users token: the old one is void';
$alice = $server->anonymous->with(token => $new, username => 'alice');
status_is $alice->get('/api/me'), 200, 'the new one is valid';

# ---- sessions ----
my @sessions = map { $bob->with(username => 'robert', password => $made)->login } 1 .. 2;
my $list = control_json($server, ['sessions', 'list', 'robert']);
is scalar @$list, 3, 'sessions list';
like control_ok($server, ['sessions', 'list', 'robert'], 'as a table'), qr/^SINCE +UNTIL +WITH +ID\n(?:20\d\d-.*\n){3}$/, 'with times';
my ($one) = map { $_->{id} } grep { $_->{is_current} } @{$sessions[0]->get('/api/sessions')->json};
control_ok $server, ['sessions', 'end', 'robert', $one], 'sessions end, one';
refused $sessions[0]->get('/api/me'), 401, 'that one is over';
status_is $sessions[1]->get('/api/me'), 200, 'the other is not';
control_fails $server, ['sessions', 'end', 'robert', $one], 5, qr/no such session/, 'one that is no more';
control_fails $server, ['sessions', 'end', 'robert', '../../alice'], 5, qr/no session/, 'no id';
control_ok $server, ['sessions', 'end', 'robert'], 'sessions end, all';
refused $sessions[1]->get('/api/me'), 401, 'all are over';
control_fails $server, ['sessions', 'list', 'nobody'], 5, qr/no user/, 'of nobody';

# ---- channels ----
my $general = control_ok($server, ['channels', 'create', 'general'], 'channels create') =~ s/\n//r;
like_uuid $general, 'prints its id';
has_fields control_json($server, ['channels', 'create', 'secret plans', '--private']), {is_private => true}, 'a private one';
control_fails $server, ['channels', 'create', 'general'], 4, qr/exists/, 'a name that is taken';
control_ok $server, ['channels', 'add', 'general', 'alice'], 'channels add';
control_ok $server, ['channels', 'add', $general, 'robert'], 'by id';
control_fails $server, ['channels', 'add', 'general', 'nobody'], 5, qr/no such user/, 'nobody';
is_deeply [sort map { $_->{username} } @{control_json($server, ['channels', 'members', 'general@local'])}], ['alice', 'robert'], 'channels members';
control_ok $server, ['channels', 'remove', 'general', 'robert'], 'channels remove';
control_fails $server, ['channels', 'remove', 'general', 'robert'], 5, qr/not a member/, 'who is no member';
like control_ok($server, ['channels', 'list'], 'channels list'), qr/^general +local +1 +\Q$general\E$/m, 'with how many are in it';
is_deeply [map { $_->{name} } @{control_json($server, ['channels', 'list', 'PLAN'])}], ['secret plans'], 'those with a text in their name';
control_ok $server, ['channels', 'update', 'secret plans', '--public', '--name', 'plans'], 'channels update';
has_fields control_json($server, ['channels', 'list', 'plans'])->[0], {name => 'plans', is_private => false}, 'changes it';
control_fails $server, ['channels', 'update', 'plans'], 2, qr/nothing to change/, 'nothing to change';
control_fails $server, ['channels', 'update', 'plans', '--public', '--private'], 2, qr/not go together/, 'both at once';
control_fails $server, ['channels', 'delete', 'plans'], 2, qr/all of its messages.*\n.*--yes/, 'channels delete asks';
control_ok $server, ['channels', 'delete', 'plans', '--yes'], 'or is told to';
control_fails $server, ['channels', 'members', 'plans'], 5, qr/no channel plans/, 'it is gone';

# ---- servers ----
my $made_token = $server->keep_secret(control_ok($server, ['servers', 'create', 'north', 'http://127.0.0.1:1'], 'servers create') =~ s/\n//r);
like $made_token, qr/^\S{20,}$/, 'prints the token that was made';
$server->keep_secret('token-of-the-south');
is control_ok($server, ['servers', 'create', 'south', 'http://127.0.0.1:1', '--token'], 'with a token', input => "token-of-the-south\n"), '',
    'prints nothing';
is_deeply [sort map {"$_->{name} $_->{token}"} @{control_json($server, ['servers', 'list'])}], ["north $made_token", 'south token-of-the-south'],
    'servers list, for programs';
unlike control_ok($server, ['servers', 'list'], 'for people'), qr/token-of/, 'shows no token';
control_fails $server, ['servers', 'create', 'east', 'gopher://east'], 4, qr/http or https/, 'a wrong URL';
control_ok $server, ['servers', 'update', 'south', '--url', 'http://127.0.0.1:2', '--name', 'west'], 'servers update';
has_fields [grep { $_->{name} eq 'west' } @{control_json($server, ['servers', 'list'])}]->[0],
    {base_url => 'http://127.0.0.1:2', token => 'token-of-the-south'}, 'changes it, and nothing else';
control_ok $server, ['servers', 'hide', 'north', '--user', 'alice', '--channel', 'general'], 'servers hide';
my $alice_id = user_named('alice')->{id};
is_deeply control_json($server, ['servers', 'hidden', 'north']), {hidden_user_ids => [$alice_id], hidden_channel_ids => [$general]}, 'servers hidden';
control_ok $server, ['servers', 'hide', 'north', '--user', 'alice'], 'twice is as good as once';
like control_ok($server, ['servers', 'hidden', 'north'], 'for people'), qr/^user +\Q$alice_id\E\nchannel +\Q$general\E\n$/, 'one a line';
control_ok $server, ['servers', 'unhide', 'north', '--user', $alice_id], 'servers unhide';
is_deeply control_json($server, ['servers', 'hidden', 'north']), {hidden_user_ids => [], hidden_channel_ids => [$general]}, 'shows it again';
control_fails $server, ['servers', 'hide', 'north'], 2, qr/--user or --channel/, 'nothing to hide';
eventually sub { control_json($server, ['servers', 'status', 'north'])->{failures} > 0 }, 'servers status: nobody is there';
like control_ok($server, ['servers', 'status', 'north'], 'for people'), qr/^failed attempts +[1-9]/m, 'says so';
control_ok $server, ['servers', 'retry', 'north'], 'servers retry';
control_ok $server, ['servers', 'drop', 'north'], 'servers drop';
control_fails $server, ['servers', 'drop', 'north', '77'], 5, qr/no such refused row/, 'a row that is not there';
control_fails $server, ['servers', 'retry', 'north', 'x'], 2, qr/must be a number/, 'a row that is none';
is_deeply control_json($server, ['users', 'sync']), [], 'users sync';
is_deeply control_json($server, ['channels', 'sync']), [], 'channels sync';
control_ok $server, ['servers', 'delete', 'north', '--yes'], 'servers delete';
control_fails $server, ['servers', 'status', 'north'], 5, qr/no server north/, 'it is gone';

# ---- federation tokens ----
my $friends = $server->keep_secret(control_ok($server, ['federation-tokens', 'create', 'friends'], 'federation-tokens create') =~ s/\n//r);
status_is $server->anonymous->get('/federation/info', undef, headers => {'x-federation-token' => $friends}), 200, 'prints one that is valid';
like control_ok($server, ['federation-tokens', 'list'], 'federation-tokens list'), qr/^friends +20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ +\S+$/m, 'shows it, not the secret';
control_ok $server, ['federation-tokens', 'create', 'friends'], 'another one of that label';
control_fails $server, ['federation-tokens', 'delete', 'friends', '--yes'], 4, qr/more than one/, 'which one is meant?';
control_ok $server, ['federation-tokens', 'delete', $_->{id}, '--yes'], 'by id' for @{control_json($server, ['federation-tokens', 'list'])};
is_deeply control_json($server, ['federation-tokens', 'list']), [], 'none is left';

control_ok $server, ['users', 'delete', 'robert', '--yes'], 'users delete';
control_fails $server, ['users', 'delete', 'admin', '--yes'], 4, qr/ADMIN_USERNAME/, 'not the administrator';

finish;
