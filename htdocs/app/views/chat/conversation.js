// conversation.js - the messages of one conversation.
import { html } from '../../html.js';
export function Conversation({ timeline }) { return html`<h1>${timeline.key}</h1>`; }
