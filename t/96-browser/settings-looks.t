# Every part of the settings, light and dark, wide and narrow, in German, from right to left, with high contrast.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('settings-looks', server => start_server());

finish;
