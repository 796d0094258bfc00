// ring-dialog.js - somebody calls: with which answer. Nothing that is typed at this moment answers by mistake.

import { html, useEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { accept, decline } from '../../models/calls/center.js';
import { ring } from '../../models/calls/ring.js';
import { ringing } from '../../models/calls/state.js';
import { Avatar } from '../shared/avatar.js';
import { Button } from '../shared/button.js';
import { Dialog } from '../shared/dialog.js';

function Ring({ call }) {
  useEffect(() => ring(call), [call]);
  const { name, withVideo } = call;
  const [audioKind, videoKind] = withVideo ? ['plain', 'primary'] : ['primary', 'plain'];
  return html`<${Dialog} title=${t('calls.incoming')} class="ring" isKept onClose=${decline}>
    <div class="caller" tabindex="-1" autofocus><${Avatar} id=${call.address} name=${name} />
      <p><strong><bdi>${name}</bdi></strong>
        <span>${t(withVideo ? 'calls.video-call' : 'calls.audio-call')}</span></p></div>
    <div class="ring-answers">
      <${Button} kind="danger" icon="hang-up" onClick=${decline}>${t('calls.decline')}<//>
      <${Button} kind=${audioKind} icon="phone" onClick=${() => accept(false)}>${t('calls.accept-audio')}<//>
      <${Button} kind=${videoKind} icon="camera" onClick=${() => accept(true)}>${t('calls.accept-video')}<//>
    </div>
  <//>`;
}

export function RingDialog() {
  const call = ringing.value;
  return call && call.state.value === 'ringing' ? html`<${Ring} key=${call.callId} call=${call} />` : null;
}
