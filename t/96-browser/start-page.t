# The start page in a real browser: on a phone and a wide screen, light and dark.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('start-page', server => start_server());

finish;
