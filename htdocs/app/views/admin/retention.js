// retention.js - for how long a channel keeps its messages: a number of days of its own, or the server's.

import { html, useEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { setRetention } from '../../models/admin/channels.js';
import { checkDays } from '../../models/admin/checks.js';
import { loadOverview, overview } from '../../models/admin/overview.js';
import { number } from '../../text/format.js';
import { Button } from '../shared/button.js';
import { Field, FormError } from '../shared/form.js';
import { say } from '../shared/toasts.js';
import { useAdminForm } from './parts.js';

/** "for ever", or how many days. */
export const daysWords = (days) => (days ? t('admin.retention.days', { count: days, number: number(days) })
  : t('admin.retention.ever'));

export function Retention({ detail, channel }) {
  useEffect(() => { if (!overview.value) loadOverview(); }, []);
  const form = useAdminForm({
    fields: ['days'],
    validate: ({ days }) => ({ days: checkDays(days) }),
    save: async ({ days }) => {
      await setRetention(channel.id, days.trim() ? Number(days) : null);
      await detail.load();
      say(t('action.saved'));
    },
  });
  return html`<section class="panel"><h2>${t('admin.retention.title')}</h2>
    <form class="retention" onSubmit=${form.submit} novalidate>
      <${Field} form=${form} name="days" label=${t('admin.retention.field')} inputmode="numeric" autocomplete="off"
        defaultValue=${channel.retention_days ?? ''}
        hint=${t('admin.retention.hint', { server: daysWords(overview.value?.retention_days) })} />
      <${Button} type="submit" isBusy=${form.isBusy.value}>${t('action.save')}<//>
      <${FormError} form=${form} />
    </form></section>`;
}
