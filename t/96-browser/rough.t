# What a hostile or an unlucky user does to the chat: texts as long as they may be, names without end, thousands of
# channels, and workers that die while one types.
use BeringShare::Test;
use BeringShare::Browser;
use BeringShare::Database qw(open_database);

my $server = start_server();

# As an old database, or another server, may have it: this server's own users cannot call themselves anything.
sub set_display_name ($username, $name) {
    my $database = open_database($server->database);
    $database->do('UPDATE users SET display_name = ? WHERE username = ?', undef, $name, $username);
    $database->disconnect;
    return 1;
}

run_in_browser('rough', server => $server, actions => {setDisplayName => \&set_display_name});

finish;
