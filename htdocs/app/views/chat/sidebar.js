// sidebar.js - the way around: channels, direct conversations, other people, and one's own account.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { AccountMenu } from './account-menu.js';
import { ChannelList } from './channel-list.js';
import { DirectList, PeopleList } from './people-list.js';
import { SidebarHead } from './sidebar-head.js';

export function Sidebar() {
  return html`<nav class="sidebar" aria-label=${t('sidebar.label')}>
    <${SidebarHead} />
    <div class="sidebar-lists">
      <${ChannelList} />
      <${DirectList} />
      <${PeopleList} />
    </div>
    <${AccountMenu} />
  </nav>`;
}
