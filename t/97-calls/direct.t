# A call between two people of one server, with real media: ringing, answering, what each sees and hears, and every way
# out of it.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('calls-direct', server => start_server());

finish;
