// visibility.js - what one server may see: users and channels of this server, each hidden from it or not.
//
// Always holds: hidden ids that are in neither list (of users elsewhere) are saved as they were.

import { computed, signal } from '@preact/signals';
import { get, put } from '../../net/api.js';
import { admin } from './session.js';

/**
 * One list of check boxes: rows {id, label, detail}, of which some are hidden. A row that is ticked or not stays where
 * it is until the list is searched or saved: nobody loses the box that has the focus.
 */
class Choices {
  rows = signal([]);
  hidden = signal(new Set());
  query = signal('');
  shown = signal('all'); // all, hidden, visible
  #filtered = signal(new Set()); // what was hidden when the list was filtered

  matching = computed(() => {
    const query = this.query.value.toLocaleLowerCase();
    const wanted = { all: () => true, hidden: (id) => this.#filtered.value.has(id),
        visible: (id) => !this.#filtered.value.has(id) };
    return this.rows.value.filter(({ id, text }) => wanted[this.shown.value](id) && text.includes(query));
  });

  count = computed(() => this.rows.value.filter(({ id }) => this.hidden.value.has(id)).length);

  search(query) {
    this.query.value = query.trim();
    this.#filtered.value = this.hidden.value;
  }

  show(which) {
    this.shown.value = which;
    this.#filtered.value = this.hidden.value;
  }

  /** All of them anew. */
  reset(ids) {
    this.hidden.value = new Set(ids);
    this.#filtered.value = this.hidden.value;
  }

  set(ids, isHidden) {
    const next = new Set(this.hidden.value);
    for (const id of ids) next[isHidden ? 'add' : 'delete'](id);
    this.hidden.value = next;
  }
}

const row = (id, label, detail = '') => ({ id, label, detail, text: `${label} ${detail}`.toLocaleLowerCase() });
const isSame = (one, other) => one.size === other.size && [...one].every((id) => other.has(id));

export class Visibility {
  users = new Choices();
  channels = new Choices();
  isLoaded = signal(false);
  error = signal(null);
  #saved = signal({ users: new Set(), channels: new Set() });
  #path;

  hasChanges = computed(() => !isSame(this.#saved.value.users, this.users.hidden.value)
    || !isSame(this.#saved.value.channels, this.channels.hidden.value));

  constructor(serverId) {
    this.#path = `/admin/servers/${serverId}/visibility`;
  }

  async load() {
    try {
      const [hidden, users, channels] = await Promise.all([
        get(this.#path), get('/admin/users', { local: 1 }), get('/admin/channels')]);
      this.users.rows.value = users.map((user) => row(user.id, user.username, user.display_name ?? ''));
      this.channels.rows.value = channels.filter((channel) => channel.origin_server === admin.value?.server_name)
        .map((channel) => row(channel.id, `#${channel.name}`));
      this.#take(hidden);
      this.isLoaded.value = true;
      this.error.value = null;
    } catch (error) {
      this.error.value = error;
    }
  }

  #take({ hidden_user_ids: users, hidden_channel_ids: channels }) {
    this.#saved.value = { users: new Set(users), channels: new Set(channels) };
    this.users.reset(users);
    this.channels.reset(channels);
  }

  /** Throws an ApiError. */
  async save() {
    this.#take(await put(this.#path, {
      hidden_user_ids: [...this.users.hidden.value], hidden_channel_ids: [...this.channels.hidden.value],
    }));
  }

  undo() {
    this.users.reset(this.#saved.value.users);
    this.channels.reset(this.#saved.value.channels);
  }
}
