// table.js - rows and columns; on a narrow screen each row is a card. Its roles are said once more, since browsers
// forget them where a table is not laid out as one.

import { html } from '../../html.js';

function Cell({ column, row }) {
  const Tag = column.isHeader ? 'th' : 'td';
  return html`<${Tag} role=${column.isHeader ? 'rowheader' : 'cell'} scope=${column.isHeader ? 'row' : undefined}
    class=${column.class} data-title=${column.isHeader || column.isBare ? undefined
      : column.title}>${column.cell(row)}<//>`;
}

/**
 * `columns`: {title, cell(row), class, isHeader: it names the row, isBare: its title is not shown on a card}.
 * `idOf(row)`: what stays the same of a row.
 */
export function Table({ label, columns, rows, idOf = (row) => row.id, isBusy = false }) {
  return html`<table class="table" role="table" aria-label=${label} aria-busy=${isBusy ? 'true' : undefined}>
    <thead role="rowgroup"><tr role="row">${columns.map((column) =>
      html`<th role="columnheader" scope="col" class=${column.class}>
      ${column.isBare ? html`<span class="hidden">${column.title}</span>` : column.title}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map((row) => html`<tr role="row" key=${idOf(row)}>
      ${columns.map((column) => html`<${Cell} column=${column} row=${row} />`)}</tr>`)}</tbody>
  </table>`;
}
