// What must not happen in anybody's browser unless it is expected: errors on the console and in scripts, violations of
// the content security policy, requests that fail, requests to hosts that are none of the test's servers. All of it is
// collected while a context lives; its end is a check that there was nothing unexpected.

const LOCAL_SCHEME = /^(?:data|blob|about|chrome-error|devtools):/;

// Rows for allow(): what happens when something is done on purpose.
export const EXPECTED = {
    refused: [/status of 40[0134]/],
    signedOut: [/status of 401/],
    offline: [/net::ERR_INTERNET_DISCONNECTED/, /net::ERR_NETWORK_CHANGED/, /net::ERR_FAILED/],
    serverAway: [
        /net::ERR_CONNECTION_(?:REFUSED|RESET|CLOSED|ABORTED)/,
        /net::ERR_(?:EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH)/,
        /WebSocket connection to .* failed/,
        /status of 503/,
    ],
};

// The page itself has given the request up (it was closed, or navigated away): nobody's fault.
const GIVEN_UP = /net::ERR_ABORTED/;

export class Guard {
    #hosts;
    #allowed = [];
    #seen = [];

    // hosts: "address:port" of the test's servers.
    constructor(context, hosts) {
        this.#hosts = new Set(hosts);
        context.on('console', (message) => this.#console(message));
        context.on('weberror', (error) => this.#saw(`page error: ${error.error().stack ?? error.error()}`));
        context.on('request', (request) => this.#visit(request.url()));
        context.on('requestfailed', (request) => this.#failed(request));
        context.on('page', (page) => {
            page.on('websocket', (socket) => this.#visit(socket.url()));
            page.on('crash', () => this.#saw('the page crashed'));
        });
        context.on('serviceworker', (worker) => worker.on('console', (message) => this.#console(message)));
    }

    // What matches one of these is expected, from the beginning on: allow(EXPECTED.offline, [/a text/]).
    allow(...lists) { this.#allowed.push(...lists.flat()); }

    // What was seen and is not expected.
    problems() { return this.#seen.filter((text) => !this.#allowed.some((pattern) => pattern.test(text))); }

    #saw(text) { this.#seen.push(text); }

    #console(message) {
        if (message.type() !== 'error') return;
        const kind = /Content Security Policy/.test(message.text()) ? 'content security policy' : 'console error';
        this.#saw(`${kind}: ${message.text()} (${message.location().url})`);
    }

    #visit(url) {
        if (!LOCAL_SCHEME.test(url) && !this.#hosts.has(new URL(url).host)) this.#saw(`foreign host: ${url}`);
    }

    #failed(request) {
        const reason = request.failure()?.errorText ?? 'no reason';
        if (!GIVEN_UP.test(reason)) this.#saw(`request failed: ${request.method()} ${request.url()}: ${reason}`);
    }
}
