// message.js - one message: who, what, when, and what can be done with it; one that is still to be sent, too. Whoever
// listens hears the author and the text first, and the time after them.

import { html, useComputed } from '../../html.js';
import { t } from '../../language/language.js';
import { conversationByKey } from '../../models/conversations.js';
import { discard, retry } from '../../models/outbox.js';
import { addressOf, authorOf, isMistakable, nameOf, personById } from '../../models/people.js';
import { clockTime, fullTime } from '../../text/format.js';
import { Avatar } from '../shared/avatar.js';
import { copyText } from '../shared/copy-button.js';
import { Icon } from '../shared/icon.js';
import { MenuButton } from '../shared/menu-button.js';
import { say } from '../shared/toasts.js';
import { MessageBody } from './message-body.js';
import { markUnread } from './read-position.js';

/** Whether all see the address beside the author's name: it is of another server, or the name could mislead. */
const showsAddress = (author) => Boolean(author.server_name) || isMistakable(author);

/** Drawn again only if what it says changes. Who listens, or points at it, always learns the address. */
function Author({ message, isContinued }) {
  const name = useComputed(() => nameOf(authorOf(message))).value;
  const address = useComputed(() => addressOf(authorOf(message))).value;
  const isShown = useComputed(() => showsAddress(authorOf(message))).value;
  const beside = address !== name && html`${' '}<bdi class=${isShown ? 'address' : 'hidden'}>${address}</bdi>`;
  if (isContinued) return html`<span class="hidden"><bdi>${name}</bdi>${isShown && beside}: </span>`;
  return html`<${Avatar} id=${message.author_user_id} name=${name} />
    <span class="author" title=${address}><bdi>${name}</bdi>${beside}</span>`;
}

const Time = ({ sentAt }) =>
  html`<time class="message-time" datetime=${sentAt} title=${fullTime(sentAt)}>${clockTime(sentAt)}</time>`;

async function copy(body) {
  if (await copyText(body)) say(t('message.copied'));
  else say(t('message.not-copied'), 'error');
}

function Menu({ message, timeline }) {
  const items = [{ text: t('message.copy-text'), icon: 'copy', run: () => copy(message.body) }];
  if (conversationByKey(timeline.key)) {
    items.push({ text: t('message.mark-unread'), icon: 'bell', run: () => markUnread(timeline, message.message_id) });
  }
  return html`<${MenuButton} label=${t('message.more')} class="message-menu" items=${items} />`;
}

export function Message({ message, isContinued, timeline, onFold }) {
  const serverName = useComputed(() => personById(message.author_user_id)?.server_name ?? null).value;
  return html`<li class=${isContinued ? 'message continued' : 'message'} data-key=${message.message_id}>
    <${Author} message=${message} isContinued=${isContinued} />
    <${MessageBody} body=${message.body} authorId=${message.author_user_id} home=${serverName} onFold=${onFold} />
    <${Time} sentAt=${message.sent_at} />
    <${Menu} message=${message} timeline=${timeline} />
  </li>`;
}

function Failed({ entry }) {
  const { message_id: id, error } = entry;
  return html`<p class="message-state failed">
    <${Icon} name="warning" /><span>${t('message.failed')} <bdi>${error}</bdi></span>
    <button type="button" class="link-button" onClick=${() => retry(id)}>${t('message.retry')}</button>
    <button type="button" class="link-button" onClick=${() => discard(id)}>${t('message.discard')}</button></p>`;
}

const STATES = {
  sending: () => html`<p class="message-state hidden">${t('message.sending')}</p>`,
  waiting: () => html`<p class="message-state"><${Icon} name="clock" /><span>${t('message.waiting')}</span></p>`,
  failed: Failed,
};

/** `message`: an entry of the outbox, with an author. */
export function PendingMessage({ message, isContinued, onFold }) {
  const kind = `message pending ${message.state} ${isContinued ? 'continued' : ''}`;
  return html`<li class=${kind} data-key=${message.message_id}>
    <${Author} message=${message} isContinued=${isContinued} />
    <${MessageBody} body=${message.body} onFold=${onFold} />
    <${Time} sentAt=${message.sent_at} />
    <${STATES[message.state]} entry=${message} />
  </li>`;
}
