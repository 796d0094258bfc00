# Missing and refused devices, changes of devices in the middle of a call, and a shared screen, with real media.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('calls-devices', server => start_server());

finish;
