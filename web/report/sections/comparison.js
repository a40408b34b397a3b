// Benefit against harm: one mark per arm, one small chart per harm, and all measures in a table.
import { base, niceRange, shareLabel, tipBody, tooltip, valueAxis } from '../lib/axis.js';
import { h } from '../lib/dom.js';
import { figure, grid, key, section } from '../lib/figure.js';
import { isNumber, num, percent, range } from '../lib/format.js';
import { kAxis, kInk } from '../lib/palette.js';
import { armOf } from '../lib/report.js';
import { scrollBox } from '../lib/table.js';

const kHarms = [
  { title: 'ALT at or above 3 × ULN, confirmed', of: (c) => c.alt3_confirmed },
  { title: 'Liver fat up by 5 points or more', of: (c) => c.fat5 },
  { title: 'Any flu-like symptoms', of: (c) => c.flu_any },
  {
    title: 'No longer on treatment',
    of: (c) => (isNumber(c.on_treatment_end) ? 1 - c.on_treatment_end : null),
  },
];

const kRows = [
  ['Benefit'],
  ['LDL-C change, mean', (c) => `${num(c.ldl_change, 1)}%`],
  ['95% of simulated trials', (c) => `${range(c.ldl_lo, c.ldl_hi, 1)}`],
  ['Responders', (c) => percent(c.responders, 0)],
  ['Liver'],
  ['ALT ≥ 3 × ULN at least once', (c) => percent(c.alt3)],
  ['ALT ≥ 3 × ULN, confirmed', (c) => percent(c.alt3_confirmed)],
  ['Liver fat up by ≥ 5 points', (c) => percent(c.fat5)],
  ['Liver fat, mean change in points', (c) => num(c.fat_change, 1)],
  ['Tolerability'],
  ['Injection-site reactions per injection', (c) => num(c.isr_per_injection, 2)],
  ['Injection-site reactions per week', (c) => num(c.isr_per_week, 2)],
  ['Any injection-site reaction', (c) => percent(c.isr_any)],
  ['Any flu-like symptoms', (c) => percent(c.flu_any)],
  ['Under the protocol'],
  ['Doses withheld at least once', (c) => percent(c.withheld_any)],
  ['Stopped for the liver', (c) => percent(c.stopped_liver)],
  ['On treatment at the end', (c) => percent(c.on_treatment_end)],
  ['Weeks', (c) => num(c.weeks, 0)],
  ['Dose per week, mg', (c) => num(c.weekly_mg, 0)],
];

function marksOf(data) {
  const several = new Set(data.comparison.map((c) => c.trial)).size > 1;
  return data.comparison.map((c) => {
    const trial = data.trial(c.trial);
    return {
      ...c,
      trialShort: several ? trial.short : '',
      active: armOf(trial, c.arm).active !== false,
      colour: data.colour(c.trial, c.arm),
      mark: several ? trial.short : c.arm,
    };
  });
}

function fullName(c) {
  return c.trialShort ? `${c.trialShort}, ${c.arm}` : c.arm;
}

function spread(rows, colourOf) {
  return {
    type: 'custom',
    silent: true,
    z: 2,
    data: rows.map(({ x, y, lo, hi }) => [x, y, lo, hi]),
    renderItem: (params, api) => {
      if (!isNumber(api.value(2)) || !isNumber(api.value(3))) return null;
      const [x1, y] = api.coord([api.value(2), api.value(1)]);
      const [x2] = api.coord([api.value(3), api.value(1)]);
      return {
        type: 'line',
        shape: { x1, y1: y, x2, y2: y },
        style: { stroke: colourOf(params.dataIndex), lineWidth: 1.5, opacity: 0.5 },
      };
    },
  };
}

function scatterData(rows) {
  return rows.map(({ x, y, c }) => ({
    value: [x, y],
    name: c.mark,
    symbol: c.active ? 'circle' : 'emptyCircle',
    itemStyle: { color: c.colour, borderWidth: c.active ? 0 : 2 },
  }));
}

const kHeight = 250;
const kGrid = { left: 48, right: 22, top: 16, bottom: 46 };
const kPlotHeight = kHeight - kGrid.top - kGrid.bottom;

// Heights in pixels, moved as little as needed to be `gap` apart; the lowest stays where it is.
function keptApart(heights, gap) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[b] - heights[a]);
  const moved = [...heights];
  for (let k = 1; k < order.length; k += 1) {
    moved[order[k]] = Math.min(moved[order[k]], moved[order[k - 1]] - gap);
  }
  return moved;
}

// A name stands at the right end of its line, where no mark of another arm lies under it. The
// comparators of several trials share one place and one meaning: the key names them.
function names(rows, top, width) {
  const several = new Set(rows.map(({ c }) => c.trial)).size > 1;
  const named = rows.filter(({ c }) => c.active || !several);
  const heights = keptApart(
    named.map(({ y }) => kGrid.top + kPlotHeight * (1 - y / top)),
    13,
  );
  return {
    type: 'scatter',
    silent: true,
    z: 4,
    symbolSize: 0.1,
    data: named.map(({ x, y, hi, c }) => ({ value: [isNumber(hi) ? hi : x, y], name: c.mark })),
    label: {
      show: true,
      position: 'right',
      distance: 6,
      color: kInk,
      fontSize: 11.5,
      textBorderColor: '#fff',
      textBorderWidth: 3,
      formatter: ({ name }) => name,
    },
    labelLayout: ({ dataIndex, labelRect }) => ({
      x: Math.min(labelRect.x, width - labelRect.width - 3),
      y: heights[dataIndex],
    }),
  };
}

