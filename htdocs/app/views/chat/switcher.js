// switcher.js - the quick way to a conversation: a few letters and Enter (ARIA's combobox with a list).

import { html, useEffect, useId, useRef, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { isMember } from '../../models/conversations.js';
import { openConversation, route } from '../../models/route.js';
import { findTargets } from '../../models/switcher.js';
import { Dialog } from '../shared/dialog.js';
import { Icon } from '../shared/icon.js';
import { PersonMark } from './people-list.js';

function Sign({ entry }) {
  if (entry.kind === 'dm') return html`<${PersonMark} person=${entry.person} name=${entry.name ?? '?'} />`;
  return html`<span class="switcher-sign"><${Icon} name=${entry.channel.is_private ? 'lock' : 'hash'} /></span>`;
}

function Option({ id, entry, isChosen, open }) {
  const unread = entry.conversation?.unread ?? 0;
  return html`<li id=${id} role="option" aria-selected=${isChosen ? 'true' : 'false'} class="switcher-option"
    onClick=${open}>
    <${Sign} entry=${entry} />
    <span class="line-name"><bdi>${entry.name ?? t('people.gone')}</bdi>
      ${entry.detail && html`${' '}<span class="row-detail">${entry.detail}</span>`}</span>
    ${entry.kind === 'channel' && !isMember(entry.id) && html`<span class="tag">${t('switcher.not-joined')}</span>`}
    ${unread > 0 && html`<span class=${entry.conversation.mentions ? 'badge mention' : 'badge'}>
      <span aria-hidden="true">${unread > 99 ? '99+' : unread}</span><span
        class="hidden">${t('sidebar.unread', { count: unread })}</span></span>`}
  </li>`;
}

function move(event, place, count) {
  const moves = { ArrowDown: place + 1, ArrowUp: place - 1 + count, Home: null, End: null };
  return moves[event.key] === undefined || moves[event.key] === null ? null : moves[event.key] % count;
}

function Results({ listId, entries, place, open }) {
  const list = useRef(null);
  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }), [place, entries]);
  return html`<ul ref=${list} id=${listId} role="listbox" aria-label=${t('switcher.results')} class="switcher-list">
    ${entries.map((entry, index) => html`<${Option} key=${entry.key} id=${`${listId}-${index}`} entry=${entry}
      isChosen=${index === place}
      open=${() => open(entry)} />`)}
  </ul>`;
}

export function Switcher({ onClose }) {
  const query = useSignal('');
  const chosen = useSignal(0);
  const listId = useId();
  const entries = findTargets(query.value, route.value.key);
  const place = Math.min(chosen.value, Math.max(0, entries.length - 1));
  const open = (entry) => {
    onClose();
    openConversation(entry.key);
  };
  const onKeyDown = (event) => {
    if (event.isComposing) return;
    if (event.key === 'Enter' && entries.length) {
      event.preventDefault();
      open(entries[place]);
      return;
    }
    const next = entries.length && !event.altKey ? move(event, place, entries.length) : null;
    if (next === null) return;
    event.preventDefault();
    chosen.value = next;
  };
  const onInput = (event) => {
    query.value = event.currentTarget.value;
    chosen.value = 0;
  };
  return html`<${Dialog} title=${t('switcher.title')} class="switcher" onClose=${onClose}>
    <input class="input" type="text" role="combobox" aria-label=${t('switcher.label')}
      placeholder=${t('switcher.label')} aria-expanded="true"
      aria-controls=${listId} aria-autocomplete="list" aria-activedescendant=${entries.length ? `${listId}-${place}` : undefined}
      autocomplete="off" spellcheck="false" maxlength="300" autofocus value=${query.value} onInput=${onInput} onKeyDown=${onKeyDown} />
    <${Results} listId=${listId} entries=${entries} place=${place} open=${open} />
    ${entries.length === 0 && html`<p class="filtered-nothing" role="status">${t('sidebar.nothing-found')}</p>`}
  <//>`;
}
