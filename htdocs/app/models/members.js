// members.js - tells whoever shows the members of a channel that they have changed.

const listeners = new Set();

/**
 * `subscribe(listener)` calls it at once, and with a channel's id whenever its members change; null: any may have
 * changed.
 */
export const membersChanged = {
  subscribe(listener) {
    listeners.add(listener);
    listener(null);
    return () => listeners.delete(listener);
  },
};

const tell = (id) => listeners.forEach((listener) => listener(id));

export const memberEvents = {
  member_added: (event) => tell(event.channel_id),
  member_removed: (event) => tell(event.channel_id),
};

/** After events were missed. */
export const forgetMembers = () => tell(null);
