# The administration of channels, members and federation tokens in a real browser.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('admin-channels', server => start_server());

finish;
