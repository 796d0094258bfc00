# The first load of the chat: how much comes, what is asked, and whether anything jumps.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('first-load', server => start_server(WORKERS => 2));

finish;
