# Logins are limited for an address, whatever the accounts: ten times what an account may.
use BeringShare::Test;

my $server  = start_server(LOGIN_ATTEMPTS => 2);
my $nobody  = $server->anonymous;
my $passed  = 0;
my $limited = 0;
for my $number (1 .. 200) {
    my $status = $nobody->post('/api/login', {username => "guess$number", password => 'wrong'})->status;
    if ($status == 429) { $limited = 1; last }
    is $status, 401, "guess $number is refused as wrong";
    ++$passed;
}
ok $limited, 'in the end the address is limited';
cmp_ok $passed, '>=', 20, 'not before ten times the limit of an account';
my $admin = $nobody->post('/admin/login', {username => 'guess', password => 'wrong'});
refused $admin, 429, 'the administrator\'s login counts with it';
like $admin->header('Retry-After'), qr/^[1-9]\d*$/, 'Retry-After says how long';

finish;
