// join-dialog.js - before one joins a channel's call: who is in it, how many it bears, and what one brings.

import { html, useEffect, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { joinCall } from '../../models/calls/center.js';
import { AUDIO_MOST, VIDEO_MOST } from '../../models/calls/group-call.js';
import { loadParticipants } from '../../models/calls.js';
import { Button } from '../shared/button.js';
import { Dialog } from '../shared/dialog.js';
import { Check, FormError, useForm } from '../shared/form.js';

function limitText(count) {
  if (count >= AUDIO_MOST) return t('calls.full', { count: AUDIO_MOST });
  if (count >= VIDEO_MOST) return t('calls.audio-only', { count: VIDEO_MOST });
  return t('calls.limit', { video: VIDEO_MOST, audio: AUDIO_MOST });
}

export function JoinDialog({ channelId, channelName, onClose }) {
  const participants = useSignal([]);
  useEffect(() => { loadParticipants(channelId).then((list) => { participants.value = list; }, () => {}); }, [channelId]);
  const count = participants.value.length;
  const form = useForm({
    save: async ({ camera, muted }) => {
      await joinCall(channelId, { withCamera: camera === 'on', isMuted: muted === 'on' });
      onClose();
    },
  });
  return html`<${Dialog} title=${t('calls.join-title', { channel: channelName })} onClose=${onClose}>
    <form onSubmit=${form.submit}>
      <p>${count ? t('calls.in-it', { count, names: participants.value.map((one) => one.username).join(', ') }) : t('calls.nobody-in-it')}</p>
      <p class="hint">${limitText(count)}</p>
      ${count < VIDEO_MOST && html`<${Check} name="camera" label=${t('calls.join-camera')} />`}
      <${Check} name="muted" label=${t('calls.join-muted')} />
      <${FormError} form=${form} />
      <div class="actions">
        <${Button} onClick=${onClose}>${t('action.cancel')}<//>
        <${Button} type="submit" kind="primary" icon="phone" isBusy=${form.isBusy.value} disabled=${count >= AUDIO_MOST}>
          ${count ? t('calls.join') : t('calls.start')}<//>
      </div>
    </form>
  <//>`;
}
