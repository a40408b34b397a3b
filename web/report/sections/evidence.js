// Published beside simulated, row by row, with filters.
import { fill, h, uniqueId } from '../lib/dom.js';
import {
  asGiven,
  decimalsFor,
  integer,
  isNumber,
  num,
  percent,
  range,
  withUnit,
} from '../lib/format.js';
import { section } from '../lib/figure.js';
import { scrollBox } from '../lib/table.js';
import { glyph, place } from './interval.js';

const kColumns = [
  { title: 'Endpoint', text: true, sort: (row) => `${row.endpoint} ${row.row}` },
  {
    title: 'Trial and arm',
    text: true,
    extra: 'arm',
    sort: (row) => `${row.trial} ${row.arm} ${row.row}`,
  },
  { title: 'Place in its interval', text: true, sort: (row) => Math.abs(place(row)) },
  { title: 'Published', sort: (row) => row.published },
  { title: 'Simulated', sort: (row) => row.median },
  {
    title: 'Width',
    sort: (row) => row.width / row.sampling_width,
    hint: 'width of the interval as a multiple of sampling error alone',
  },
  { title: 'Use', text: true, sort: (row) => `${row.use} ${row.row}` },
  { title: 'Source', text: true, sort: (row) => `${row.source} ${row.row}` },
];

function matches(row, filter) {
  if (filter.trial && row.trial !== filter.trial) return false;
  if (filter.use && row.use !== filter.use) return false;
  if (filter.inside && (filter.inside === 'inside') !== Boolean(row.inside)) return false;
  const text = [row.endpoint, row.statistic, row.arm, row.row].join(' ').toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function compare(a, b) {
  if (typeof a === 'string') return a.localeCompare(b, 'en', { numeric: true });
  if (!isNumber(a) || !isNumber(b)) return isNumber(b) - isNumber(a);
  return a - b;
}

function sorted(rows, { column, down }) {
  if (column === null) return rows;
  const value = kColumns[column].sort;
  const order = [...rows].sort((a, b) => compare(value(a), value(b)));
  return down ? order.reverse() : order;
}

function verdict(row) {
  const picture = glyph(row);
  if (!picture) return h('span', { class: 'verdict' }, 'no interval');
  return [
    picture,
    h('span', { class: row.inside ? 'verdict' : 'verdict out' }, row.inside ? 'inside' : 'outside'),
  ];
}

function tableRow(data, row) {
  const whole = [row.median, row.lo, row.hi].every((x) => Number.isInteger(x));
  const digits = whole ? 0 : decimalsFor((row.hi ?? 0) - (row.lo ?? 0));
  const name = data.trial(row.trial)?.short || row.trial;
  const arm = isNumber(row.n) ? `${row.arm} (n = ${row.n})` : row.arm;
  const ratio = row.width / row.sampling_width;
  return h(
    'tr',
    { class: row.inside ? null : 'outside' },
    h(
      'th',
      { scope: 'row', class: 'text endpoint' },
      row.endpoint,
      h('span', { class: 'under' }, `${row.row} · ${row.statistic}`),
      h('span', { class: 'under narrow' }, `${name}, ${arm}`),
    ),
    h('td', { class: 'text arm' }, name, h('span', { class: 'under' }, arm)),
    h('td', { class: 'text mark' }, verdict(row)),
    h('td', { class: 'number' }, withUnit(asGiven(row.published), row.unit)),
    h(
      'td',
      { class: 'number' },
      num(row.median, digits),
      h('span', { class: 'under' }, range(row.lo, row.hi, digits)),
    ),
    h('td', { class: 'number' }, isNumber(ratio) ? `${num(ratio, 1)} ×` : '–'),
    h('td', { class: 'text' }, row.use),
    h(
      'td',
      { class: 'text source' },
      row.source,
      row.note && h('span', { class: 'under' }, row.note),
    ),
  );
}

function labelled(title, control) {
  const id = uniqueId('filter');
  control.id = id;
  return h('div', { class: 'filter' }, h('label', { for: id }, title), control);
}

function selector(title, options, onChange) {
  return labelled(
    title,
    h(
      'select',
      { on: { change: (e) => onChange(e.target.value) } },
      options.map(([value, text]) => h('option', { value }, text)),
    ),
  );
}

function filterBar(data, filter, update) {
  const set = (name) => (value) => {
    filter[name] = value;
    update();
  };
  const names = [...new Set(data.evidence.map((row) => row.trial))];
  const trials = names.map((name) => [name, data.trial(name)?.short || name]);
  const uses = [...new Set(data.evidence.map((row) => row.use))].sort().reverse();
  const search = h('input', {
    type: 'search',
    on: { input: (e) => set('text')(e.target.value.trim()) },
  });
  return h(
    'div',
    { class: 'filters', role: 'search', 'aria-label': 'Filter the evidence' },
    labelled('Endpoint, such as apoB', search),
    selector('Trial', [['', 'all'], ...trials], set('trial')),
    selector(
      'Interval',
      [
        ['', 'inside and outside'],
        ['inside', 'inside'],
        ['outside', 'outside'],
      ],
      set('inside'),
    ),
    selector('Use', [['', 'all'], ...uses.map((use) => [use, use])], set('use')),
  );
}

function headerRow(order, update) {
  const cells = kColumns.map((column, i) => {
    const button = h(
      'button',
      {
        type: 'button',
        title: column.hint,
        on: {
          click: () => {
            order.down = order.column === i && !order.down;
            order.column = i;
            update();
          },
        },
      },
      column.title,
    );
    const kind = column.text ? 'text' : 'number';
    return h(
      'th',
      { scope: 'col', class: column.extra ? `${kind} ${column.extra}` : kind },
      button,
    );
  });
  const show = () =>
    cells.forEach((cell, i) => {
      const state = order.column !== i ? 'none' : order.down ? 'descending' : 'ascending';
      cell.setAttribute('aria-sort', state);
    });
  return { row: h('tr', {}, cells), show };
}

function counted(rows, all) {
  if (rows.length === 0) return 'No row fits these filters.';
  const inside = rows.filter((row) => row.inside).length;
  return (
    `${integer(rows.length)} of ${integer(all)} rows; ${integer(inside)} inside ` +
    `(${percent(inside / rows.length, 0)}).`
  );
}

function evidenceTable(data) {
  const filter = { text: '', trial: '', inside: '', use: '' };
  const order = { column: null, down: false };
  const count = h('p', { class: 'count', role: 'status' });
  const body = h('tbody');
  const update = () => {
    const rows = sorted(
      data.evidence.filter((row) => matches(row, filter)),
      order,
    );
    fill(
      body,
      rows.map((row) => tableRow(data, row)),
    );
    count.textContent = counted(rows, data.evidence.length);
    head.show();
  };
  const head = headerRow(order, update);
  update();
  const table = h(
    'table',
    { class: 'data evidence' },
    h('caption', { class: 'unseen' }, 'Published results beside simulated intervals'),
    h('thead', {}, head.row),
    body,
  );
  return [filterBar(data, filter, update), count, scrollBox('Evidence, row by row', table, 'tall')];
}

export function evidenceSection(data) {
  if (data.evidence.length === 0) return null;
  return section(
    {
      id: 'evidence',
      title: 'Evidence, row by row',
      short: 'Evidence',
      reading:
        'In each row the blue box is the simulated 95% interval, stretched to one length, with ' +
        'its median as a stroke; the diamond is the published value, hollow where it lies outside.',
    },
    evidenceTable(data),
  );
}
