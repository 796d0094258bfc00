// ring-dialog.js - somebody calls: with which answer.

import { html, useEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { accept, decline, ringing } from '../../models/calls/center.js';
import { playTone } from '../../models/calls/tone.js';
import { showCall } from '../../models/notifications.js';
import { Avatar } from '../shared/avatar.js';
import { Button } from '../shared/button.js';
import { Dialog } from '../shared/dialog.js';

function Ring({ call }) {
  useEffect(() => {
    const stopTone = playTone('incoming');
    const closeNotification = showCall(call.name);
    return () => { stopTone(); closeNotification(); };
  }, [call]);
  return html`<${Dialog} title=${t('calls.incoming')} class="ring" onClose=${decline}>
    <div class="caller"><${Avatar} id=${call.address} name=${call.name} />
      <p><strong>${call.name}</strong><br />${call.withVideo ? t('calls.video-call') : t('calls.audio-call')}</p></div>
    <div class="actions">
      <${Button} kind="danger" icon="hang-up" onClick=${decline}>${t('calls.decline')}<//>
      <${Button} kind=${call.withVideo ? 'plain' : 'primary'} icon="phone" onClick=${() => accept(false)}>${t('calls.accept-audio')}<//>
      <${Button} kind=${call.withVideo ? 'primary' : 'plain'} icon="camera" onClick=${() => accept(true)}>${t('calls.accept-video')}<//>
    </div>
  <//>`;
}

export function RingDialog() {
  const call = ringing.value;
  return call && call.state.value === 'ringing' ? html`<${Ring} key=${call.callId} call=${call} />` : null;
}
