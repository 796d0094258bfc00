# Notifications in the settings: what the browser allows, the tone, and the muted conversations.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('settings-notifications', server => start_server(WORKERS => 2));

finish;
