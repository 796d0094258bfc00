// answers.js - the server's refusals in the reader's language, and which field of a form each belongs to.

import { t } from '../../language/language.js';

const KNOWN = {
  'the username is taken': { key: 'admin.answer.username-taken', field: 'username' },
  "the administrator's name is set by ADMIN_USERNAME": { key: 'admin.answer.admin-name', field: 'username' },
  "the administrator's account is set by ADMIN_USERNAME": { key: 'admin.answer.admin-account' },
  'users of other servers are managed there': { key: 'admin.answer.remote-user' },
  'no such user': { key: 'admin.answer.no-user', field: 'username' },
  'a server of that name exists': { key: 'admin.answer.server-exists', field: 'name' },
  "that is this server's own name": { key: 'admin.answer.own-name', field: 'name' },
  'no such server': { key: 'admin.answer.no-server' },
  'a channel of that name exists': { key: 'admin.answer.channel-exists', field: 'name' },
  'no such channel': { key: 'admin.answer.no-channel' },
  'channels of other servers are changed there': { key: 'admin.answer.remote-channel' },
  'users of other servers are added by the channel\'s own server': { key: 'admin.answer.add-there', field: 'username' },
  "the channel is hidden from that user's server": { key: 'admin.answer.hidden', field: 'username' },
  'not a member': { key: 'admin.answer.no-member' },
  'no such token': { key: 'admin.answer.no-token' },
  'no such refused row': { key: 'admin.answer.no-row' },
};

const FIELD = /^field `(\w+)`/;

/** Changes the error's text to one in the reader's language, where there is one. Returns the error. */
export function explain(error) {
  const known = KNOWN[error.message];
  if (known) Object.assign(error, { message: t(known.key), field: known.field });
  return error;
}

/** The field that an error is about, of those that a form has; '' for the whole form. */
export function fieldOf(error, fields) {
  const field = error.field ?? FIELD.exec(error.message)?.[1];
  return fields.includes(field) ? field : '';
}
