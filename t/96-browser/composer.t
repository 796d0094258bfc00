# Writing in a real browser: keys, drafts, limits, marks; what is typed while nothing has the focus.
use BeringShare::Test;
use BeringShare::Browser;

run_in_node('writing');
run_in_browser('composer', server => start_server(MAX_MESSAGE_BYTES => 3000));

finish;
