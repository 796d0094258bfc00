# The modules of the administration page that need no browser.
use BeringShare::Test;
use BeringShare::Browser;

run_in_node('admin');

finish;
