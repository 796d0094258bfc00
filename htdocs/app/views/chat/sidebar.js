// sidebar.js - channels and people.
import { html } from '../../html.js';
export function Sidebar() { return html`<nav class="sidebar" aria-label="Sidebar"></nav>`; }
