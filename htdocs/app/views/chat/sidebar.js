// sidebar.js - the way around: whose server this is, the switcher, the search; channels, direct conversations, other
// people, and one's own account.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { route } from '../../models/route.js';
import { me } from '../../models/session.js';
import { keysOf } from '../../models/shortcuts.js';
import { search } from '../../models/sidebar.js';
import { IconButton } from '../shared/button.js';
import { Icon } from '../shared/icon.js';
import { AccountMenu } from './account-menu.js';
import { ChannelList } from './channel-list.js';
import { showDialog } from './dialogs.js';
import { Switcher } from './late.js';
import { DirectList, PeopleList } from './people-list.js';

/** The page's first heading is the conversation's; where none is open, it is this one. */
function Title() {
  const Heading = route.value.key ? 'p' : 'h1';
  return html`<${Heading} class="sidebar-title"><img src="/favicon.svg" alt="" />${me.value?.server_name}<//>`;
}

function SearchBox() {
  const clearOnEscape = (event) => {
    if (event.key !== 'Escape' || !search.value) return;
    event.stopPropagation();
    event.preventDefault();
    search.value = '';
  };
  return html`<div class="sidebar-search" role="search">
    <${Icon} name="search" />
    <input type="search" class="input" aria-label=${t('sidebar.search')} placeholder=${t('sidebar.search')}
      autocomplete="off"
      spellcheck="false" maxlength="300" value=${search.value} onInput=${(event) => { search.value = event.currentTarget.value; }}
      onKeyDown=${clearOnEscape} />
  </div>`;
}

function SidebarHead() {
  const keys = keysOf({ mod: true, key: 'k' }).join('+');
  return html`<div class="sidebar-head">
    <div class="sidebar-top">
      <${Title} />
      <${IconButton} icon="jump" label=${`${t('switcher.title')} (${keys})`} onClick=${() => showDialog(Switcher)} />
    </div>
    <${SearchBox} />
  </div>`;
}

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
