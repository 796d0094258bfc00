# Sessions and tabs in the browser: signing in, out, and in again where one was; one stream for all tabs, and none of its events lost.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('sessions', server => start_server(REQUEST_TIMEOUT_SECONDS => 5));

finish;
