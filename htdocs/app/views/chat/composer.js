// composer.js - where one writes: the text field of a conversation with what belongs to it. What is written is the
// draft of the conversation, wherever it is shown; what is sent is in the outbox from that moment on.

import { html, useEffect, useId, useLayoutEffect, useRef, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { draftOf, saveDraft } from '../../models/drafts.js';
import { send } from '../../models/outbox.js';
import { hasGifs, me } from '../../models/session.js';
import { number } from '../../text/format.js';
import { gifText, gifWords } from '../../text/gif.js';
import { MARKS, toggleMark } from '../../text/marks.js';
import { byteLength, sentText } from '../../text/size.js';
import { IconButton } from '../shared/button.js';
import { Completion, useCompletion } from './completion.js';
import { EmojiPicker, GifPicker } from './late.js';
import { fitHeight, insertIn, isFocusFree, isTouch, replaceIn } from './text-field.js';

/** How much too long a text is: {size, most}, or null. */
function excessOf(text) {
  const most = me.value?.max_message_bytes ?? Infinity;
  if (text.length * 3 <= most) return null;
  const size = byteLength(sentText(text));
  return size > most ? { size, most } : null;
}

const isHeld = (event, ...modifiers) => modifiers.some((modifier) => event[modifier]);

/** The field has the focus when a conversation is opened, and gets it when somebody just begins to write. */
function useFocus(field) {
  useEffect(() => {
    const frame = requestAnimationFrame(() => { // a dialog that led here has closed by then
      if (!isTouch() && !document.querySelector('dialog[open]')) field.current?.focus({ preventScroll: true });
    });
    const begin = (event) => {
      const isSign = event.key.length === 1 && !' ?'.includes(event.key); // which mean something else
      const isText = isSign && !isHeld(event, 'ctrlKey', 'metaKey', 'altKey');
      if (isText && !event.isComposing && !event.defaultPrevented && isFocusFree()) field.current?.focus();
    };
    document.addEventListener('keydown', begin);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener('keydown', begin);
    };
  }, []);
}

/** Which picker is open, what the GIF picker begins with, and where the focus goes afterwards. */
function usePickers(field) {
  const open = useSignal(null); // null, 'emoji', 'gif'
  const words = useSignal('');
  const triggers = { emoji: useRef(null), gif: useRef(null) };
  const close = (isLeft) => {
    const trigger = triggers[open.value];
    open.value = null;
    if (!isLeft) (isTouch() ? trigger.current : field.current)?.focus();
  };
  const show = (name, withWords = '') => {
    words.value = withWords;
    open.value = name;
  };
  const toggle = (name, withWords) => (open.value === name ? close(false) : show(name, withWords));
  return { open, words, triggers, close, show, toggle };
}

/** Sends what is written, or says why not. `hint` is the key of a text below the field, or null. */
function useSending({ conversationKey, field, pickers }) {
  const hint = useSignal(null);
  const submit = () => {
    const text = draftOf(conversationKey);
    const words = gifWords(text);
    field.current.focus();
    if (words !== null && hasGifs()) {
      pickers.show('gif', words);
    } else if (words !== null) {
      hint.value = 'gif.none';
    } else if (sentText(text) !== '' && !excessOf(text)) {
      saveDraft(conversationKey, ''); // at once: a second click finds nothing to send
      send(conversationKey, sentText(text));
    }
  };
  const sendGif = (url) => {
    if (gifWords(draftOf(conversationKey)) !== null) saveDraft(conversationKey, '');
    pickers.close(false);
    send(conversationKey, gifText(url));
  };
  return { hint, submit, sendGif };
}

const isSendKey = (event) => event.key === 'Enter' && !isHeld(event, 'shiftKey', 'altKey')
  && (isHeld(event, 'ctrlKey', 'metaKey') || !isTouch());

