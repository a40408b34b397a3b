// The answer first: how many published results fall into the simulated intervals.
import { fill, h, s } from '../lib/dom.js';
import { integer, isNumber, num, percent } from '../lib/format.js';
import { kAlert, kAxis, kInk } from '../lib/palette.js';
import { plainTable, scrollBox } from '../lib/table.js';
import { place } from './interval.js';

function known(part) {
  return part && isNumber(part.total) && part.total > 0 && isNumber(part.inside);
}

// 95 of 100 is what a perfect model would reach, for the intervals are 95 % intervals.
function gauge(share) {
  return s(
    'svg',
    { class: 'gauge', viewBox: '0 0 200 14', 'aria-hidden': 'true', preserveAspectRatio: 'none' },
    s('rect', { x: 0, y: 5, width: 200, height: 6, fill: '#e4e9ec' }),
    s('rect', { x: 0, y: 5, width: 200 * share, height: 6, fill: kInk }),
    s('rect', { x: 189, y: 1, width: 2, height: 13, fill: kAlert }),
  );
}

function coverageTile(title, note, part) {
  if (!known(part)) return null;
  const share = part.inside / part.total;
  return h(
    'div',
    { class: 'tile' },
    h('h3', {}, title),
    h(
      'p',
      { class: 'figure' },
      percent(share, 0),
      h('span', { class: 'of' }, ` ${integer(part.inside)} of ${integer(part.total)} inside`),
    ),
    gauge(share),
    h('p', { class: 'note' }, note),
  );
}

function plainTile(title, figure, of, note, alert) {
  return h(
    'div',
    { class: alert ? 'tile alert' : 'tile' },
    h('h3', {}, title),
    h('p', { class: 'figure' }, figure, of && h('span', { class: 'of' }, ` ${of}`)),
    h('p', { class: 'note' }, note),
  );
}

function replayTile(replays) {
  if (!replays || !isNumber(replays.checked)) return null;
  const same = replays.checked - (replays.failed || 0);
  return plainTile(
    'Dose ledgers replayed',
    `${integer(same)} of ${integer(replays.checked)}`,
    'identical',
    'Realised doses run again through the open-loop engine must give the same course.',
    replays.failed > 0,
  );
}

function failedTile(data) {
  if (!isNumber(data.failed_patients) || data.failed_patients === 0) return null;
  return plainTile(
    'Patients not computed',
    integer(data.failed_patients),
    '',
    'Their numbers failed and they are left out of every result on this page.',
    true,
  );
}

const kEdge = 1.8;
const kPitch = 9;
const kTallest = 110;

function stripX(position, width) {
  const held = Math.max(-kEdge, Math.min(kEdge, position));
  return ((held + kEdge) / (2 * kEdge)) * (width - 2 * kPitch) + kPitch;
}

// Dots that would hide one another are stacked upwards, so that the strip is also a histogram.
function stripDots(rows, width) {
  const filled = new Map();
  return rows.map((row) => {
    const column = Math.round(stripX(place(row), width) / kPitch);
    const level = filled.get(column) || 0;
    filled.set(column, level + 1);
    return { x: column * kPitch, level, row };
  });
}

function dotMark({ x, level, row }, ground, rise) {
  const colour = row.inside ? kInk : kAlert;
  return s(
    'circle',
    {
      cx: x,
      cy: ground - 6 - level * rise,
      r: 3.5,
      fill: row.inside ? kInk : '#fff',
      stroke: colour,
      'stroke-width': 1.7,
    },
    s('title', {}, `${row.row}: ${row.trial}, ${row.arm}, ${row.endpoint}`),
  );
}

function stripPicture(title, rows, width) {
  const dots = stripDots(
    [...rows].sort((a, b) => Boolean(b.inside) - Boolean(a.inside)),
    width,
  );
  const levels = Math.max(2, ...dots.map((dot) => dot.level + 1));
  const rise = Math.min(kPitch, kTallest / levels); // crowded dots overlap, and look like a bar
  const ground = levels * rise + 10;
  const [lo, hi] = [stripX(-1, width), stripX(1, width)];
  const outside = rows.filter((row) => !row.inside).length;
  const limit = (at) =>
    s('line', { x1: at, x2: at, y1: 0, y2: ground + 6, stroke: kAxis, 'stroke-width': 1.5 });
  return s(
    'svg',
    {
      width,
      height: ground + 8,
      role: 'img',
      'aria-label': `${title}: ${rows.length} published results, ${outside} outside the interval`,
    },
    s('rect', { x: lo, width: hi - lo, y: 0, height: ground, fill: '#e6eff4' }),
    s('line', { x1: 0, x2: width, y1: ground, y2: ground, stroke: kAxis }),
    limit(lo),
    limit(hi),
    dots.map((dot) => dotMark(dot, ground, rise)),
  );
}

