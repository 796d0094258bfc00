// message-gif.js - a message that is a picture. Its place has a size before it is loaded, so that nothing moves; who
// does not want pictures from elsewhere loads each by a click.

import { html, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { preferences } from '../../models/preferences.js';
import { Icon } from '../shared/icon.js';

export function MessageGif({ url }) {
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
