# A client that says only what the original's says calls and is called: between two people, and in a channel.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('calls-original', server => start_server());

finish;
