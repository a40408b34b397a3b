// A laboratory value by week and arm: bands over patients, the mean, and the published points.
import {
  base,
  markLine,
  niceRange,
  referenceLine,
  tipBody,
  tooltip,
  valueAxis,
  weekAxis,
} from '../lib/axis.js';
import { h, s } from '../lib/dom.js';
import { figure, grid, section } from '../lib/figure.js';
import { decimalsFor, integer, isNumber, num, range } from '../lib/format.js';
import { kComparator, kInk, kMuted } from '../lib/palette.js';
import { armLabel, ofTrial, trialsIn } from '../lib/report.js';
import { isMedian, publishedSeries } from './published.js';

const kTitles = {
  'LDL.percent_change': ['ldl', 'LDL-C, percent change from baseline', 'LDL-C'],
  'FAT.change': ['fat', 'Liver fat, change from baseline', 'Liver fat'],
  'ALT.value': ['alt', 'ALT by week', 'ALT'],
  'APOB.percent_change': ['apob', 'Apolipoprotein B, percent change from baseline', 'ApoB'],
};

const kColumns = ['mean', 'mean_lo', 'mean_hi', 'p05', 'p25', 'p50', 'p75', 'p95'];

function glyphKey(published, medians) {
  const colour = '#0a679f';
  const icon = (label, ...marks) =>
    h(
      'li',
      {},
      s('svg', { width: 26, height: 18, viewBox: '0 0 26 18', 'aria-hidden': 'true' }, marks),
      label,
    );
  const bar = (x, opacity) =>
    s('rect', { x, y: 0, width: 26 - 2 * x, height: 18, fill: colour, opacity });
  return h(
    'ul',
    { class: 'key glyphs' },
    icon(
      'mean of patients',
      s('line', { x1: 1, x2: 25, y1: 9, y2: 9, stroke: colour, 'stroke-width': 2.5 }),
    ),
    icon('25–75% of patients', bar(0, 0.34)),
    icon('5–95% of patients', bar(0, 0.14)),
    published &&
      icon(
        '95% of simulated trial means',
        s('rect', { x: 10.5, y: 1, width: 5, height: 16, rx: 2, fill: colour }),
      ),
    published &&
      icon(
        'published, with 95% CI',
        s('line', { x1: 13, x2: 13, y1: 0, y2: 18, stroke: kInk, 'stroke-width': 1.5 }),
        s('path', {
          d: 'M13,3.5 l5.5,5.5 l-5.5,5.5 l-5.5,-5.5 Z',
          fill: '#fff',
          stroke: kInk,
          'stroke-width': 1.5,
        }),
      ),
    medians &&
      icon(
        'published median',
        s('circle', { cx: 13, cy: 9, r: 4.5, fill: '#fff', stroke: kInk, 'stroke-width': 1.5 }),
      ),
  );
}

// A band is one polygon; ECharts would build it from two stacked lines, which fails around zero.
function band(entry, lo, hi, colour, opacity) {
  const kept = entry.weeks
    .map((_, i) => i)
    .filter((i) => isNumber(entry[lo]?.[i]) && isNumber(entry[hi]?.[i]));
  return {
    type: 'custom',
    silent: true,
    z: 1,
    clip: true,
    data: [[0, 0]],
    tooltip: { show: false },
    renderItem: (_, api) => ({
      type: 'polygon',
      shape: {
        points: [
          ...kept.map((i) => api.coord([entry.weeks[i], entry[hi][i]])),
          ...[...kept].reverse().map((i) => api.coord([entry.weeks[i], entry[lo][i]])),
        ],
      },
      style: { fill: colour, opacity },
    }),
  };
}

// The comparator's bands lie under the medicine's and must not muddy them.
function faint(colour, opacity) {
  return colour === kComparator ? 0.6 * opacity : opacity;
}

function meanLine(entry, colour, quiet) {
  return {
    type: 'line',
    name: entry.arm,
    z: quiet ? 2 : 4,
    data: entry.weeks.map((week, i) => [week, entry.mean[i]]),
    showSymbol: false,
    symbol: 'circle',
    symbolSize: 6,
    lineStyle: { color: colour, width: quiet ? 1.2 : 2.2, type: quiet ? [5, 4] : 'solid' },
    itemStyle: { color: colour },
    emphasis: { disabled: true },
  };
}

