# The audit log: each change by an administrator is a row, whatever the route; none holds a secret.
use BeringShare::Test;
use BeringShare::Routes;

my $server  = start_server();
my $admin   = $server->admin;
my $alice   = $server->user('alice', password => 'the password of alice');
my $bob     = $server->user('bob');
my $channel = $server->channel('general', [$alice]);
my $peer    = $admin->post('/admin/servers', {name => 'server_b', base_url => 'http://127.0.0.1:1', token => 'token-of-b-31415'})->json->{id};
my $token   = $admin->post('/admin/federation-tokens', {label => 'friends'})->json->{id};

sub rows ($query = '') { return $admin->get("/admin/audit$query")->json }

# ---- what a row says ----
my $made = (grep { $_->{action} eq 'server.create' } @{rows()})[0];
has_fields $made, {actor => 'ADMIN_TOKEN', object => $peer}, 'who, and what was made';
has_fields decode_json($made->{details}), {name => 'server_b', base_url => 'http://127.0.0.1:1', token => '***'}, 'how, without the token';
like $made->{address}, qr/^127\./, 'from where';
like_time $made->{at}, 'when';

my $session = $server->anonymous->post('/admin/login', {username => 'admin', password => $server->environment->{ADMIN_PASSWORD}});
status_is $session, 200, 'the administrator signs in';
my $person = $server->anonymous->with(token => $server->keep_secret($session->json->{token}));
status_is $person->put('/admin/users/' . $bob->id, {password => 'a-new-password-2718', display_name => 'Bob'}), 200, 'and changes a user';
my $row = rows()->[0];
has_fields $row, {actor => 'admin', action => 'user.update', object => 'bob (' . $bob->id . ')'}, 'by name';
is_deeply decode_json($row->{details}), {password => '***', display_name => 'Bob'}, 'what was given';
is rows()->[1]{action}, 'session.begin', 'signing in is a row';
is rows()->[1]{actor},  'admin',         'of the administrator';

# ---- what fails or only reads is none ----
my $before = rows()->[0]{id};
refused $admin->post('/admin/users', {username => 'bob'}), 409, 'a name that is taken';
refused $admin->delete('/admin/users/' . random_uuid()), 404, 'nobody';
refused $alice->delete('/admin/users/' . $bob->id), 403, 'not allowed';
status_is $admin->get('/admin/users'), 200, 'a list';
is rows()->[0]{id}, $before, 'no row';

# ---- every route that changes something ----
my %ids = (user => $alice->id, other => $bob->id, channel => $channel, server => $peer, token => $token);
status_is $alice->try_login, 200, 'alice has a session, too';
my $ended  = $admin->get('/admin/users/' . $alice->id . '/sessions')->json->[0]{id};
my @routes = (
    grep({ $_->[0] ne 'GET' && $_->[1] ne '/admin/logout' } admin_routes()),
    ['POST', '/admin/users/sync-federated', {}], ['POST', '/admin/channels/sync-federated', {}],
);
$_->[1] =~ s{/sessions/:token$}{/sessions/$ended} for @routes;
my %order = map { $routes[$_][0] . $routes[$_][1] => $_ } 0 .. $#routes;    # what is deleted goes last, members first
@routes = sort {
    ($a->[0] eq 'DELETE') <=> ($b->[0] eq 'DELETE') || ($b->[1] =~ /sessions/) <=> ($a->[1] =~ /sessions/)
        || ($b->[1] =~ m{sessions/}) <=> ($a->[1] =~ m{sessions/}) || ($b->[1] =~ /members/) <=> ($a->[1] =~ /members/)
        || $order{"$a->[0]$a->[1]"} <=> $order{"$b->[0]$b->[1]"}
} @routes;
for my $route (@routes) {
    my ($method, $path, $body) = @$route;
    $body = {name => 'another'} if "$method $path" eq 'PUT /admin/servers/:server';    # its name is taken by now
    my $last   = rows()->[0]{id};
    my $answer = $admin->request($method, fill_route($path, %ids), fill_body($body, %ids));
    status_is $answer, 200, "$method $path";
    eventually sub { rows()->[0]{id} > $last }, "$method $path: a row";
}
is scalar(grep { $_->{action} eq 'channel.delete' && $_->{object} =~ /\Q$channel\E/ } @{rows()}), 1, 'a deletion names what is gone';
status_is $person->post('/admin/logout'), 200, 'the administrator signs out';
is rows()->[0]{action}, 'session.end', 'which is a row';

# The server's own table: no admin route that changes something may be without a name.
my @table = split /\n(?=    \{)/, read_file("$BeringShare::Server::SOURCE/src/worker/routes.c");
my @changing = grep {/^    \{(?:POST|PUT|DELETE), "\/admin\//} @table;
cmp_ok scalar(@changing), '>=', 20, 'routes that change something';
is_deeply [grep { !/AUDIT\("[a-z-]+\.[a-z-]+"\)/ } @changing], [], 'all have a name for the log';

# ---- searching, pages ----
is_deeply [map { $_->{action} } @{rows('?q=USER.UPD&limit=1')}], ['user.update'], 'by action';
ok !(grep { "@$_{qw(actor action object details address)}" !~ /general/i } @{rows('?q=general')}) && @{rows('?q=general')}, 'by name';
my (@all, $next);
while (1) {
    my $page = rows('?limit=3' . ($next ? "&before=$next" : ''));
    last unless @$page;
    push @all, map { $_->{id} } @$page;
    $next = $all[-1];
}
is_deeply \@all, [sort { $b <=> $a } @all], 'pages go back, newest first';
is scalar(@all), scalar(@{rows('?limit=500')}), 'and hold all of it';
refused $admin->get("/admin/audit?$_"), 400, "nonsense: $_" for 'limit=0', 'limit=501', 'before=-1', 'before=x';
refused $bob->get('/admin/audit'), 403, 'nothing for users';

# ---- no secret, wherever it is ----
my $text = encode_json(rows('?limit=500'));
unlike $text, qr/\Q$_\E/, 'no secret in any row'
    for 'token-of-b-31415', 'a-new-password-2718', $person->token, $admin->token, $server->environment->{ADMIN_PASSWORD};

# ---- written with its action, or not at all; bounded by age ----
$server->restart;
is scalar(@{rows('?limit=500')}), scalar(@all), 'a restart keeps it';
$server->stop;
my $database = $server->database;
run_command(['sqlite3', $database, "UPDATE audit_log SET at = at - 366 * 86400 * 1000000000 WHERE key <= $all[5]"]);
$server->launch;
eventually sub { @{rows('?limit=500')} == 5 }, 'what is older than AUDIT_DAYS goes';

finish;
