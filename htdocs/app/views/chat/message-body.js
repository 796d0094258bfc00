// message-body.js - the text of a message: the tree of text/markdown.js as elements. What people write becomes text
// nodes and checked addresses, never markup.

import { html, useMemo, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { MISSED_CALL } from '../../models/calls/state.js';
import { namedBy } from '../../models/people.js';
import { preferences } from '../../models/preferences.js';
import { addressOfConversation } from '../../models/route.js';
import { myId } from '../../models/session.js';
import { parseMarkdown } from '../../text/markdown.js';
import { findMentions } from '../../text/mentions.js';
import { beginningOf, gifUrl, isEmojiOnly } from '../../text/message-text.js';
import { CopyButton } from '../shared/copy-button.js';
import { Icon } from '../shared/icon.js';

const RELATION = 'noopener noreferrer nofollow';

/**
 * A message that is a picture. Its place has a size before it is loaded, so that nothing moves; who does not want
 * pictures from elsewhere loads each by a click.
 */
function MessageGif({ url }) {
  const isWanted = useSignal(false);
  const hasFailed = useSignal(false);
  if (hasFailed.value) {
    return html`<p class="gif-note">${t('message.gif-failed')}${' '}
      <a href=${url} target="_blank" rel="noopener noreferrer nofollow">${url}</a></p>`;
  }
  if (!preferences.showGifs.value && !isWanted.value) {
    return html`<button type="button" class="gif gif-offer" title=${url} onClick=${() => { isWanted.value = true; }}>
      <${Icon} name="gif" /><span>${t('message.gif-show')}</span><small>${new URL(url).host}</small></button>`;
  }
  return html`<img class="gif" src=${url} alt=${t('message.gif')} width="320" height="208" loading="lazy"
    decoding="async" referrerpolicy="no-referrer" onError=${() => { hasFailed.value = true; }} />`;
}

function Mention({ person, text }) {
  if (person.id === myId()) return html`<mark class="mention own">${text}</mark>`;
  return html`<a class="mention" href=${addressOfConversation(`dm:${person.id}`)}>${text}</a>`;
}

/** A text with the people who are named in it. */
function withMentions(text, authorId) {
  const pieces = [];
  let place = 0;
  for (const { start, end, person } of findMentions(text, namedBy(authorId))) {
    pieces.push(text.slice(place, start), html`<${Mention} person=${person} text=${text.slice(start, end)} />`);
    place = end;
  }
  return [...pieces, text.slice(place)];
}

function CodeBlock({ language, text }) {
  return html`<div class="code-block">
    <div class="code-head"><span>${language}</span><${CopyButton} text=${text} class="small" /></div>
    <pre tabindex="0" dir="ltr"><code>${text}</code></pre>
  </div>`;
}

const DRAWN = {
  bold: (node, draw) => html`<strong>${draw(node.children)}</strong>`,
  italic: (node, draw) => html`<em>${draw(node.children)}</em>`,
  strike: (node, draw) => html`<s>${draw(node.children)}</s>`,
  code: (node) => html`<code dir="ltr">${node.text}</code>`,
  break: () => html`<br />`,
  link: ({ url, children }, draw) =>
    html`<a href=${url} title=${url} target="_blank" rel=${RELATION}>${draw(children, true)}</a>`,
};

const DRAWN_BLOCKS = {
  paragraph: (block, draw) => html`<p dir="auto">${draw.inline(block.children)}</p>`,
  code: ({ language, text }) => html`<${CodeBlock} language=${language} text=${text} />`,
  quote: (block, draw) => html`<blockquote dir="auto">${draw.blocks(block.children)}</blockquote>`,
  list: ({ start, items }, draw) => {
    const rows = items.map((item) => html`<li dir="auto">${draw.blocks(item)}</li>`);
    return start === null ? html`<ul>${rows}</ul>` : html`<ol start=${start}>${rows}</ol>`;
  },
};

/** What a text looks like; whom it names depends on who has written it. */
export function drawMarkdown(text, authorId) {
  const inline = (nodes, isLink = false) => nodes.map((node) => {
    if (typeof node !== 'string') return DRAWN[node.type](node, inline);
    return isLink ? node : withMentions(node, authorId);
  });
  const blocks = (list) => list.map((block) => DRAWN_BLOCKS[block.type](block, { inline, blocks }));
  return blocks(parseMarkdown(text));
}

/** What a caller who was not answered leaves behind. */
function MissedCall() {
  return html`<p class="missed-call"><${Icon} name="phone" />${t('calls.missed')}</p>`;
}

/**
 * `home`: the author's server, by which names are found. `onFold()` before the height changes by the reader's own
 * doing.
 */
export function MessageBody({ body, authorId, home, onFold }) {
  const isOpen = useSignal(false);
  const beginning = useMemo(() => beginningOf(body), [body]);
  const isFolded = beginning !== null && !isOpen.value;
  const drawn = useMemo(() => drawMarkdown(isFolded ? beginning : body, authorId), [body, isFolded, authorId, home]);
  if (body === MISSED_CALL) return html`<div class="message-body"><${MissedCall} /></div>`;
  const url = gifUrl(body);
  if (url) return html`<div class="message-body"><${MessageGif} url=${url} /></div>`;
  const toggle = () => {
    onFold?.();
    isOpen.value = !isOpen.value;
  };
  return html`<div class=${`message-body ${isEmojiOnly(body) ? 'large' : ''} ${isFolded ? 'folded' : ''}`}>
    <div class="message-text">${drawn}</div>
    ${beginning !== null && html`<button type="button" class="link-button"
      aria-expanded=${isOpen.value ? 'true' : 'false'} onClick=${toggle}>
      ${t(isFolded ? 'message.show-more' : 'message.show-less')}</button>`}
  </div>`;
}
