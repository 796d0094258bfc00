# The chat as an app: its manifest and icons.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('installable', server => start_server());

finish;
