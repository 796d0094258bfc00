# Sending in a real browser while the server is away: what was written waits, survives reloads, and is stored exactly
# once, in order; what the server refuses can be tried again or given up.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('outbox', server => start_server());

finish;
