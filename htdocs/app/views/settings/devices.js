// devices.js - which camera, microphone and speaker calls use, each with a way to try it. Nothing is switched on
// without a click, and all of it is off again once this part is left.

import { html, useEffect, useId, useMemo, useRef, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import {
  canChooseSpeaker, canUseDevices, devices, followDevices, measureLevel, playTestTone, Trial,
} from '../../models/devices.js';
import { preferences } from '../../models/preferences.js';
import { Button } from '../shared/button.js';
import { say } from '../shared/toasts.js';

const HEARD = 0.35; // louder than the noise of a quiet room

/** A chosen device that is not there stays chosen: it may come back. */
function DeviceChoice({ kind, onChange }) {
  const id = useId();
  const list = devices[kind].value;
  const chosen = preferences[kind].value;
  const isThere = !chosen || list.some((device) => device.id === chosen);
  const choose = (event) => {
    preferences[kind].value = event.currentTarget.value || null;
    onChange?.();
  };
  return html`<div class="field"><label for=${id}>${t(`settings.devices.${kind}`)}</label>
    <select id=${id} value=${chosen ?? ''} onChange=${choose}>
      <option value="">${t('settings.devices.automatic')}</option>
      ${list.filter((device) => device.id !== 'default').map((device, place) => html`<option key=${device.id} value=${device.id}>
        ${device.label || t(`settings.devices.unnamed-${kind}`, { number: place + 1 })}</option>`)}
      ${!isThere && html`<option value=${chosen}>${t('settings.devices.not-connected')}</option>`}
    </select></div>`;
}

const PROBLEMS = new Set(['refused', 'missing', 'busy', 'gone', 'failed', 'unsupported']);

function Problem({ kind, trial }) {
  const state = trial.state.value;
  const text = (PROBLEMS.has(state) && t(`settings.devices.${state}-${kind}`))
    || (state === 'asking' && t('settings.devices.asking')) || (trial.isReplaced.value && t('settings.devices.replaced'));
  return html`<p class=${PROBLEMS.has(state) ? 'error' : 'hint'} role="status">${text}</p>`;
}

function useTrial(kind) {
  const trial = useMemo(() => new Trial(kind), [kind]);
  useEffect(() => () => trial.stop(), [trial]);
  return trial;
}

function TrialButton({ trial, kind }) {
  const isOn = trial.state.value === 'on' || trial.state.value === 'asking';
  return html`<${Button} onClick=${() => (isOn ? trial.stop() : trial.start())}>
    ${t(`settings.devices.${isOn ? 'stop' : 'try'}-${kind}`)}<//>`;
}

function Picture({ stream }) {
  const video = useRef(null);
  useEffect(() => { video.current.srcObject = stream; }, [stream]);
  return html`<video ref=${video} class="preview" autoplay muted playsinline aria-label=${t('settings.devices.preview')}></video>`;
}

function Level({ stream }) {
  const id = useId();
  const level = useSignal(0);
  const isHeard = useSignal(false);
  useEffect(() => measureLevel(stream, (value) => {
    level.value = value;
    if (value > HEARD) isHeard.value = true;
  }), [stream]);
  return html`<div class="level"><span id=${id}>${t('settings.devices.level')}</span>
    <meter aria-labelledby=${id} min="0" max="1" value=${level}></meter>
    <p class="hint" role="status">${isHeard.value ? t('settings.devices.heard') : t('settings.devices.speak')}</p></div>`;
}

function Tried({ kind, children }) {
  const trial = useTrial(kind);
  const again = () => { if (trial.state.value !== 'off' && canUseDevices()) trial.start(); };
  return html`<section class="settings-card" aria-labelledby=${`${kind}-title`}>
    <h2 id=${`${kind}-title`}>${t(`settings.devices.${kind}-title`)}</h2>
    <${DeviceChoice} kind=${kind} onChange=${again} />
    ${canUseDevices() && html`<${TrialButton} trial=${trial} kind=${kind} />`}
    <${Problem} kind=${kind} trial=${trial} />
    ${trial.stream.value && children(trial.stream.value)}
  </section>`;
}

function Speaker() {
  const isPlaying = useSignal(false);
  const play = async () => {
    if (isPlaying.value) return;
    isPlaying.value = true;
    try {
      await playTestTone();
    } catch {
      say(t('settings.devices.speaker-failed'), 'error');
    }
    isPlaying.value = false;
  };
  return html`<section class="settings-card" aria-labelledby="speaker-title">
    <h2 id="speaker-title">${t('settings.devices.speaker-title')}</h2>
    ${canChooseSpeaker() ? html`<${DeviceChoice} kind="speaker" />` : html`<p class="hint">${t('settings.devices.no-speaker-choice')}</p>`}
    <${Button} isBusy=${isPlaying.value} onClick=${play}>${t('settings.devices.try-speaker')}<//>
  </section>`;
}

export function Devices() {
  useEffect(followDevices, []);
  return html`<p class="settings-lead">${t('settings.devices.lead')}</p>
    <${Tried} kind="camera">${(stream) => html`<${Picture} stream=${stream} />`}<//>
    <${Tried} kind="microphone">${(stream) => html`<${Level} stream=${stream} />`}<//>
    <${Speaker} />`;
}
