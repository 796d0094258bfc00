// debug-console.js - the last requests, answers and events (net/trace.js), for those who look for what went wrong.

import { html, useEffect, useRef, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { clearTrace, trace, traceText } from '../../net/trace.js';
import { Button, IconButton } from '../shared/button.js';
import { copyText } from '../shared/copy-button.js';
import { say } from '../shared/toasts.js';
import { closeConsole } from './dialogs.js';

const KINDS = ['all', 'request', 'answer', 'event', 'state'];

async function copyAll() {
  if (await copyText(traceText())) say(t('action.copied'));
  else say(t('error.unexpected'), 'error');
}

const time = (date) => date.toISOString().slice(11, 23);

function Entry({ entry }) {
  return html`<li class="trace-entry" data-kind=${entry.kind}>
    <span class="trace-line"><time dateTime=${entry.at.toISOString()}>${time(entry.at)}</time>
      <span class="tag">${t(`console.${entry.kind}`)}</span><b>${entry.title}</b></span>
    ${entry.detail && html`<code>${entry.detail}</code>`}
  </li>`;
}

function Entries({ kind }) {
  const list = useRef(null);
  const rows = trace.value.filter((entry) => kind === 'all' || entry.kind === kind);
  useEffect(() => { list.current.scrollTop = list.current.scrollHeight; }, [rows.length, rows.at(-1)]);
  return html`<div ref=${list} class="trace" tabindex="0" role="region" aria-label=${t('console.entries')} dir="ltr">
    ${rows.length === 0 ? html`<p class="sidebar-nothing">${t('console.nothing')}</p>`
      : html`<ol>${rows.map((entry) => html`<${Entry} key=${entry} entry=${entry} />`)}</ol>`}
  </div>`;
}

function Filter({ kind }) {
  return html`<div class="console-filter" role="group" aria-label=${t('console.filter')}>
    ${KINDS.map((one) => html`<button key=${one} type="button" class="chip"
      aria-pressed=${kind.value === one ? 'true' : 'false'}
      onClick=${() => { kind.value = one; }}>${t(`console.${one}`)}</button>`)}
  </div>`;
}

export function DebugConsole() {
  const kind = useSignal('all');
  const self = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    self.current.focus();
    return () => before?.isConnected && before.focus();
  }, []);
  const onKeyDown = (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    closeConsole();
  };
  return html`<section ref=${self} class="console" tabindex="-1" aria-label=${t('console.title')}
    onKeyDown=${onKeyDown}>
    <div class="console-head">
      <h2>${t('console.title')}</h2>
      <${Filter} kind=${kind} />
      <${Button} icon="copy" onClick=${copyAll}>${t('console.copy')}<//>
      <${Button} icon="trash" onClick=${clearTrace}>${t('console.clear')}<//>
      <${IconButton} icon="close" label=${t('action.close')} onClick=${closeConsole} />
    </div>
    <p class="hint">${t('console.hint')}</p>
    <${Entries} kind=${kind.value} />
  </section>`;
}
