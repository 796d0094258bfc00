// federation.js - what other servers need of this one, the tokens that let them in, and asking them what is new.

import { html, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { checkName } from '../../models/admin/checks.js';
import { createToken, deleteToken, loadServerToken, loadTokens, synchronise, tokens,
  tokensError } from '../../models/admin/federation.js';
import { loadOverview, overview } from '../../models/admin/overview.js';
import { loadServers, serverNames } from '../../models/admin/servers.js';
import { admin } from '../../models/admin/session.js';
import { number, shortTime } from '../../text/format.js';
import { Button, IconButton } from '../shared/button.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { Field } from '../shared/form.js';
import { FormDialog } from '../shared/form-dialog.js';
import { SecretDialog } from '../shared/secret-dialog.js';
import { Table } from '../shared/table.js';
import { attempt, say } from '../shared/toasts.js';
import { Empty, explained, LoadState, Title, useAdminForm, useDialogs, useLive } from './parts.js';

const NAMED_MOST = 5;

// ---- this server ----

function ShowServerToken({ token, onClose }) {
  return html`<${SecretDialog} title=${t('admin.self.token')} label=${t('admin.self.token')} secret=${token}
      note=${t('admin.self.token-note')} onClose=${onClose}>
    <p>${t('admin.self.token-words')}</p>
  <//>`;
}

function Self() {
  const { show, dialog } = useDialogs({ token: ShowServerToken });
  const open = () => attempt(async () => show('token', { token: await loadServerToken() }));
  const rows = [['name', admin.value?.server_name], ['base-url', overview.value?.base_url ?? '…'],
      ['version', admin.value?.version]];
  return html`<section class="panel"><h2>${t('admin.self.title')}</h2>
    <p class="quiet">${t('admin.self.words')}</p>
    <dl class="about">${rows.map(([key, value]) =>
      html`<div key=${key}><dt>${t(`admin.about.${key}`)}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>
    <div class="tools"><${Button} icon="eye" onClick=${open}>${t('admin.self.show-token')}<//></div>
    ${dialog}</section>`;
}

// ---- asking the others ----

function namesOf(kind, made) {
  const names = made.slice(0, NAMED_MOST).map((item) => (kind === 'users'
    ? `${item.username}@${serverNames.value.get(item.server_id) ?? '?'}` : `#${item.name}@${item.origin_server}`));
  return made.length > NAMED_MOST ? [...names, '…'] : names;
}

function Result({ kind, result }) {
  const { made, failed } = result;
  return html`<div class=${failed.length ? 'note warning' : 'note good'}>
    <p>${made.length === 0 ? t(`admin.sync.nothing-${kind}`)
      : html`${t(`admin.sync.new-${kind}`, { count: made.length, number: number(made.length) })}
      <bdi>${namesOf(kind, made).join(', ')}</bdi>`}</p>
    <p>${failed.length ? t('admin.sync.failed', { count: failed.length, names: failed.join(', ') })
      : t('admin.sync.all-answered')}</p>
  </div>`;
}

function Synchronise({ kind }) {
  const busy = useSignal(false);
  const result = useSignal(null);
  const run = async () => {
    if (busy.value) return;
    busy.value = true;
    result.value = await attempt(() => synchronise(kind)) ?? null;
    busy.value = false;
  };
  return html`<div class="sync"><${Button} icon="refresh" isBusy=${busy.value}
      onClick=${run}>${t(`admin.sync.${kind}`)}<//>
    <div role="status">${busy.value ? html`<p class="quiet">${t('admin.sync.busy')}</p>`
      : result.value && html`<${Result} kind=${kind} result=${result.value} />`}</div></div>`;
}

// ---- tokens ----

function CreateToken({ show, onClose }) {
  const form = useAdminForm({
    fields: ['label'],
    validate: ({ label }) => ({ label: checkName(label) }),
    save: async ({ label }) => {
      const token = await createToken(label.trim());
      await loadTokens();
      show('secret', { token, label: label.trim() });
    },
  });
  return html`<${FormDialog} form=${form} title=${t('admin.tokens.create')} submit=${t('action.create')}
      onClose=${onClose}>
    <${Field} form=${form} name="label" label=${t('admin.token.label')} hint=${t('admin.token.label-hint')}
      autocomplete="off" required autofocus />
  <//>`;
}

function ShowToken({ token, label, onClose }) {
  return html`<${SecretDialog} title=${t('admin.token.created', { label })} label=${t('admin.token.token')}
      secret=${token} onClose=${onClose}>
    <p>${t('admin.token.use')}</p>
  <//>`;
}

function DeleteToken({ token, onClose }) {
  const run = explained(async () => {
    await deleteToken(token.id);
    await loadTokens();
  });
  const done = () => {
    say(t('admin.token.deleted', { label: token.label }));
    onClose();
  };
  return html`<${ConfirmDialog} title=${t('admin.token.delete', { label: token.label })} action=${t('action.delete')}
      run=${run} onDone=${done} onClose=${onClose}>
    <p>${t('admin.token.delete-words')}</p>
  <//>`;
}

const columns = (show) => [
  { title: t('admin.token.label'), isHeader: true, cell: (token) => html`<bdi class="main">${token.label}</bdi>` },
  { title: t('admin.token.made'),
    cell: (token) => html`<time datetime=${token.created_at}>${shortTime(token.created_at)}</time>` },
  { title: t('admin.actions'), isBare: true, class: 'end beside', cell: (token) => html`<span class="row-actions">
    <${IconButton} icon="trash" label=${t('admin.token.delete', { label: token.label })}
      onClick=${() => show('delete', { token })} /></span>` },
];

function Tokens() {
  const { show, dialog } = useDialogs({ create: CreateToken, secret: ShowToken, delete: DeleteToken });
  const rows = tokens.value;
  return html`<section class="panel"><h2>${t('admin.tokens.title')}</h2>
    <p class="quiet">${t('admin.tokens.words')}</p>
    <div class="tools"><${Button} kind="primary" icon="add"
      onClick=${() => show('create')}>${t('admin.tokens.create')}<//></div>
    <${LoadState} isLoaded=${rows} error=${tokensError.value} retry=${loadTokens} />
    ${rows?.length === 0 && html`<${Empty} title=${t('admin.tokens.none')} />`}
    ${rows?.length > 0 && html`<${Table} label=${t('admin.tokens.title')} columns=${columns(show)} rows=${rows} />`}
    ${dialog}</section>`;
}

function load() {
  loadTokens();
  loadServers();
  loadOverview();
}

export function Federation() {
  useLive(['servers'], load);
  return html`<${Title} text=${t('admin.section.federation')} />
    <${Self} />
    <section class="panel"><h2>${t('admin.sync.title')}</h2><p class="quiet">${t('admin.sync.words')}</p>
      <${Synchronise} kind="users" /><${Synchronise} kind="channels" /></section>
    <${Tokens} />`;
}
