# What the settings know without a browser: the strength of passwords, the names of browsers.
use BeringShare::Test;
use BeringShare::Browser;

run_in_node('settings');

finish;
