// people-list.js - direct conversations, and everybody else whom this server knows. Thousands of them: only some are
// drawn.

import { html, useId, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { directs, found, otherPeople, search } from '../../models/sidebar.js';
import { number } from '../../text/format.js';
import { Avatar } from '../shared/avatar.js';
import { Button } from '../shared/button.js';
import { useSameRows } from '../shared/same-rows.js';
import { muteItem } from './channel-list.js';
import { ConversationRow } from './conversation-row.js';

const PAGE = 50;

/** A picture with presence, which is said, too. */
export function PersonMark({ person, name }) {
  const isOnline = person ? Boolean(person.is_online) : undefined;
  return html`<${Avatar} id=${person?.id ?? name} name=${name} isOnline=${isOnline} />
    ${person && html`<span class="hidden">${t(isOnline ? 'people.online' : 'people.offline')}</span>`}`;
}

function PersonRow({ entry }) {
  const before = html`<${PersonMark} person=${entry.person} name=${entry.name ?? '?'} />`;
  return html`<${ConversationRow} entry=${entry} before=${before}
    menu=${entry.conversation ? [muteItem(entry)] : []} />`;
}

/** A part of the sidebar that grows by pages. */
function Section({ title, entries, nothing }) {
  const id = useId();
  const most = useSignal(PAGE);
  const more = entries.length - most.value;
  const draw = (entry) => html`<${PersonRow} key=${entry.key} entry=${entry} />`;
  const rows = useSameRows(entries.slice(0, most.value), draw);
  return html`<section aria-labelledby=${id}>
    <div class="section-head"><h2 id=${id}>${title}</h2>
      ${entries.length > 0 && html`<span class="section-count">${number(entries.length)}</span>`}</div>
    ${entries.length === 0 && html`<p
      class="sidebar-nothing">${search.value.trim() ? t('sidebar.nothing-found') : nothing}</p>`}
    ${rows.length > 0 && html`<ul class="rows">${rows}</ul>`}
    ${more > 0 && html`<${Button} class="show-more" onClick=${() => { most.value += PAGE; }}>
      ${t('sidebar.show-more', { count: Math.min(more, PAGE), of: number(more) })}<//>`}
  </section>`;
}

export function DirectList() {
  return html`<${Section} title=${t('sidebar.directs')} entries=${found(directs.value)}
    nothing=${t('sidebar.no-directs')} />`;
}

export function PeopleList() {
  return html`<${Section} title=${t('sidebar.people')} entries=${found(otherPeople.value)}
    nothing=${t('sidebar.no-people')} />`;
}
