// update-notice.js - says quietly that the server has a newer page than this one. Nobody is interrupted: it waits for a
// click.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { hasUpdate } from '../../models/installed.js';

export function UpdateNotice() {
  return html`<div class="update-notice" role="status">
    ${hasUpdate.value && html`<p class="update">${t('update.ready')} · <button type="button" class="link-button"
      onClick=${() => location.reload()}>${t('update.reload')}</button></p>`}
  </div>`;
}