// Dots keep their size at every width, so the strip is drawn again when its box changes.
function strip(title, rows) {
  const box = h('div');
  const draw = () => box.clientWidth > 0 && fill(box, stripPicture(title, rows, box.clientWidth));
  new ResizeObserver(draw).observe(box);
  return h('div', { class: 'strip' }, h('p', { class: 'strip-title' }, title), box);
}

const kStrips = {
  untouched: 'Untouched rows',
  calibrated: 'Calibrated rows',
  population: 'Population rows',
};

function strips(evidence) {
  const usable = evidence.filter((row) => Number.isFinite(place(row)));
  if (usable.length === 0) return null;
  const of = (use) => usable.filter((row) => row.use === use);
  return h(
    'figure',
    { class: 'strips' },
    Object.entries(kStrips).map(([use, title]) => of(use).length > 0 && strip(title, of(use))),
    h(
      'div',
      { class: 'strip-axis', 'aria-hidden': 'true' },
      h('span', {}, 'published below'),
      h('span', {}, '2.5%'),
      h('span', {}, 'simulated 95% interval'),
      h('span', {}, '97.5%'),
      h('span', {}, 'published above'),
    ),
    h(
      'figcaption',
      { class: 'reading' },
      'Each dot is one published result, placed within its own simulated interval; ' +
        'a hollow dot lies outside.',
    ),
  );
}

function sentence(coverage) {
  if (known(coverage.untouched)) {
    const { inside, total } = coverage.untouched;
    return [
      h('b', {}, `${integer(inside)} of ${integer(total)}`),
      ' published results that no calibration has seen fall inside the 95% intervals ' +
        'of the simulated trials.',
    ];
  }
  if (known(coverage.calibrated)) {
    const { inside, total } = coverage.calibrated;
    return [
      h('b', {}, `${integer(inside)} of ${integer(total)}`),
      ' published results used for calibration fall inside the 95% intervals ' +
        'of the simulated trials.',
    ];
  }
  return null;
}

// The same count for each family of endpoints: right on the whole may be wrong on one.
function families(coverage) {
  const rows = Object.entries(coverage.families || {}).filter(([, part]) => known(part));
  if (rows.length === 0) return null;
  return h(
    'figure',
    { class: 'families' },
    scrollBox(
      'Coverage by family of endpoints',
      plainTable({
        caption: 'Coverage by family of endpoints, calibrated and untouched rows together',
        columns: [{ title: 'Endpoints', text: true }, { title: 'Inside' }, { title: 'Share' }],
        rows: rows.map(([name, part]) => [
          name,
          `${integer(part.inside)} of ${integer(part.total)}`,
          percent(part.inside / part.total, 0),
        ]),
      }),
    ),
  );
}

export function headline(data) {
  const coverage = data.coverage || {};
  const tiles = [
    coverageTile(
      'Untouched rows',
      'Never used to set a parameter. Red mark: 95%.',
      coverage.untouched,
    ),
    coverageTile('Calibrated rows', 'Used to set parameters. Red mark: 95%.', coverage.calibrated),
    coverageTile(
      'Population rows',
      'Who took part: a check of the designs, not of the model.',
      coverage.population,
    ),
    isNumber(coverage.width_ratio)
      ? plainTile(
          'Interval width',
          `${num(coverage.width_ratio, 2)} ×`,
          'sampling error',
          'How much wider than the chance of who was enrolled alone would make them.',
        )
      : null,
    replayTile(data.ledger_replays),
    failedTile(data),
  ].filter(Boolean);
  const text = sentence(coverage);
  if (tiles.length === 0 && !text) return null;
  return h(
    'section',
    { class: 'headline', 'aria-label': 'Headline' },
    text && h('p', { class: 'sentence' }, text),
    h('div', { class: tiles.length < 3 ? 'tiles few' : 'tiles' }, tiles),
    strips(data.evidence),
    families(coverage),
  );
}
