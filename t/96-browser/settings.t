# The settings in a real browser: profile, password, looks, sessions, and the way back to the conversation.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('settings', server => start_server(WORKERS => 2));

finish;
