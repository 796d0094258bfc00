# The connection between two pages, with real media, by itself: signals that come in another order, both offering at
# once, signals that are lost, another network.
use BeringShare::Test;
use BeringShare::Browser;

run_in_node('calls');
run_in_browser('calls-link', server => start_server());

finish;
