# What a hostile or an unlucky user does to the chat: texts as long as they may be, names without end, thousands of
# channels, and workers that die while one types.
use BeringShare::Test;
use BeringShare::Browser;

run_in_browser('rough', server => start_server());

finish;
