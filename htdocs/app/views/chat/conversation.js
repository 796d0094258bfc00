// conversation.js - one conversation: its head, its messages, and where one writes; or why there is nothing to see.

import { html, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { channelById, joinChannel } from '../../models/channels.js';
import { isMember, partsOf } from '../../models/conversations.js';
import { go } from '../../models/route.js';
import { Button } from '../shared/button.js';
import { attempt } from '../shared/toasts.js';
import { Composer } from './composer.js';
import { ConversationHead, titleOf } from './conversation-head.js';
import { TimelineView } from './timeline-view.js';

/** Instead of the composer, for a channel that one only looks at. */
function JoinBar({ channelId, timeline }) {
  const isBusy = useSignal(false);
  const join = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    await attempt(async () => {
      await joinChannel(channelId);
      await timeline.catchUp(); // nobody told of what came until now
    });
    isBusy.value = false;
  };
  return html`<div class="join-bar">
    <p>${t('conversation.not-member')}</p>
    <${Button} kind="primary" isBusy=${isBusy.value} onClick=${join}>${t('channel.join')}<//>
  </div>`;
}

function Unknown() {
  return html`<div class="nothing"><h1>${t('conversation.unknown')}</h1><p>${t('conversation.unknown-hint')}</p>
    <div><${Button} onClick=${() => go('/chat/ui')}>${t('conversation.leave-unknown')}<//></div></div>`;
}

function Foot({ timeline }) {
  const { kind, id } = partsOf(timeline.key);
  if (kind === 'channel' && !isMember(id)) return html`<${JoinBar} channelId=${id} timeline=${timeline} />`;
  return html`<${Composer} conversationKey=${timeline.key} />`;
}

export function Conversation({ timeline }) {
  const { kind, id } = partsOf(timeline.key);
  const failed = timeline.error.value;
  const isGone = kind === 'channel' && !channelById(id) && !isMember(id);
  if (isGone || (failed?.place === 'all' && failed.error.status === 404)) return html`<${Unknown} />`;
  return html`<${ConversationHead} timelineKey=${timeline.key} />
    <${TimelineView} timeline=${timeline} label=${t('timeline.label', { name: titleOf(timeline.key) })} />
    <${Foot} timeline=${timeline} />`;
}
