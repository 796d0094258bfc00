# Several devices and tabs of one person, missing and refused devices, changes of devices, and a shared screen, with
# real media.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('calls-tabs', server => start_server());
run_in_browser('calls-devices', server => start_server());

finish;
