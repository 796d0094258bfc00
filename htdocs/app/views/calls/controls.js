// controls.js - the buttons of a call: what one sends, with which devices, and the way out.

import { html, useEffect, useId, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { limits } from '../../models/calls/rules.js';
import { devices, followDevices } from '../../models/devices.js';
import { preferences } from '../../models/preferences.js';
import { Button, IconButton } from '../shared/button.js';

function Toggle({ icon, offIcon, isOn, labels, onClick }) {
  const [onLabel, offLabel] = labels;
  return html`<${IconButton} icon=${isOn ? icon : offIcon} label=${isOn ? onLabel : offLabel} class=${isOn ? '' : 'off'}
    onClick=${onClick} />`;
}

/** The devices of a kind; a change is heard at once, and what is muted stays so. */
function DeviceChoice({ kind, label, onChange }) {
  const id = useId();
  const preference = preferences[kind];
  const choose = (event) => {
    preference.value = event.currentTarget.value || null;
    onChange();
  };
  const others = devices[kind].value.filter((device) => device.id !== 'default'); // which is the automatic choice
  return html`<div class="device"><label for=${id}>${label}</label>
    <select id=${id} onChange=${choose} value=${preference.value ?? ''}>
      <option value="">${t('calls.device-default')}</option>
      ${others.map((device, place) => html`<option key=${device.id} value=${device.id}>
        ${device.label || t('calls.device-unnamed', { number: place + 1 })}</option>`)}
    </select></div>`;
}

function Devices({ media }) {
  useEffect(followDevices, []);
  const changeMicrophone = () => media.audio.value && media.openMicrophone();
  const changeCamera = () => media.camera.value && media.openCamera();
  return html`<div class="devices">
    <${DeviceChoice} kind="microphone" label=${t('calls.microphone')} onChange=${changeMicrophone} />
    <${DeviceChoice} kind="camera" label=${t('calls.camera')} onChange=${changeCamera} />
  </div>`;
}

/** What cannot be had, and why; the call goes on without. */
function Problems({ problems }) {
  return Object.entries(problems).map(([part, reason]) => html`<p key=${part} class="call-problem" role="status">
    ${t(`calls.media.${part}`)} ${t(`calls.media.${reason}`)}</p>`);
}

/** `count`: how many are in the call. */
export function Controls({ call, count, onLeave }) {
  const { media } = call;
  const showsDevices = useSignal(false);
  const isMuted = media.isMuted.value || !media.audio.value;
  const hasCamera = media.camera.value !== null;
  const hasScreen = media.screen.value !== null;
  const canShare = Boolean(navigator.mediaDevices?.getDisplayMedia);
  const { video: most } = limits.value;
  const isFull = !hasCamera && !hasScreen && count > most;
  const leaveText = call.kind === 'group' ? 'calls.leave' : 'calls.hang-up';
  const toggleMicrophone = () => (media.audio.value ? media.setMuted(!media.isMuted.value) : media.openMicrophone());
  const toggleCamera = () => (hasCamera ? media.closeCamera() : media.openCamera());
  const toggleScreen = () => (hasScreen ? media.stopScreen() : media.shareScreen());
  return html`<div class="call-controls">
    <${Problems} problems=${media.problems.value} />
    ${isFull && html`<p class="call-problem" role="status">${t('calls.video-limit', { count: most })}</p>`}
    ${showsDevices.value && html`<${Devices} media=${media} />`}
    <div class="call-buttons" role="toolbar" aria-label=${t('calls.controls')}>
      <${Toggle} icon="mic" offIcon="mic-off" isOn=${!isMuted}
        labels=${[t('calls.mute'), t('calls.unmute')]} onClick=${toggleMicrophone} />
      ${!isFull && html`<${Toggle} icon="camera" offIcon="camera-off" isOn=${hasCamera}
        labels=${[t('calls.camera-off'), t('calls.camera-on')]} onClick=${toggleCamera} />`}
      ${!isFull && canShare && html`<${IconButton} icon="screen" aria-pressed=${hasScreen ? 'true' : 'false'}
        label=${hasScreen ? t('calls.screen-stop') : t('calls.screen-start')} onClick=${toggleScreen} />`}
      <${IconButton} icon="settings" label=${t('calls.devices')} aria-expanded=${showsDevices.value ? 'true' : 'false'}
        onClick=${() => { showsDevices.value = !showsDevices.value; }} />
      <${Button} kind="danger" icon="hang-up" onClick=${onLeave}>${t(leaveText)}<//>
    </div>
  </div>`;
}