function harmOption(harm, rows, limits, width) {
  const falls = rows.map(({ c }) => c);
  const scale = niceRange(
    rows.map(({ y }) => y * 1.12),
    4,
  );
  return base({
    grid: kGrid,
    xAxis: valueAxis({
      ...limits,
      name: 'LDL-C fall →',
      nameLocation: 'middle',
      nameGap: 28,
      axisLabel: { formatter: (v) => `${v}%`.replace('-', '−') },
      axisLine: { show: true, onZero: false, lineStyle: { color: kAxis } },
      splitNumber: width < 360 ? 3 : 5,
    }),
    yAxis: valueAxis({ ...scale, axisLabel: { formatter: shareLabel } }),
    tooltip: tooltip({
      trigger: 'item',
      formatter: ({ dataIndex }) => {
        const { x, y, c } = rows[dataIndex];
        return tipBody(fullName(c), [
          [c.colour, 'LDL-C fall', `${num(x, 1)}%`],
          [null, harm.title, percent(y)],
        ]);
      },
    }),
    series: [
      spread(rows, (i) => falls[i].colour),
      { type: 'scatter', z: 3, symbolSize: 12, data: scatterData(rows), emphasis: { scale: 1.3 } },
      names(rows, scale.max, width),
    ],
  });
}

// A fall counts as positive here, so that more benefit lies further to the right.
function harmFigure(harm, marks, limits) {
  const rows = marks
    .map((c) => ({ c, x: -c.ldl_change, y: harm.of(c), lo: -c.ldl_hi, hi: -c.ldl_lo }))
    .filter(({ c, y }) => isNumber(c.ldl_change) && isNumber(y));
  if (rows.length === 0) return null;
  const said = rows.map(({ c, x, y }) => `${fullName(c)}: LDL-C fall ${num(x, 1)}%, ${percent(y)}`);
  return figure({
    title: harm.title,
    label: `${harm.title} against LDL-C fall. ${said.join('; ')}.`,
    height: kHeight,
    option: (width) => harmOption(harm, rows, limits, width),
    table: () => ({
      columns: [{ title: 'Arm', text: true }, { title: 'LDL-C fall' }, { title: harm.title }],
      rows: rows.map(({ c, x, y }) => [fullName(c), `${num(x, 1)}%`, percent(y)]),
    }),
  });
}

function headCells(marks) {
  return marks.map((c) =>
    h(
      'th',
      { scope: 'col', class: 'number' },
      h(
        'span',
        { class: 'over' },
        h('span', { class: 'dot', style: { background: c.colour } }),
        c.trialShort,
      ),
      c.arm,
    ),
  );
}

function bodyRow(marks, [title, show]) {
  if (!show) {
    return h(
      'tr',
      { class: 'group' },
      h('th', { scope: 'colgroup', colspan: marks.length + 1 }, title),
    );
  }
  const cells = marks.map(show);
  if (cells.every((text) => /^[–\s%]*$/.test(text))) return null;
  return h(
    'tr',
    {},
    h('th', { scope: 'row', class: 'text' }, title),
    cells.map((text) => h('td', { class: 'number' }, text)),
  );
}

function table(marks) {
  return scrollBox(
    'All measures by arm',
    h(
      'table',
      { class: 'data arms' },
      h('caption', { class: 'unseen' }, 'Benefit and harm by arm'),
      h('thead', {}, h('tr', {}, h('td', {}), headCells(marks))),
      h(
        'tbody',
        {},
        kRows.map((row) => bodyRow(marks, row)),
      ),
    ),
  );
}

function colourKey(marks) {
  const seen = new Map();
  for (const c of marks) {
    const label =
      new Set(marks.map((m) => m.trial)).size > 1
        ? c.active
          ? 'on the medicine'
          : 'comparator'
        : c.arm;
    if (!seen.has(label)) seen.set(label, { colour: c.colour, label });
  }
  return key([...seen.values()]);
}

export function comparisonSection(data) {
  const marks = marksOf(data).filter((c) => isNumber(c.ldl_change));
  if (marks.length === 0) return null;
  const falls = marks.flatMap((c) => [-c.ldl_change, -c.ldl_lo, -c.ldl_hi]).filter(isNumber);
  const limits = niceRange([...falls, 1.18 * Math.max(...falls)], 7); // room for the names
  const figures = kHarms.map((harm) => harmFigure(harm, marks, limits)).filter(Boolean);
  return section(
    {
      id: 'comparison',
      title: 'Benefit against harm',
      short: 'Benefit and harm',
      reading:
        'Further right is more benefit, further up is more harm: the better of two arms lies to ' +
        'the right and below; the thin line spans the mean fall of 95% of the simulated trials.',
    },
    colourKey(marks),
    grid(figures),
    table(marks),
  );
}
