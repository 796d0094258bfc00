// join-dialog.js - before one joins a channel's call: who is in it, how many it bears, and what one brings.

import { html, useEffect, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { calls } from '../../models/calls/entry.js';
import { iceServers } from '../../models/calls/ice.js';
import { limits } from '../../models/calls/rules.js';
import { callCount, loadParticipants } from '../../models/calls.js';
import { fullNameOf, personById } from '../../models/people.js';
import { Button } from '../shared/button.js';
import { Dialog } from '../shared/dialog.js';
import { Check, FormError, useForm } from '../shared/form.js';
import { attempt } from '../shared/toasts.js';

function limitText(count) {
  const { video, audio } = limits.value;
  if (count >= audio) return t('calls.full', { count });
  if (count >= video) return t('calls.audio-only', { count });
  return t('calls.limit', { video, audio });
}

function participantName({ user_id: id, username }) {
  const person = personById(id);
  return person ? fullNameOf(person) : username;
}

function useParticipants(channelId) {
  const participants = useSignal([]);
  const count = callCount(channelId);
  useEffect(() => {
    loadParticipants(channelId).then((list) => { participants.value = list; }, () => {});
  }, [channelId, count]);
  return participants.value;
}

export function JoinDialog({ channelId, channelName, onClose }) {
  const participants = useParticipants(channelId);
  const count = participants.length;
  useEffect(() => { iceServers().catch(() => {}); }, []); // the limits; and those that join need them at once
  const form = useForm({
    save: async ({ camera, muted }) => {
      const { joinCall } = await calls();
      onClose(); // the browser may ask for permission, for as long as it takes
      attempt(() => joinCall(channelId, { withCamera: camera === 'on', isMuted: muted === 'on' }));
    },
  });
  const names = participants.map(participantName).join(', ');
  return html`<${Dialog} title=${t('calls.join-title', { channel: channelName })} onClose=${onClose}>
    <form class="call-join" onSubmit=${form.submit}>
      <p role="status">${count ? t('calls.in-it', { count, names }) : t('calls.nobody-in-it')}</p>
      <p class="hint">${limitText(count)}</p>
      ${count < limits.value.video && html`<${Check} name="camera" label=${t('calls.join-camera')} />`}
      <${Check} name="muted" label=${t('calls.join-muted')} />
      <${FormError} form=${form} />
      <div class="actions">
        <${Button} onClick=${onClose}>${t('action.cancel')}<//>
        <${Button} type="submit" kind="primary" icon="phone" disabled=${count >= limits.value.audio}>
          ${count ? t('calls.join') : t('calls.start')}<//>
      </div>
    </form>
  <//>`;
}