function nearest(weeks, week) {
  let best = 0;
  weeks.forEach((w, i) => {
    if (Math.abs(w - week) < Math.abs(weeks[best] - week)) best = i;
  });
  return best;
}

function tip(panel, params) {
  const first = params.find((p) => p.seriesType === 'line');
  if (!first) return null;
  const week = first.value[0];
  const lines = panel.arms.flatMap(({ entry, colour }) => {
    const i = nearest(entry.weeks, week);
    const d = decimalsFor((entry.p95[i] ?? 0) - (entry.p05[i] ?? 0));
    return [
      [colour, entry.arm, num(entry.mean[i], 1)],
      [null, '95% of trial means', range(entry.mean_lo[i], entry.mean_hi[i], 1)],
      [null, '5–95% of patients', range(entry.p05[i], entry.p95[i], d)],
    ];
  });
  const near = panel.points.filter((p) => Math.abs(p.week - week) < 1);
  const published = near.map((p) => [
    panel.colour(p.arm),
    `published ${isMedian(p) ? 'median' : 'mean'}, ${p.arm}`,
    isNumber(p.lo) ? `${num(p.value, 1)} (${range(p.lo, p.hi, 1)})` : num(p.value, 1),
  ]);
  return tipBody(`Week ${num(week, Number.isInteger(week) ? 0 : 1)}`, [...lines, ...published]);
}

function endOfTreatment(trial, last) {
  if (!isNumber(trial.weeks) || trial.weeks >= last) return [];
  return [
    referenceLine({ xAxis: trial.weeks }, 'end of treatment', {
      label: { position: 'insideEndTop', rotate: 0, align: 'right', padding: [0, 6, 0, 0] },
    }),
  ];
}

// Drawn later is drawn on top, and that is the medicine's place.
function comparatorFirst(arms) {
  return [...arms].sort((a, b) => (b.colour === kComparator) - (a.colour === kComparator));
}

function panelOption(panel, width) {
  const { trial, context, limits, last, unit } = panel;
  const arms = comparatorFirst(panel.arms);
  const series = [
    ...arms.map(({ entry, colour }) => band(entry, 'p05', 'p95', colour, faint(colour, 0.14))),
    ...arms.map(({ entry, colour }) => band(entry, 'p25', 'p75', colour, faint(colour, 0.3))),
    ...context.map((entry) => meanLine(entry, panel.colour(entry.arm), true)),
    ...arms.map(({ entry, colour }) => meanLine(entry, colour, false)),
    ...publishedSeries(panel),
  ];
  series[series.length - 1].markLine = markLine([
    referenceLine({ yAxis: 0 }, '', { line: { color: '#8b959e', type: 'solid' } }),
    ...endOfTreatment(trial, last),
  ]);
  return base({
    grid: { left: 46, right: 16, top: 26, bottom: 30 },
    xAxis: weekAxis(last, width),
    yAxis: valueAxis({
      ...limits,
      name: unit,
      nameGap: 10,
      nameTextStyle: { color: kMuted, fontSize: 11, align: 'left', padding: [0, 0, 0, -38] },
    }),
    tooltip: tooltip({
      trigger: 'axis',
      axisPointer: { type: 'line', snap: true, lineStyle: { color: '#8b959e' } },
      formatter: (params) => tip(panel, params),
    }),
    series,
  });
}

function dataTable(panel) {
  const columns = [
    { title: 'Arm', text: true },
    { title: 'Week' },
    { title: 'n' },
    { title: 'mean' },
    { title: '2.5% of means' },
    { title: '97.5% of means' },
    { title: 'p05' },
    { title: 'p25' },
    { title: 'median' },
    { title: 'p75' },
    { title: 'p95' },
  ];
  const rows = panel.arms.flatMap(({ entry }) =>
    entry.weeks.map((week, i) => [
      entry.arm,
      num(week, Number.isInteger(week) ? 0 : 1),
      integer(entry.n?.[i]),
      ...kColumns.map((name) => num(entry[name]?.[i], 1)),
    ]),
  );
  const published = panel.points.map((p) => [
    `published ${isMedian(p) ? 'median' : 'mean'}, ${p.arm} (${p.row})`,
    num(p.week, 0),
    '',
    num(p.value, 1),
    isNumber(p.lo) ? `CI ${num(p.lo, 1)}` : '',
    isNumber(p.hi) ? `CI ${num(p.hi, 1)}` : '',
    '',
    '',
    '',
    '',
    '',
  ]);
  return { columns, rows: [...published, ...rows] };
}

