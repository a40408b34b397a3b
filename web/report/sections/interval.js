// A published value on its simulated interval. Every interval is stretched to the same length, so
// a column of them can be read at a glance: -1 is the lower end, +1 the upper end.
import { s } from '../lib/dom.js';
import { isNumber } from '../lib/format.js';
import { kAlert, kAxis, kInk } from '../lib/palette.js';

/** Where `value` lies: -1 at row.lo, 1 at row.hi. NaN where the row lacks a number. */
export function scaled(row, value) {
  if (!isNumber(row.lo) || !isNumber(row.hi) || !isNumber(value)) return NaN;
  const half = (row.hi - row.lo) / 2;
  const off = value - (row.lo + row.hi) / 2;
  if (half > 0) return off / half;
  return off === 0 ? 0 : Math.sign(off) * Infinity;
}

export function place(row) {
  const at = scaled(row, row.published);
  return Number.isNaN(at) ? NaN : Math.max(-99, Math.min(99, at));
}

const kWidth = 168;
const kEdge = 2.2;

function x(at) {
  return ((Math.max(-kEdge, Math.min(kEdge, at)) + kEdge) / (2 * kEdge)) * (kWidth - 16) + 8;
}

function marker(at, inside) {
  const cx = x(at);
  const style = {
    fill: inside ? kInk : '#fff',
    stroke: inside ? kInk : kAlert,
    'stroke-width': 1.8,
  };
  if (Math.abs(at) > kEdge) {
    const d = at > 0 ? -7 : 7; // beyond the drawing: an arrowhead that points there
    return s('path', { d: `M${cx + d},6 L${cx},11 L${cx + d},16 Z`, ...style });
  }
  return s('path', { d: `M${cx},5.5 l5.5,5.5 l-5.5,5.5 l-5.5,-5.5 Z`, ...style });
}

/** The glyph of one row. */
export function glyph(row) {
  const at = place(row);
  if (Number.isNaN(at)) return null;
  const median = scaled(row, row.median);
  const where = row.inside ? 'inside' : at < 0 ? 'below' : 'above';
  return s(
    'svg',
    {
      class: 'glyph',
      width: kWidth,
      height: 22,
      viewBox: `0 0 ${kWidth} 22`,
      role: 'img',
      'aria-label': `published value ${where} the simulated interval`,
    },
    s('line', { x1: 8, x2: kWidth - 8, y1: 11, y2: 11, stroke: '#e7ebee' }),
    s('rect', { x: x(-1), width: x(1) - x(-1), y: 7.5, height: 7, rx: 1.5, fill: '#bcd3e2' }),
    Number.isFinite(median) &&
      s('line', {
        x1: x(median),
        x2: x(median),
        y1: 5,
        y2: 17,
        stroke: '#0a679f',
        'stroke-width': 2,
      }),
    s('line', { x1: x(-1), x2: x(-1), y1: 5, y2: 17, stroke: kAxis }),
    s('line', { x1: x(1), x2: x(1), y1: 5, y2: 17, stroke: kAxis }),
    marker(at, row.inside),
  );
}
