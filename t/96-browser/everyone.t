# The chat for everyone: right to left, German on a phone, high contrast, forced colours, reduced motion.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('everyone', server => start_server());

finish;