function describe(panel) {
  const ends = panel.arms.map(({ entry }) => {
    const i = entry.weeks.length - 1;
    const at = isNumber(panel.trial.weeks) ? nearest(entry.weeks, panel.trial.weeks) : i;
    const week = num(entry.weeks[at], 0);
    return `${entry.arm} ${num(entry.mean[at], 1)} ${panel.unit} at week ${week}`;
  });
  const published = panel.points.map(
    (p) => `${p.arm} ${num(p.value, 1)} at week ${num(p.week, 0)}`,
  );
  return (
    `${panel.title}, ${panel.trial.title}. Simulated mean: ${ends.join('; ')}.` +
    (published.length > 0 ? ` Published: ${published.join('; ')}.` : '')
  );
}

function toFigure(panel, heading, subtitle) {
  return figure({
    title: heading,
    subtitle,
    label: describe(panel),
    height: (width) => (width < 420 ? 260 : 300),
    legend: panel.all.map(({ arm }) => ({
      colour: panel.colour(arm),
      line: true,
      label: armLabel(panel.trial, arm),
    })),
    option: (width) => panelOption(panel, width),
    table: () => dataTable(panel),
  });
}

// Up to two arms share a drawing; with more, each has its own, and the others are thin lines in it.
function trialPanels(data, code, trial, shared) {
  const entries = ofTrial(
    data.series.filter((e) => e.code === code),
    trial,
  );
  const points = ofTrial(
    data.points.filter((p) => p.code === code),
    trial,
  );
  const colour = (arm) => data.colour(trial.name, arm);
  const make = (chosen, context) => ({
    ...shared,
    trial,
    colour,
    context,
    all: entries,
    arms: chosen.map((entry) => ({ entry, colour: colour(entry.arm) })),
    points: points.filter((p) => chosen.some((entry) => entry.arm === p.arm)),
    last: Math.max(...entries.flatMap((e) => e.weeks), ...points.map((p) => p.week)),
  });
  if (entries.length <= 2) return [[make(entries, []), trial.short, restOfTitle(trial)]];
  const subtitle = data.trials.length > 1 ? trial.title : null;
  return entries.map((entry) => [
    make(
      [entry],
      entries.filter((other) => other !== entry),
    ),
    entry.arm,
    subtitle,
  ]);
}

function restOfTitle(trial) {
  const rest = trial.title.slice(trial.title.startsWith(trial.short) ? trial.short.length : 0);
  return rest.replace(/^[\s,:]+/, '') || null;
}

// One scale for all trials, or the eye compares slopes that the scales made.
function sharedScale(entries, points) {
  const values = entries
    .flatMap((e) => [...e.p05, ...e.p95, ...e.mean])
    .concat(points.flatMap((p) => [p.value, p.lo, p.hi]));
  return niceRange(values.filter(isNumber), 6);
}

const kPlain =
  'The line is the mean of the simulated patients and the bands show how widely they differ';
const kPublished =
  'Lines and bands are simulated patients; where a diamond stands, the upright bar ' +
  'beside it spans the means of 95% of the simulated trials, and a published mean on that bar ' +
  'is one the model can produce';

function reading(points, panels) {
  const text = points.length > 0 ? kPublished : kPlain;
  const others = panels.some(([panel]) => panel.context.length > 0);
  return others ? `${text}; dashed lines are the means of the other arms.` : `${text}.`;
}

function oneSection(data, code) {
  const entries = data.series.filter((e) => e.code === code && e.weeks?.length > 0);
  const trials = trialsIn(data, entries);
  if (trials.length === 0) return null;
  const points = data.points.filter((p) => p.code === code);
  const [id, title, short] = kTitles[code] || [
    code.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    entries[0].title || code,
    entries[0].title || code,
  ];
  const shared = { unit: entries[0].unit || '', title, limits: sharedScale(entries, points) };
  const panels = trials.flatMap((trial) => trialPanels(data, code, trial, shared));
  return section(
    { id, title, short, reading: reading(points, panels) },
    glyphKey(points.length > 0, points.some(isMedian)),
    grid(panels.map(([panel, heading, subtitle]) => toFigure(panel, heading, subtitle))),
  );
}

/** One section for each code that `wanted` takes. */
export function seriesSections(data, wanted) {
  const codes = [...new Set(data.series.map((entry) => entry.code))].filter(wanted);
  return codes.map((code) => oneSection(data, code)).filter(Boolean);
}
