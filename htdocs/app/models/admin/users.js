// users.js - the accounts of this server, and what it knows of those elsewhere.

import { post, put, remove } from '../../net/api.js';
import { cleaned } from '../../text/names.js';
import { PagedList } from './paged-list.js';

export const users = new PagedList('/admin/users');

/** "alice", or "alice@server" for those of another server. */
export const addressOfUser = (user) => (user.server_name ? `${user.username}@${user.server_name}` : user.username);

export const nameOfUser = (user) => cleaned(user.display_name) || addressOfUser(user);

/** What is to stand beside the name: the address, unless it is the name. */
export const addressBeside = (user) => (nameOfUser(user) === addressOfUser(user) ? null : addressOfUser(user));

/** Makes an account; its permanent token, which the server never says again. */
export async function createUser({ username, display_name: displayName, password }) {
  const made = await post('/admin/users', { username, ...(password && { password }) });
  if (displayName) await put(`/admin/users/${made.id}`, { display_name: displayName });
  return made.token;
}

export const updateUser = (id, { username, display_name: displayName }) =>
  put(`/admin/users/${id}`, { username, display_name: displayName || null });

export const setPassword = (id, password) => put(`/admin/users/${id}`, { password });

/** The new permanent token. */
export const rotateToken = async (id) => (await post(`/admin/users/${id}/token`)).token;

export const deleteUser = (id) => remove(`/admin/users/${id}`);
