// overview.js - how the server is, at a glance: figures, messages a minute, who is online, the queue for each other
// server.

import { html, useEffect } from '../../html.js';
import { t } from '../../language/language.js';
import { onLive } from '../../models/admin/live.js';
import { loadOnline, loadOverview, onlineUsers, overview, overviewError,
  watchOverview } from '../../models/admin/overview.js';
import { addressOf } from '../../models/admin/route.js';
import { addressBeside, nameOfUser } from '../../models/admin/users.js';
import { bytes, number } from '../../text/format.js';
import { Avatar } from '../shared/avatar.js';
import { Table } from '../shared/table.js';
import { Chart } from './chart.js';
import { HealthMark, since } from './health.js';
import { Empty, LoadState, Title } from './parts.js';
import { daysWords } from './retention.js';


function Figure({ label, value, detail }) {
  return html`<div class="figure"><dt>${label}</dt><dd><strong>${value}</strong>${detail
      && html`<span>${detail}</span>`}</dd></div>`;
}

function Figures({ figures }) {
  const { users } = figures;
  return html`<dl class="figures">
    <${Figure} label=${t('admin.figure.online')} value=${number(users.online)}
      detail=${t('admin.figure.connections', { count: figures.connections, number: number(figures.connections) })} />
    <${Figure} label=${t('admin.figure.users')} value=${number(users.local)}
      detail=${t('admin.figure.remote', { count: users.remote, number: number(users.remote) })} />
    <${Figure} label=${t('admin.figure.channels')} value=${number(figures.channels)} />
    <${Figure} label=${t('admin.figure.messages')} value=${number(figures.messages)} />
  </dl>`;
}

function Online() {
  if (!onlineUsers.value) return html`<p class="quiet">${t('frame.loading')}</p>`;
  const { rows, total } = onlineUsers.value;
  if (rows.length === 0) return html`<p class="quiet">${t('admin.online.nobody')}</p>`;
  return html`<ul class="people">${rows.map((user) => html`<li key=${user.id}>
      <${Avatar} id=${user.id} name=${nameOfUser(user)} />
      <span><bdi>${nameOfUser(user)}</bdi>
        ${addressBeside(user) && html`<bdi class="quiet">${addressBeside(user)}</bdi>`}</span></li>`)}</ul>
    ${total > rows.length && html`<p
      class="quiet">${t('admin.online.more', { count: total - rows.length })}</p>`}`;
}

const COLUMNS = () => [
  { title: t('admin.server.name'), isHeader: true,
    cell: ({ id, name }) => html`<a href=${addressOf('servers', id)}><bdi>${name}</bdi></a>` },
  { title: t('admin.server.state'), cell: (link) => html`<${HealthMark} link=${link} />` },
  { title: t('admin.server.queue'), class: 'number', cell: (link) => number(link.queue_depth) },
  { title: t('admin.server.refused'), class: 'number', cell: (link) => number(link.refused) },
  { title: t('admin.server.contact'), cell: (link) => since(link.last_contact) },
];

function Queues({ servers }) {
  if (servers.length === 0) return html`<${Empty} title=${t('admin.servers.none')}>${t('admin.servers.none-hint')}<//>`;
  return html`<${Table} label=${t('admin.overview.servers')} columns=${COLUMNS()} rows=${servers} />`;
}

function uptime(from, to) {
  const minutes = Math.max(0, Math.floor((new Date(to) - new Date(from)) / 60000));
  const parts = { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60) % 24, minutes: minutes % 60 };
  return t(parts.days ? 'admin.uptime.days' : 'admin.uptime.hours', parts);
}

function About({ figures }) {
  const rows = [
    ['name', html`<bdi>${figures.server_name}</bdi>`],
    ['base-url', html`<bdi>${figures.base_url}</bdi>`],
    ['version', figures.version],
    ['uptime', uptime(figures.started_at, figures.now)],
    ['workers', number(figures.workers)],
    ['database', t('admin.about.database-size',
      { database: bytes(figures.database_bytes), log: bytes(figures.wal_bytes) })],
    ['free-pages', bytes(figures.free_page_bytes)],
    ['disk', bytes(figures.disk_free_bytes)],
    ['retention', daysWords(figures.retention_days)],
    ['retention-direct', daysWords(figures.retention_direct_days)],
  ];
  return html`<dl class="about">${rows.map(([key, value]) =>
      html`<div key=${key}><dt>${t(`admin.about.${key}`)}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const Panel = ({ title, class: extra = '', children }) =>
    html`<section class=${`panel ${extra}`}><h2>${title}</h2>${children}</section>`;

export function Overview() {
  useEffect(watchOverview, []);
  useEffect(() => {
    loadOnline();
    return onLive(['presence', 'users'], loadOnline);
  }, []);
  const figures = overview.value;
  return html`<${Title} text=${t('admin.section.overview')} />
    <${LoadState} isLoaded=${figures} error=${overviewError.value} retry=${loadOverview} />
    ${figures && html`<${Figures} figures=${figures} />
      <div class="panels">
        <${Panel} class="wide" title=${t('admin.chart.title')}><${Chart} counts=${figures.messages_per_minute}
          now=${figures.now} /><//>
        <${Panel} class="wide" title=${t('admin.overview.servers')}><${Queues} servers=${figures.servers} /><//>
        <${Panel} title=${t('admin.overview.online')}><${Online} /><//>
        <${Panel} title=${t('admin.overview.about')}><${About} figures=${figures} /><//>
      </div>`}`;
}
