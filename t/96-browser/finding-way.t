# Finding one's way in the chat: sidebar, search, channels and their members, switcher, keys, notifications, debug console.
use BeringShare::Test;
use BeringShare::Browser;

my @scripts = qw(sidebar channels keys notifications debug-console);
run_in_node('finding');
run_in_browser($_, server => start_server()) for @scripts;

finish;
