# Completion in a real browser: people, channels and emoji, by keyboard alone.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('completion', server => start_server());

finish;
