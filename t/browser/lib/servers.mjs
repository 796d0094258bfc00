// The servers and proxies of the Perl test, for scripts: where they are, and what can be done to them. What a method
// does is a row of %actions in BeringShare::Browser.

const ACTIONS = [
    'start', 'stop', 'restart', 'kill', 'killWorker', 'workers', 'makeUser', 'makeChannel', // of servers
    'down', 'open', 'hole',                                                               // of proxies
];

class Remote {
    constructor(name, fields, ask) {
        Object.assign(this, fields, { name });
        for (const action of ACTIONS) this[action] = (...parameters) => ask('server', name, action, ...parameters);
    }

    // One request with the API: {status, json}. Options: token, body (an object).
    async request(method, path, { token, body } = {}) {
        const headers = {
            ...(token && { authorization: `Bearer ${token}` }),
            ...(body && { 'content-type': 'application/json' }),
        };
        const answer = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) });
        const text = await answer.text();
        return { status: answer.status, json: text ? JSON.parse(text) : null };
    }

    asAdmin(method, path, body) { return this.request(method, path, { token: this.adminToken, body }); }

    asUser(user, method, path, body) { return this.request(method, path, { token: user.token, body }); }
}

export function serversOf(given, ask) {
    return Object.fromEntries(Object.entries(given).map(([name, fields]) => [name, new Remote(name, fields, ask)]));
}
