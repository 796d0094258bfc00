// button.js - buttons: with a text, or with a picture whose text is its label and tooltip.

import { html } from '../../html.js';
import { Icon } from './icon.js';

/** kind: 'plain', 'primary', 'danger'. `isBusy`: what it started is under way. */
export function Button({ kind = 'plain', icon, isBusy = false, type = 'button', class: extra = '', children, ...rest }) {
  return html`<button type=${type} class=${`button ${kind} ${extra}`} aria-disabled=${isBusy ? 'true' : undefined}
    aria-busy=${isBusy ? 'true' : undefined} ...${rest}>${icon && html`<${Icon} name=${icon} />`}<span>${children}</span></button>`;
}

export function IconButton({ icon, label, class: extra = '', children, ...rest }) {
  return html`<button type="button" class=${`icon-button ${extra}`} aria-label=${label} title=${label} ...${rest}>
    <${Icon} name=${icon} />${children}</button>`;
}
