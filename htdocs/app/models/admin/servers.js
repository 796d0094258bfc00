// servers.js - the other servers: their entries, how the link to each is, and what each may see. Their tokens are not
// asked for.

import { computed, signal } from '@preact/signals';
import { get, post, put, remove } from '../../net/api.js';

/** [{id, name, base_url}] by name; null: not loaded yet. */
export const servers = signal(null);
export const serversError = signal(null);

export const serverNames = computed(() => new Map((servers.value ?? []).map(({ id, name }) => [id, name])));
export const serverById = (id) => (servers.value ?? []).find((server) => server.id === id);

export async function loadServers() {
  try {
    const list = await get('/admin/servers?tokens=0');
    servers.value = list.map(({ id, name, base_url: baseUrl }) => ({ id, name, base_url: baseUrl }))
      .sort((one, other) => one.name.localeCompare(other.name));
    serversError.value = null;
  } catch (error) {
    serversError.value = error;
  }
}

/** Registers one; the token that the server made for it, or null if one was given. */
export async function createServer({ name, base_url: baseUrl, token }) {
  const made = await post('/admin/servers', { name, base_url: baseUrl, ...(token && { token }) });
  return token ? null : made.token;
}

/** No token: it stays as it is. */
export async function updateServer(id, { name, base_url: baseUrl, token }) {
  await put(`/admin/servers/${id}?tokens=0`, { name, base_url: baseUrl, ...(token && { token }) });
}

export const deleteServer = (id) => remove(`/admin/servers/${id}`);

/** GET /admin/servers/:id/status */
export const loadStatus = (id) => get(`/admin/servers/${id}/status`);

/**
 * Tries both ways, which may take some seconds: {out, in}, each {reached, refused, error, took_ms}; reached null:
 * unknown.
 */
export const tryServer = (id) => get(`/admin/servers/${id}/reach`);

/** A refused row, or all of them without one: sent again, or forgotten. */
export const retryRefused = (id, row) => post(`/admin/servers/${id}/retry`, row ? { row } : {});
export const dropRefused = (id, row) => post(`/admin/servers/${id}/drop`, row ? { row } : {});

/**
 * How a link is, as one word: 'refuses-us', 'failing', 'waiting', 'untried', 'good'. Takes what the overview and the
 * status say of it alike.
 */
export function healthOf(link) {
  if (link.refuses_us) return 'refuses-us';
  if (link.failures > 0) return 'failing';
  if (!link.last_contact) return 'untried';
  return link.queue_depth > 0 ? 'waiting' : 'good';
}
