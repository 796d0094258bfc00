// timeline-view.js - the messages of a conversation, scrolled: loads what comes into reach, and keeps what is read in
// its place.

import { html, useEffect, useLayoutEffect, useMemo, useRef, useSignalEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { conversationByKey } from '../../models/conversations.js';
import { pending } from '../../models/outbox.js';
import { me } from '../../models/session.js';
import { dayName, number } from '../../text/format.js';
import { Button } from '../shared/button.js';
import { errorText } from '../shared/form.js';
import { Icon } from '../shared/icon.js';
import { Announcer } from './announcer.js';
import { Message, PendingMessage } from './message.js';
import { useReadPosition } from './read-position.js';
import { ScrollKeeper, toEnd, toRow } from './scroll-keeper.js';
import { rowsOf } from './timeline-rows.js';

const COUNTED_MOST = 1000; // unread messages, by the server
const REACH = 1.5; // heights of the view: what is nearer than this is loaded

const DRAWN = {
  day: ({ key, sentAt }) =>
    html`<li key=${key} class="day"><h2><time datetime=${sentAt}>${dayName(sentAt)}</time></h2></li>`,
  new: ({ key }) => html`<li key=${key} class="new-line"><span>${t('timeline.new')}</span></li>`,
  message: ({ key, message, isContinued }, context) => {
    const Row = message.state ? PendingMessage : Message;
    return html`<${Row} key=${key} message=${message} isContinued=${isContinued} ...${context} />`;
  },
};

/**
 * Draws rows; one that is as it was is the same element as before, so that a long list costs what has changed in it.
 */
function useDrawnRows(rows, context) {
  const drawn = useRef(new Map());
  const next = new Map();
  for (const row of rows) {
    const old = drawn.current.get(row.key);
    const isSame = old?.row.message && old.row.message === row.message && old.row.isContinued === row.isContinued;
    next.set(row.key, isSame ? old : { row, element: DRAWN[row.kind](row, context) });
  }
  drawn.current = next;
  return [...next.values()].map(({ element }) => element);
}

/** What is loaded, then one's own that is still under way. */
function messagesOf(timeline) {
  const messages = timeline.messages.value;
  if (timeline.hasNewer.value) return messages;
  const { user } = me.value;
  const known = new Set(messages.map((message) => message.message_id));
  const own = [...timeline.stored.value, ...pending.value.filter((entry) => entry.key === timeline.key)];
  const author = { author_user_id: user.id, author_username: user.username, author_display_name: user.display_name };
  const unknown = own.filter(({ message_id: id }) => !known.has(id) && known.add(id));
  return [...messages, ...unknown.map((entry) => (entry.state ? { ...entry, ...author } : entry))];
}

function Edge({ timeline, place }) {
  const { error, loading } = timeline;
  if (error.value?.place === place) {
    return html`<p class="edge" role="alert">${errorText(error.value.error)}
      <${Button} onClick=${() => timeline.retry()}>${t('action.retry')}<//></p>`;
  }
  const isMore = (place === 'older' ? timeline.hasOlder : timeline.hasNewer).value;
  if (!isMore) return null;
  return html`<p class="edge" aria-hidden="true">${loading.value === place ? t('frame.loading') : ' '}</p>`;
}

function JumpButton({ timeline, keeper }) {
  const isAway = !keeper.isAtEnd.value && timeline.messages.value.length > 0;
  if (!isAway) return null;
  const unread = conversationByKey(timeline.key)?.unread ?? 0;
  const shown = unread < COUNTED_MOST ? number(unread) : `${number(COUNTED_MOST)}+`;
  const text = unread ? t('timeline.new-messages', { count: unread, shown }) : t('timeline.to-newest');
  const jump = () => timeline.jumpToNewest();
  return html`<button type="button" class="jump" title=${t('timeline.to-newest')} onClick=${jump}>
    <${Icon} name="down" /><span class=${unread ? '' : 'hidden'}>${text}</span>
  </button>`;
}

function Nothing({ timeline }) {
  const { loading, error } = timeline;
  if (loading.value === 'all') return html`<p class="nothing" role="status">${t('frame.loading')}</p>`;
  if (!error.value) {
    return html`<div class="nothing"><h2>${t('timeline.empty')}</h2><p>${t('timeline.empty-hint')}</p></div>`;
  }
  return html`<div class="nothing" role="alert"><p>${errorText(error.value.error)}</p>
    <div><${Button} onClick=${() => timeline.retry()}>${t('action.retry')}<//></div></div>`;
}

/** To the newest message, when the reader wants to see it. */
function useJumps(timeline, keeper) {
  useSignalEffect(() => {
    if (!timeline.jumps.value) return;
    keeper.goTo((box) => !timeline.loading.peek() && toEnd(box));
    keeper.restore();
  });
}

/** One's own sending takes one there. */
function useOwnSends(timeline) {
  const newest = useRef(undefined);
  useSignalEffect(() => {
    const id = pending.value.findLast((entry) => entry.key === timeline.key)?.message_id ?? null;
    const isNew = newest.current !== undefined && id !== null && id > (newest.current ?? '');
    if (id !== null || newest.current === undefined) newest.current = id;
    if (!isNew) return;
    timeline.release();
    timeline.jumpToNewest();
  });
}

function useScrolling(timeline, keeper) {
  const box = useRef(null);
  const list = useRef(null);
  const load = () => {
    const { above, below } = keeper.distances();
    if (above < REACH) timeline.loadOlder();
    if (below < REACH) timeline.loadNewer();
  };
  keeper.take();
  useEffect(() => {
    const isEmpty = () => timeline.messages.peek().length === 0 && !timeline.hasNewer.peek();
    const isThere = (element) => element.querySelector('[data-key]') !== null || isEmpty();
    keeper.goTo((element) => !timeline.loading.peek() && isThere(element) && toRow('.new-line')(element));
    const detach = keeper.attach(box.current, list.current, () => !timeline.hasNewer.peek(), load);
    keeper.restore();
    return detach;
  }, [timeline]);
  useLayoutEffect(() => {
    keeper.restore();
    if (box.current.clientHeight && timeline.messages.peek().length) load();
  });
  return { box, list };
}

export function TimelineView({ timeline, label }) {
  const keeper = useMemo(() => new ScrollKeeper(), [timeline]);
  const messages = messagesOf(timeline);
  const rows = rowsOf(messages, timeline.newLine.messageId.value);
  const drawn = useDrawnRows(rows, { timeline, onFold: () => keeper.release() });
  const isBusy = timeline.loading.value !== null; // where it is loaded changes what is above and below
  const { box, list } = useScrolling(timeline, keeper);
  useReadPosition(timeline, keeper.isAtEnd);
  useJumps(timeline, keeper);
  useOwnSends(timeline);
  // at once: what the browser moves slowly would be stopped by the pages that are loaded meanwhile
  const keys = { Home: () => { box.current.scrollTop = 0; }, End: () => timeline.jumpToNewest() };
  const onKeyDown = (event) => {
    if (!(event.key in keys) || event.target !== box.current || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  };
  return html`<div class="timeline">
    <div ref=${box} class="scroll" role="log" aria-live="off" aria-label=${label} tabindex="0"
        aria-busy=${isBusy ? 'true' : undefined} onKeyDown=${onKeyDown}>
      ${messages.length === 0 && html`<${Nothing} timeline=${timeline} />`}
      <div ref=${list} class="messages">
        ${messages.length > 0 && html`<${Edge} timeline=${timeline} place="older" />`}
        <ol>${drawn}</ol>
        ${messages.length > 0 && html`<${Edge} timeline=${timeline} place="newer" />`}
      </div>
    </div>
    <${JumpButton} timeline=${timeline} keeper=${keeper} />
    <${Announcer} timeline=${timeline} />
  </div>`;
}
