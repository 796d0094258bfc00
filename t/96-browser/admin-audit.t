# The administration's audit log, disk use and retention in a real browser; a history that is cut while somebody reads it.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('admin-audit', server => start_server(RETENTION_DAYS => 90));

finish;
