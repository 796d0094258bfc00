// conversation-row.js - one line of the sidebar: a link to a conversation, what is new in it, and a menu.

import { html, useComputed } from '../../html.js';
import { t } from '../../language/language.js';
import { hasDraft } from '../../models/drafts.js';
import { addressOfConversation, route } from '../../models/route.js';
import { number } from '../../text/format.js';
import { Icon } from '../shared/icon.js';
import { MenuButton } from '../shared/menu-button.js';

const UNREAD_MOST = 99;
const shown = (count) => (count > UNREAD_MOST ? `${UNREAD_MOST}+` : number(count));

/** What is new, as a number for those who see, as words for those who listen. */
function Unread({ conversation }) {
  const { unread, mentions, is_muted: isMuted } = conversation;
  const badges = [];
  if (mentions) {
    badges.push(html`<span class="badge mention"><span aria-hidden="true" dir="ltr">@${shown(mentions)}</span>
      <span class="hidden">${t('sidebar.mentions', { count: mentions })}</span></span>`);
  }
  if (unread > mentions || (unread && !mentions)) {
    badges.push(html`<span class=${isMuted ? 'badge quiet' : 'badge'}><span aria-hidden="true">${shown(unread)}</span>
      <span class="hidden">${t('sidebar.unread', { count: unread })}</span></span>`);
  }
  return html`<span class="row-badges">${badges}</span>`;
}

function Marks({ entry }) {
  const { conversation, key } = entry;
  const isBegun = useComputed(() => hasDraft(key) && route.value.key !== key).value;
  return html`<span class="row-marks">
    ${isBegun && html`<span class="row-mark" title=${t('sidebar.draft')}>
      <${Icon} name="edit" /><span class="hidden">${t('sidebar.draft')}</span></span>`}
    ${conversation?.is_muted && html`<span class="row-mark" title=${t('sidebar.muted')}>
      <${Icon} name="bell-off" /><span class="hidden">${t('sidebar.muted')}</span></span>`}
    ${conversation && html`<${Unread} conversation=${conversation} />`}
  </span>`;
}

function rowClass({ conversation }) {
  if (!conversation) return 'row';
  if (conversation.is_muted) return conversation.mentions ? 'row muted unread' : 'row muted';
  return conversation.unread ? 'row unread' : 'row';
}

/**
 * `before`: the picture in front; `after`: what stands behind the name; `menu`: the rows of its menu, none if empty.
 */
export function ConversationRow({ entry, before, after, menu = [] }) {
  const name = entry.name ?? t('people.gone');
  const isCurrent = useComputed(() => route.value.key === entry.key).value;
  return html`<li class=${rowClass(entry)}>
    <a class="row-link" href=${addressOfConversation(entry.key)}
      aria-current=${isCurrent ? 'page' : undefined}>
      ${before}
      <span class="row-name"><bdi>${name}</bdi>${entry.detail && html`${' '}<bdi
        class="row-detail">${entry.detail}</bdi>`}</span>
      ${after}
      <${Marks} entry=${entry} />
    </a>
    ${menu.length > 0 && html`<${MenuButton} class="row-menu" label=${t('sidebar.more', { name })} items=${menu} />`}
  </li>`;
}
