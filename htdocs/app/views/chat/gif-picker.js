// gif-picker.js - choosing a GIF by words. Nothing is asked for, here or elsewhere, before there are words.

import { html, useRef, useSignal, useSignalEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { WORDS_MOST, searchGifs } from '../../models/gifs.js';
import { ApiError } from '../../net/api.js';
import { byteLength } from '../../text/size.js';
import { Button } from '../shared/button.js';
import { errorText } from '../shared/form.js';
import { PickerHead, Popover } from './popover.js';
import { focusTile, moveAmongTiles } from './tiles.js';

const PAUSE_MS = 350; // after the last key
const RATIO_LEAST = 0.5; // of the width to the height: what is slimmer or wider is cut
const RATIO_MOST = 3;

const TEXTS = { 400: 'gif.refused', 502: 'gif.provider', 503: 'gif.provider', 504: 'gif.provider' };

function textOf(error) {
  const key = error instanceof ApiError ? TEXTS[error.status] : undefined;
  return key ? t(key) : errorText(error);
}

async function answerOf(words, signal) {
  try {
    return { words, gifs: await searchGifs(words, signal), error: null };
  } catch (error) {
    return { words, gifs: [], error: textOf(error) };
  }
}

/** What is known without asking, or undefined. */
function knownOf(words) {
  if (words === '') return { words, gifs: null, error: null };
  return byteLength(words) > WORDS_MOST ? { words, gifs: [], error: t('gif.too-long') } : undefined;
}

/**
 * What is found for the words: {words, gifs, error}, gifs null while there are none. `again`: the same words once more.
 */
function useFound(query) {
  const found = useSignal({ words: '', gifs: null, error: null });
  const isBusy = useSignal(false);
  const attempts = useSignal(0);
  const pause = useRef(0); // the words that it was opened with are searched for at once
  useSignalEffect(() => {
    const words = query.value.trim();
    const known = knownOf(words);
    isBusy.value = !known && attempts.value >= 0;
    if (known) found.value = known;
    const ended = new AbortController();
    const ask = async () => {
      const answer = await answerOf(words, ended.signal);
      if (ended.signal.aborted) return;
      found.value = answer;
      isBusy.value = false;
    };
    const timer = known ? 0 : setTimeout(ask, pause.current);
    pause.current = PAUSE_MS;
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  });
  return { found, isBusy, again: () => { attempts.value += 1; } };
}

/** The place of each picture is kept free before it is there, in its own proportions. */
function Tile({ gif, label, isFirst, onChoose }) {
  const hasFailed = useSignal(false);
  const ratio = Math.min(RATIO_MOST, Math.max(RATIO_LEAST, gif.width / gif.height));
  const picture = () => html`<img src=${gif.preview_url} width=${gif.width} height=${gif.height} alt="" loading="lazy"
    decoding="async" referrerpolicy="no-referrer" onError=${() => { hasFailed.value = true; }} />`;
  return html`<button type="button" class="gif-tile" style=${{ '--ratio': ratio }} tabindex=${isFirst ? 0 : -1}
    aria-label=${label} onClick=${() => onChoose(gif)}>
    ${hasFailed.value ? html`<span>${t('gif.no-preview')}</span>` : picture()}</button>`;
}

function Body({ found: { words, gifs, error }, isBusy, again, onChoose, onLeave }) {
  if (error) {
    return html`<div class="picker-note"><p class="error" role="alert">${error}</p>
      <${Button} onClick=${again} isBusy=${isBusy}>${t('action.retry')}<//></div>`;
  }
  if (gifs === null) return html`<p class="picker-note">${isBusy ? t('gif.searching') : t('gif.hint')}</p>`;
  if (!gifs.length) return html`<p class="picker-note">${t('gif.nothing', { words })}</p>`;
  const move = (event) => moveAmongTiles(event, onLeave);
  return html`<div class="gif-grid" role="group" aria-label=${t('gif.found', { count: gifs.length, words })}
    aria-busy=${isBusy ? 'true' : undefined} onKeyDown=${move}>
    ${gifs.map((gif, place) => html`<${Tile} key=${gif.url} gif=${gif} isFirst=${place === 0} onChoose=${onChoose}
      label=${t('gif.tile', { place: place + 1, count: gifs.length, words })} />`)}
  </div>`;
}

/** `words`: what is searched for at once, or ''. `onChoose(url)`. */
export function GifPicker({ words, trigger, onChoose, onClose }) {
  const query = useSignal(words);
  const { found, isBusy, again } = useFound(query);
  const search = useRef(null);
  const body = useRef(null);
  const keys = (event) => {
    if (event.isComposing || !['ArrowDown', 'Enter'].includes(event.key)) return;
    event.preventDefault();
    const first = body.current.querySelector('.gif-grid > button');
    if (first) focusTile(first);
  };
  const { gifs, error, words: foundWords } = found.value;
  const said = gifs && !error && !isBusy.value ? t('gif.found', { count: gifs.length, words: foundWords }) : '';
  return html`<${Popover} class="gif-picker" label=${t('gif.title')} trigger=${trigger} onClose=${onClose}>
    <${PickerHead} field=${search} query=${query} label=${t('gif.search')} hasMore=${words !== ''} onKeyDown=${keys}
      onClose=${onClose} />
    <div ref=${body} class="picker-body" tabindex="-1">
      <${Body} found=${found.value} isBusy=${isBusy.value} again=${again} onLeave=${() => search.current.focus()}
        onChoose=${(gif) => onChoose(gif.url)} />
    </div>
    <p class="hidden" role="status">${said}</p>
  <//>`;
}
