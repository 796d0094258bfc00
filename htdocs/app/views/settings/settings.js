// settings.js - the settings page.
import { html } from '../../html.js';
export function Settings() { return html`<main><h1>Settings</h1></main>`; }
