// announcer.js - reads new messages of others aloud: who, and how it begins. Of many at once it says only how many;
// history that is loaded is not new.

import { html, useEffect, useRef, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { authorOf, fullNameOf } from '../../models/people.js';
import { gifUrl, shortened } from '../../text/message-text.js';

const PAUSE_MS = 800;
const LENGTH_MOST = 120;

function textOf(messages) {
  if (messages.length > 1) return t('timeline.announced', { count: messages.length });
  const [message] = messages;
  return `${fullNameOf(authorOf(message))}: ${gifUrl(message.body) ? t('message.gif') : shortened(message.body, LENGTH_MOST)}`;
}

export function Announcer({ timeline }) {
  const said = useSignal(null); // {id, text}
  const waiting = useRef([]);
  useEffect(() => {
    let timer = null;
    const tell = () => {
      timer = null;
      said.value = { id: waiting.current.at(-1).message_id, text: textOf(waiting.current) };
      waiting.current = [];
    };
    const stop = timeline.lastArrived.subscribe((message) => {
      if (!message) return;
      waiting.current.push(message);
      timer ??= setTimeout(tell, PAUSE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [timeline]);
  return html`<div class="hidden" role="status" aria-live="polite">
    ${said.value && html`<p key=${said.value.id}>${said.value.text}</p>`}</div>`;
}
