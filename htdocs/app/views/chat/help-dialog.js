// help-dialog.js - the keys, from the same table that the keys themselves are read from.

import { Fragment, html } from '../../html.js';
import { t } from '../../language/language.js';
import { helpRows, keysOf, SHORTCUTS } from '../../models/shortcuts.js';
import { Dialog } from '../shared/dialog.js';

function Keys({ combination }) {
  return html`<span class="help-keys" dir="ltr">
    ${keysOf(combination).map((key, place) => html`<${Fragment}
      key=${key}>${place > 0 && html`<span>+</span>`}<kbd>${key}</kbd><//>`)}
  </span>`;
}

function Group({ group, rows }) {
  return html`<section class="help-group"><h3>${t(group)}</h3>
    <dl>${helpRows(rows).map(({ text, combinations }) => html`<div key=${text} class="help-row"><dt>${t(text)}</dt>
      <dd>${combinations.map((combination, place) => html`<${Fragment} key=${place}>
        ${place > 0 && html`<span class="help-or">${t('help.or')}</span>`}<${Keys}
          combination=${combination} /><//>`)}</dd></div>`)}</dl>
  </section>`;
}

export function HelpDialog({ onClose }) {
  return html`<${Dialog} title=${t('help.title')} onClose=${onClose}>
    ${SHORTCUTS.map((group) => html`<${Group} key=${group.group} ...${group} />`)}
  <//>`;
}