function markKey(event, field) {
  const isShortcut = (event.ctrlKey !== event.metaKey) && !event.altKey && !event.shiftKey;
  const mark = isShortcut ? MARKS[event.key.toLowerCase()] : undefined;
  if (!mark) return false;
  replaceIn(field, toggleMark(field.value, field.selectionStart, field.selectionEnd, mark));
  return true;
}

/** For keydown: what is composed by an input method is left alone (Safari says so by the code alone). */
const keysOf = ({ completion, submit, field }) => (event) => {
  if (event.isComposing || event.keyCode === 229 || completion.keys(event)) return;
  if (isSendKey(event)) submit();
  else if (!markKey(event, field.current)) return;
  event.preventDefault();
};

function Notes({ id, excess, hint }) {
  const limits = excess && { size: number(excess.size), most: number(excess.most) };
  const text = excess ? t('composer.too-long', limits) : hint && t(hint);
  return html`<div class="composer-notes">
    ${text && html`<p id=${id} class="error">${text}</p>`}
    <p class="hidden" role="status">${excess ? t('composer.too-long-said') : hint && t(hint)}</p>
  </div>`;
}

function Buttons({ pickers, isEmpty, words }) {
  const { open, triggers, toggle } = pickers;
  const picker = (name, label, withWords) => html`<${IconButton} ref=${triggers[name]} icon=${name} label=${label}
    aria-haspopup="dialog" aria-expanded=${open.value === name ? 'true' : 'false'}
    onClick=${() => toggle(name, withWords)} />`;
  return html`<div class="composer-buttons">
    ${picker('emoji', t('emoji.title'))}
    ${hasGifs() && picker('gif', t('gif.title'), words)}
    <${IconButton} type="submit" class="send" icon="send" label=${t('composer.send')}
      aria-disabled=${isEmpty ? 'true' : undefined} />
  </div>`;
}

function Pickers({ pickers: { open, words, triggers, close }, onEmoji, onGif }) {
  const views = {
    emoji: () => html`<${EmojiPicker} trigger=${triggers.emoji} onChoose=${onEmoji} onClose=${close} />`,
    gif: () => html`<${GifPicker} words=${words.value} trigger=${triggers.gif} onChoose=${onGif} onClose=${close} />`,
  };
  return open.value && views[open.value]();
}

export function Composer({ conversationKey }) {
  const field = useRef(null);
  const noteId = useId();
  const text = draftOf(conversationKey);
  const excess = excessOf(text);
  const pickers = usePickers(field);
  const completion = useCompletion(field, conversationKey);
  const { hint, submit, sendGif } = useSending({ conversationKey, field, pickers });
  useFocus(field);
  useLayoutEffect(() => fitHeight(field.current), [text]);
  const input = (event) => {
    saveDraft(conversationKey, event.currentTarget.value);
    hint.value = null;
    completion.update();
  };
  const insertEmoji = (emoji) => {
    pickers.close(false);
    insertIn(field.current, emoji);
  };
  const isWrong = Boolean(excess || hint.value);
  const submitForm = (event) => {
    event.preventDefault();
    submit();
  };
  return html`<form class="composer" aria-label=${t('composer.title')} onSubmit=${submitForm}>
    <${Pickers} pickers=${pickers} onEmoji=${insertEmoji} onGif=${sendGif} />
    <${Completion} ...${completion.list} />
    <div class="composer-box">
      <textarea ref=${field} rows="1" value=${text} placeholder=${t('composer.placeholder')}
        aria-label=${t('composer.label')} aria-invalid=${isWrong ? 'true' : undefined}
        aria-describedby=${isWrong ? noteId : undefined} autocomplete="off" ...${completion.attributes} onInput=${input}
        onKeyDown=${keysOf({ completion, submit, field })}
        onKeyUp=${completion.update} onClick=${completion.update} onBlur=${completion.close}></textarea>
      <${Buttons} pickers=${pickers} isEmpty=${text.trim() === ''} words=${gifWords(text) ?? ''} />
    </div>
    <${Notes} id=${noteId} excess=${excess} hint=${hint.value} />
  </form>`;
}
