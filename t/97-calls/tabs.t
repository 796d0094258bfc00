# Several devices and tabs of one person, pages that come and go, and how many a call bears, with real media.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('calls-tabs', server => start_server(CALL_VIDEO_MOST => 3, CALL_AUDIO_MOST => 5));

finish;
