// channels.js - all channels, private ones too, and who is in them.

import { signal } from '@preact/signals';
import { get, post, put, remove } from '../../net/api.js';
import { PagedList } from './paged-list.js';

export const channels = new PagedList('/admin/channels');

export const createChannel = ({ name, isPrivate }) => post('/admin/channels', { name, private: isPrivate });
export const updateChannel = (id, { name, isPrivate }) => put(`/admin/channels/${id}`, { name, private: isPrivate });
/** null: the server's number counts. */
export const setRetention = (id, days) => put(`/admin/channels/${id}/retention`, { days });
export const deleteChannel = (id) => remove(`/admin/channels/${id}`);

/** One channel and its members: {channel, members}; channel null: there is none; undefined: not known yet. */
export class ChannelDetail {
  channel = signal(undefined);
  members = signal(null);
  error = signal(null);
  #id;

  constructor(id) {
    this.#id = id;
    this.channel.value = channels.rows.value?.find((row) => row.id === id);
  }

  async load() {
    try {
      const [channel, members] = await Promise.all([this.#find(), get(`/admin/channels/${this.#id}/members`)]);
      this.channel.value = channel;
      this.members.value = members;
      this.error.value = null;
    } catch (error) {
      if (error.status === 404) this.channel.value = null;
      else this.error.value = error;
    }
  }

  /** By its name as long as it has that, else among all. */
  async #find() {
    const find = (rows) => rows.find((row) => row.id === this.#id);
    const { name } = this.channel.value ?? {};
    return (name && find(await get('/admin/channels', { q: name, limit: 500 })))
        || (find(await get('/admin/channels')) ?? null);
  }

  /** Takes "alice" or "alice@server". */
  add(address) {
    return post(`/admin/channels/${this.#id}/members`, { username: address });
  }

  remove(userId) {
    return remove(`/admin/channels/${this.#id}/members/${userId}`);
  }
}
