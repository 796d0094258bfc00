# The emoji picker in a real browser: groups, search in two languages, skin tones, what is often used; by keyboard
# alone.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('emoji-picker', server => start_server());

finish;
