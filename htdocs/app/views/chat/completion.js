// completion.js - the list of what can stand at the cursor, while one goes on writing: a text field that controls a
// list box (WAI-ARIA's combobox pattern; a text area keeps its own role). The focus stays in the field, and the chosen
// row is what assistive technology reads: nothing else is announced.

import {
  html, signal, untracked, useComputed, useEffect, useId, useRef, useSignal, useSignalEffect,
} from '../../html.js';
import { t } from '../../language/language.js';
import { wordAt } from '../../text/completion.js';
import { Avatar } from '../shared/avatar.js';
import { replaceIn } from './text-field.js';

const sources = signal(null); // the module, from the first word on that can be completed

/** Loads it; what cannot be loaded is asked for again with the next letter. */
function loadSources() {
  import('./completion-sources.js').then((module) => { sources.value = module; }, () => {});
}

const isSameWord = (one, other) => one?.kind === other?.kind && one?.start === other?.start;

/** The rows that answer the word, kept up to date while people and channels change. */
function useItems(word) {
  const items = useSignal([]);
  useSignalEffect(() => {
    let isOver = false;
    const take = (found) => { if (!isOver) items.value = found; };
    if (word.value && !sources.value) loadSources();
    const found = word.value && sources.value ? sources.value.SOURCES[word.value.kind](word.value.query) : [];
    if (Array.isArray(found)) take(found);
    else found.then(take, () => take([]));
    return () => { isOver = true; };
  });
  return items;
}

/**
 * What is being completed: `word` as text/completion.js finds it, or null; a word that was put aside by Esc stays so.
 */
function useWord(field, conversationKey) {
  const word = useSignal(null);
  const aside = useRef(null);
  const personAt = useComputed(() => (word.value?.kind === 'person' ? word.value.start : null));
  useSignalEffect(() => { // once for each word, not for each letter of it
    if (personAt.value !== null && sources.value) untracked(() => sources.value.refreshMembers(conversationKey));
  });
  const update = () => {
    const { value, selectionStart, selectionEnd } = field.current;
    const isWriting = document.activeElement === field.current && selectionStart === selectionEnd;
    const found = isWriting ? wordAt(value, selectionStart) : null;
    if (!isSameWord(found, aside.current)) aside.current = null;
    const next = aside.current ? null : found;
    if (next?.query !== word.value?.query || !isSameWord(next, word.value)) word.value = next;
  };
  const close = () => {
    aside.current = word.value;
    word.value = null;
  };
  return { word, update, close };
}

/**
 * `keys(event)`: true if the key was for the list. `update()`: the text or the cursor has changed. `attributes`: those
 * of the field. `list`: what the component Completion draws.
 */
export function useCompletion(field, conversationKey) {
  const { word, update, close } = useWord(field, conversationKey);
  const items = useItems(word);
  const activeId = useSignal(null);
  const listId = useId();
  const shown = word.value ? items.value : [];
  const active = Math.max(0, shown.findIndex(({ id }) => id === activeId.value));
  const choose = (item) => {
    const { start, end } = word.value;
    item.onChosen?.();
    replaceIn(field.current, { start, end, insert: item.insert });
    word.value = null;
  };
  const step = (by) => { activeId.value = shown[(active + by + shown.length) % shown.length].id; };
  const chooseActive = () => choose(shown[active]);
  const actions = {
    ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: chooseActive, Tab: chooseActive, Escape: close,
  };
  const keys = (event) => {
    const isHeld = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!shown.length || !(event.key in actions) || isHeld) return false;
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
    return true;
  };
  const attributes = {
    'aria-autocomplete': 'list',
    'aria-haspopup': 'listbox',
    'aria-controls': shown.length ? listId : undefined,
    'aria-activedescendant': shown.length ? `${listId}-${active}` : undefined,
  };
  const list = { id: listId, items: shown, active, kind: word.value?.kind, choose };
  return { keys, update, close: () => { word.value = null; }, attributes, list };
}

function Row({ id, item, isActive, onChoose }) {
  const self = useRef(null);
  useEffect(() => { if (isActive) self.current.scrollIntoView({ block: 'nearest' }); }, [isActive]);
  const { person } = item;
  return html`<li ref=${self} id=${id} role="option" aria-selected=${isActive ? 'true' : 'false'}
      onClick=${() => onChoose(item)}>
    ${person ? html`<${Avatar} id=${person.id} name=${item.title} isOnline=${person.is_online} />`
      : html`<span class="completion-sign" aria-hidden="true">${item.sign}</span>`}
    <span class="completion-title">${item.title}</span> <span class="completion-detail">${item.detail}</span>
  </li>`;
}

export function Completion({ id, items, active, kind, choose }) {
  if (!items.length) return null;
  return html`<ul id=${id} class="completion" role="listbox" aria-label=${t(`completion.${kind}`)}
      onMouseDown=${(event) => event.preventDefault()}>
    ${items.map((item, place) => html`<${Row} key=${item.id} id=${`${id}-${place}`} item=${item}
      isActive=${place === active} onChoose=${choose} />`)}
  </ul>`;
}
