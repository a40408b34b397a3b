// One figure: heading, key, drawing, and the numbers behind it at the press of a button.
import { mount } from './charts.js';
import { fill, h, uniqueId } from './dom.js';
import { plainTable, scrollBox } from './table.js';

const waiting = [];

/** Draws the figures made since the last call; their boxes must stand in the page. */
export function mountFigures() {
  for (const draw of waiting.splice(0)) draw();
}

/** Entries of a key: [{colour, label, line?}] */
export function key(entries) {
  return h(
    'ul',
    { class: 'key' },
    entries.map(({ colour, label, line }) =>
      h(
        'li',
        {},
        h('span', { class: line ? 'swatch line' : 'swatch', style: { background: colour } }),
        label,
      ),
    ),
  );
}

function dataToggle(title, table, panel) {
  const id = uniqueId('numbers');
  panel.id = id;
  const button = h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'aria-expanded': 'false',
      'aria-controls': id,
      'aria-label': `Data of: ${title}`,
      on: {
        click: () => {
          const open = button.getAttribute('aria-expanded') !== 'true';
          button.setAttribute('aria-expanded', String(open));
          panel.hidden = !open;
          if (!open || panel.childNodes.length > 0) return;
          const content = table();
          fill(
            panel,
            content.note && h('p', { class: 'note' }, content.note),
            scrollBox(`Numbers of: ${title}`, plainTable({ caption: title, ...content })),
          );
        },
      },
    },
    'Data',
  );
  return button;
}

function saveLink(title, box) {
  return h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'aria-label': `Save as SVG: ${title}`,
      on: { click: () => saveSvg(title, box.querySelector('svg')) },
    },
    'SVG',
  );
}

function saveSvg(title, svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const text = new XMLSerializer().serializeToString(copy);
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  h('a', {
    href: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`,
    download: `${name || 'chart'}.svg`,
  }).click();
}

/**
 * title, subtitle: heading of the figure. label: what it shows, for those who do not see it.
 * height: pixels, or a function of the width. legend: entries of key(). option(width): ECharts.
 * table(): {columns, rows, note?}. onReady(chart): for a figure that answers to the pointer.
 */
export function figure({ title, subtitle, label, height, legend, option, table, onReady, below }) {
  const box = h('div', { class: 'chart', role: 'img', 'aria-label': label });
  const panel = h('div', { class: 'numbers', hidden: true });
  const full = subtitle ? `${title}, ${subtitle}` : title;
  waiting.push(() => {
    const px = typeof height === 'function' ? height(box.clientWidth) : height;
    box.style.height = `${px}px`;
    mount(box, option, onReady);
  });
  return h(
    'figure',
    {},
    h(
      'figcaption',
      {},
      h(
        'div',
        { class: 'figure-head' },
        h('h3', {}, title),
        h('div', { class: 'tools' }, dataToggle(full, table, panel), saveLink(full, box)),
      ),
      subtitle && h('p', { class: 'subtitle' }, subtitle),
      legend && key(legend),
    ),
    box,
    below,
    panel,
  );
}

/**
 * A section of the page; `short` stands in the contents, `reading` is the one sentence that says
 * how to read its charts.
 */
export function section({ id, title, short, reading }, ...content) {
  const heading = uniqueId('heading');
  return h(
    'section',
    { id, 'aria-labelledby': heading, 'data-short': short || title },
    h('h2', { id: heading }, title),
    h('p', { class: 'reading' }, reading),
    content,
  );
}

/** Figures side by side where there is room. */
export function grid(figures) {
  return h('div', { class: `grid columns-${Math.min(2, figures.length)}` }, figures);
}
