// emoji-picker.js - choosing an emoji: by group, by name, or among those that one uses.

import { html, useEffect, useId, useRef, useSignal, useSignalEffect } from '../../html.js';
import { t } from '../../language/language.js';
import {
  GROUPS, TONES, emojiOfGroup, inTone, noteEmoji, recentEmoji, searchEmoji, setSkinTone, skinTone,
} from '../../models/emoji.js';
import { Button } from '../shared/button.js';
import { PickerHead, Popover } from './popover.js';
import { focusTile, moveAmongTiles } from './tiles.js';

const RECENT = { id: 'recent', name: 'recent', sign: '🕘' };
const TABS = [RECENT, ...GROUPS];

const load = (query, tab) => {
  if (query) return searchEmoji(query);
  return tab === RECENT.id ? recentEmoji() : emojiOfGroup(tab);
};

/**
 * What is shown, `found`: {items, hasFailed, number}, items null before the first answer; for a query, or for a tab
 * without one.
 */
function useFound(query, tab) {
  const found = useSignal({ items: null, hasFailed: false, number: 0 });
  const attempts = useSignal(0);
  useSignalEffect(() => {
    let isOver = false;
    const [words, shown] = [query.value.trim(), tab.value];
    if (shown === null || attempts.value < 0) return undefined;
    const take = (items, hasFailed) => {
      if (!isOver) found.value = { items, hasFailed, number: found.peek().number + 1 };
    };
    load(words, shown).then((items) => take(items, false), () => take([], true));
    return () => { isOver = true; };
  });
  return { found, retry: () => { attempts.value += 1; } };
}

function Tabs({ tab, panelId, onChoose }) {
  const move = (event) => {
    moveAmongTiles(event);
    const place = [...event.currentTarget.children].indexOf(document.activeElement);
    if (place >= 0 && document.activeElement !== event.target) onChoose(TABS[place].id);
  };
  return html`<div class="emoji-tabs" role="tablist" aria-label=${t('emoji.groups')} onKeyDown=${move}>
    ${TABS.map(({ id, name, sign }, place) => html`<button key=${id} type="button" role="tab" aria-controls=${panelId}
      aria-selected=${tab === id ? 'true' : 'false'} tabindex=${tab === id || (tab === null && place === 0) ? 0 : -1}
      aria-label=${t(`emoji.group.${name}`)} title=${t(`emoji.group.${name}`)}
      onClick=${() => onChoose(id)}>${sign}</button>`)}
  </div>`;
}

function Tones() {
  const name = useId();
  return html`<fieldset class="emoji-tones">
    <legend>${t('emoji.tone')}</legend>
    ${TONES.map((sign, tone) => html`<label key=${tone} title=${t(`emoji.tone.${tone}`)}>
      <input type="radio" name=${name} checked=${skinTone.value === tone} aria-label=${t(`emoji.tone.${tone}`)}
        onChange=${() => setSkinTone(tone)} /><span aria-hidden="true">${sign}</span></label>`)}
  </fieldset>`;
}

function Grid({ items, label, onChoose, onLeave }) {
  const tone = skinTone.value;
  const move = (event) => moveAmongTiles(event, onLeave);
  return html`<div class="emoji-grid" role="group" aria-label=${label} onKeyDown=${move}>
    ${items.map((item, place) => html`<button key=${item.unicode} type="button" tabindex=${place === 0 ? 0 : -1}
      aria-label=${item.name} title=${item.name} onClick=${() => onChoose(item)}>${inTone(item, tone)}</button>`)}
  </div>`;
}

function Body({ state, query, tab, onChoose, onLeave }) {
  const { found: { value: { items, hasFailed, number } }, retry } = state;
  if (hasFailed) {
    return html`<div class="picker-note" role="alert"><p>${t('emoji.failed')}</p>
      <${Button} onClick=${retry}>${t('action.retry')}<//></div>`;
  }
  if (items === null) return html`<p class="picker-note">${t('frame.loading')}</p>`;
  const groupName = () => t(`emoji.group.${TABS.find(({ id }) => id === tab).name}`);
  const label = query ? t('emoji.found', { count: items.length }) : groupName();
  if (!items.length) return html`<p class="picker-note">${query ? t('emoji.nothing') : t('emoji.none-recent')}</p>`;
  return html`<${Grid} key=${number} items=${items} label=${label} onChoose=${onChoose} onLeave=${onLeave} />`;
}

/** The state of the picker: it opens with what one uses, or, as long as there is nothing, with the first group. */
function usePicker() {
  const query = useSignal('');
  const tab = useSignal(null);
  useEffect(() => {
    const open = (list) => { tab.value ??= list.length ? RECENT.id : GROUPS[0].id; };
    recentEmoji().then(open, () => open([]));
  }, []);
  return { query, tab, state: useFound(query, tab) };
}

/** `onChoose(text)`: the emoji as it is written. */
export function EmojiPicker({ trigger, onChoose, onClose }) {
  const { query, tab, state } = usePicker();
  const search = useRef(null);
  const body = useRef(null);
  const panelId = useId();
  const choose = (item) => {
    noteEmoji(item.unicode);
    onChoose(inTone(item, skinTone.value));
  };
  const keys = (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown') {
      const first = body.current.querySelector('.emoji-grid > button');
      if (first) focusTile(first);
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const [first] = query.value.trim() ? state.found.value.items ?? [] : [];
      if (first) choose(first);
    }
  };
  const show = (id) => { query.value = ''; tab.value = id; };
  const words = query.value.trim();
  const { items } = state.found.value;
  return html`<${Popover} class="emoji-picker" label=${t('emoji.title')} trigger=${trigger} onClose=${onClose}>
    <${PickerHead} field=${search} query=${query} label=${t('emoji.search')} hasMore onKeyDown=${keys}
      onClose=${onClose} maxlength="64" />
    <${Tabs} tab=${words ? null : tab.value} panelId=${panelId} onChoose=${show} />
    <div ref=${body} id=${panelId} class="picker-body" role="tabpanel" aria-label=${t('emoji.title')} tabindex="-1">
      <${Body} state=${state} query=${words} tab=${tab.value} onChoose=${choose}
        onLeave=${() => search.current.focus()} />
    </div>
    <p class="hidden" role="status">${words && items ? t('emoji.found', { count: items.length }) : ''}</p>
    <${Tones} />
  <//>`;
}
