// browse-channels-dialog.js - the public channels that one is not in: look for one, join it.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { joinChannel } from '../../models/channels.js';
import { openConversation } from '../../models/route.js';
import { openChannels } from '../../models/sidebar.js';
import { Button } from '../shared/button.js';
import { Dialog } from '../shared/dialog.js';
import { FilteredList } from '../shared/filtered-list.js';
import { Icon } from '../shared/icon.js';
import { attempt } from '../shared/toasts.js';
import { closeDialog } from './dialogs.js';

const join = (entry) => attempt(async () => {
  await joinChannel(entry.id);
  closeDialog();
  openConversation(entry.key);
});

const draw = (entry) => html`<li key=${entry.key} class="line">
  <${Icon} name="hash" />
  <span class="line-name"><bdi>${entry.name}</bdi>${entry.detail && html`${' '}<span
    class="row-detail">${entry.detail}</span>`}</span>
  <${Button} aria-label=${t('channel.join-name', { name: entry.name })}
    onClick=${() => join(entry)}>${t('channel.join')}<//>
</li>`;

export function BrowseChannelsDialog({ onClose }) {
  return html`<${Dialog} title=${t('channel.browse')} onClose=${onClose}>
    <${FilteredList} label=${t('channel.search')} rows=${openChannels.value}
      textsOf=${({ name, detail }) => [name, detail]} draw=${draw}
      nothing=${t('channel.nothing-to-join')} autofocus />
  <//>`;
}
