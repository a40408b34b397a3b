// A plain table in a box that scrolls by itself, so that the page never scrolls sideways.
import { h } from './dom.js';

/** Scrolling box; it takes the focus so that the keyboard can scroll it. */
export function scrollBox(label, content, extra = '') {
  return h(
    'div',
    { class: `scroll ${extra}`.trim(), tabindex: 0, role: 'region', 'aria-label': label },
    content,
  );
}

function cell(column, value, first) {
  const kind = column.text ? 'text' : 'number';
  if (first) return h('th', { scope: 'row', class: kind }, value);
  return h('td', { class: kind }, value);
}

/** columns: [{title, text?}]; rows: arrays of text or elements, the first of each its heading. */
export function plainTable({ caption, columns, rows }) {
  return h(
    'table',
    { class: 'data' },
    caption && h('caption', { class: 'unseen' }, caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        columns.map((c) => h('th', { scope: 'col', class: c.text ? 'text' : 'number' }, c.title)),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((row) =>
        h(
          'tr',
          {},
          row.map((value, i) => cell(columns[i], value, i === 0)),
        ),
      ),
    ),
  );
}
