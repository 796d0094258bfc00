# Camera, microphone and speaker in a real browser, with the devices that Chromium makes up for tests.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('settings-devices', server => start_server());

finish;
