// sessions.js - where one is signed in, and the ways to end that.

import { html, useEffect, useRef, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { endSession, loadSessions, sessions, signOutEverywhere } from '../../models/sessions.js';
import { fullTime, shortTime } from '../../text/format.js';
import { readUserAgent } from '../../text/user-agent.js';
import { Button } from '../shared/button.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { errorText } from '../shared/form.js';
import { attempt } from '../shared/toasts.js';

function nameOf(session) {
  const { browser, system } = readUserAgent(session.user_agent);
  if (browser && system) return t('settings.sessions.browser-on-system', { browser, system });
  return browser ?? system ?? t('settings.sessions.unknown');
}

function Session({ session, isBusy, onEnd }) {
  const name = nameOf(session);
  return html`<li>
    <div><p class="settings-session"><strong title=${session.user_agent}>${name}</strong>
        ${session.is_current && html`<span class="tag">${t('settings.sessions.this')}</span>`}</p>
      <p class="hint">${t('settings.sessions.since')} <time datetime=${session.created_at} title=${fullTime(session.created_at)}>
        ${shortTime(session.created_at)}</time></p></div>
    ${!session.is_current && html`<${Button} isBusy=${isBusy} onClick=${onEnd}
      aria-label=${t('settings.sessions.end-one', { name, time: shortTime(session.created_at) })}>${t('settings.sessions.end')}<//>`}
  </li>`;
}

/** Ending one takes its button away: the focus goes on to the list. */
function SessionList() {
  const list = useRef(null);
  const ending = useSignal(null);
  const end = async (id) => {
    if (ending.value) return;
    ending.value = id;
    await attempt(() => endSession(id));
    ending.value = null;
    list.current?.focus();
  };
  return html`<ul class="settings-list" ref=${list} tabindex="-1" aria-label=${t('settings.part.sessions')}>
    ${sessions.value.map((session) => html`<${Session} key=${session.id} session=${session} isBusy=${ending.value === session.id}
      onEnd=${() => end(session.id)} />`)}
  </ul>`;
}

export function Sessions() {
  const error = useSignal(null);
  const isAsking = useSignal(false);
  const load = async () => {
    error.value = null;
    try {
      await loadSessions();
    } catch (problem) {
      error.value = problem;
    }
  };
  useEffect(() => { load(); }, []);
  return html`<p class="settings-lead">${t('settings.sessions.lead')}</p>
    ${error.value && html`<p class="error" role="alert">${errorText(error.value)}</p><${Button} onClick=${load}>${t('action.retry')}<//>`}
    ${!sessions.value && !error.value && html`<p class="hint" role="status">${t('frame.loading')}</p>`}
    ${sessions.value && html`<${SessionList} />`}
    <section class="settings-section" aria-labelledby="everywhere-title">
      <h2 id="everywhere-title">${t('settings.sessions.everywhere')}</h2>
      <p class="hint">${t('settings.sessions.everywhere-hint')}</p>
      <${Button} icon="sign-out" kind="danger" onClick=${() => { isAsking.value = true; }}>${t('settings.sessions.everywhere')}<//>
    </section>
    ${isAsking.value && html`<${ConfirmDialog} title=${t('settings.sessions.everywhere')} action=${t('settings.sessions.everywhere')}
      run=${signOutEverywhere} onDone=${() => { isAsking.value = false; }} onClose=${() => { isAsking.value = false; }}>
      <p>${t('settings.sessions.everywhere-hint')}</p><//>`}`;
}
