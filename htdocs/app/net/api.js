// api.js - the one module that fetches: JSON to and from the server, on behalf of whoever the cookie says.

import { note } from './trace.js';

const TIMEOUT_MS = 30000;

/** What went wrong: the server's status and text; status 0 if there was no answer. */
export class ApiError extends Error {
  constructor(status, text, retryAfter = 0) {
    super(text);
    this.name = 'ApiError';
    this.status = status;
    this.retryAfter = retryAfter; // seconds
  }

  /** True where the same request may succeed later without anybody's doing. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const unauthorized = new Set();

/** Calls the function whenever an answer says that the session is over. Returns what takes it back. */
export function onUnauthorized(listener) {
  unauthorized.add(listener);
  return () => unauthorized.delete(listener);
}

/** A path with its query; parameters that are null, undefined or '' are left out. */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters ?? {})) {
    if (value !== null && value !== undefined && value !== '') query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

async function readAnswer(answer) {
  const text = await answer.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(answer.ok ? 502 : answer.status, 'The answer is not JSON.');
  }
}

async function send(method, path, body, { signal, isSigningIn, keepalive = false } = {}) {
  const time = AbortSignal.timeout(TIMEOUT_MS);
  const options = {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    keepalive,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, time]) : time,
  };
  note('request', `${method} ${path}`, body);
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (signal?.aborted) throw error;
    note('answer', `${method} ${path} failed`, { error: String(error) });
    throw new ApiError(0, 'The server cannot be reached.');
  }
  const value = await readAnswer(answer);
  note('answer', `${answer.status} ${method} ${path}`, value);
  if (answer.ok) return { value, headers: answer.headers };
  if (answer.status === 401 && !isSigningIn) unauthorized.forEach((listener) => listener(path));
  throw new ApiError(answer.status, value?.error ?? answer.statusText, Number(answer.headers.get('retry-after')) || 0);
}

/*
 * Each answers with the JSON, or throws an ApiError. Options: signal (an AbortSignal, whose abort is thrown as it is),
 * isSigningIn (a 401 means a wrong password, not the end of the session), keepalive (it arrives even if the page is
 * closed now).
 */
export const get = async (path, parameters, options) =>
  (await send('GET', withQuery(path, parameters), undefined, options)).value;
export const post = async (path, body = {}, options = {}) => (await send('POST', path, body, options)).value;
export const put = async (path, body = {}, options = {}) => (await send('PUT', path, body, options)).value;
export const remove = async (path, options) => (await send('DELETE', path, undefined, options)).value;

/** As get and post, with the answer's headers: {value, headers}. */
export const getForHeaders = (path) => send('GET', path);
export const postForHeaders = (path, body = {}, options = {}) => send('POST', path, body, options);

/** One page of a long list: {rows, total}. */
export async function getPage(path, parameters, options) {
  const { value, headers } = await send('GET', withQuery(path, parameters), undefined, options);
  const total = headers.get('x-total-count');
  return { rows: value, total: total === null ? value.length : Number(total) };
}
