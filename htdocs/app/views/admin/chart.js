// chart.js - messages a minute in the last hour: bars to look at, one sentence to listen to, and the same as a table.

import { html } from '../../html.js';
import { t } from '../../language/language.js';
import { clockTime, number } from '../../text/format.js';

const WIDTH = 600;
const HEIGHT = 120;
const MINUTE_MS = 60000;

/** The next number that reads well: 1, 2, 5, 10, 20, 50 ... */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value);
}

function Bars({ counts, most }) {
  const step = WIDTH / counts.length;
  return html`<svg class="bars" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true"
      focusable="false">
    <path class="grid" d=${`M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`} />
    ${counts.map((count, index) => {
      const height = count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT);
      return html`<rect key=${index} x=${index * step + 1} y=${HEIGHT - height} width=${step - 2} height=${height} />`;
    })}
  </svg>`;
}

function Minutes({ counts, now }) {
  const at = (index) => new Date(new Date(now).getTime() - (counts.length - 1 - index) * MINUTE_MS);
  return html`<details class="minutes"><summary>${t('admin.chart.table')}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('admin.chart.title')}>
      <table><thead><tr><th scope="col">${t('admin.chart.minute')}</th><th scope="col"
        class="number">${t('admin.chart.messages')}</th></tr></thead>
      <tbody>${counts.map((count, index) => html`<tr key=${index}><th scope="row">${clockTime(at(index))}</th>
        <td class="number">${number(count)}</td></tr>`).reverse()}</tbody></table>
    </div></details>`;
}

/** `counts`: the oldest first, the last is the minute that runs. `now`: the server's time. */
export function Chart({ counts, now }) {
  const most = ceiling(Math.max(...counts));
  const sum = counts.reduce((total, count) => total + count, 0);
  const values = { count: sum, number: number(sum), peak: number(Math.max(...counts)), last: number(counts.at(-1)) };
  return html`<figure class="chart">
    <figcaption>${t('admin.chart.summary', values)}</figcaption>
    <div class="plot"><${Bars} counts=${counts} most=${most} />
      <div class="scale" aria-hidden="true"><span>${number(most)}</span><span>0</span></div></div>
    <div class="axis" aria-hidden="true"><span>${t('admin.chart.hour-ago')}</span><span>${t('admin.chart.now')}</span></div>
    <${Minutes} counts=${counts} now=${now} />
  </figure>`;
}
