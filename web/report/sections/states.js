// Share of patients in each state of a protocol region, week by week, stacked.
import { base, niceRange, shareLabel, tipBody, tooltip, valueAxis, weekAxis } from '../lib/axis.js';
import { h } from '../lib/dom.js';
import { figure, grid, section } from '../lib/figure.js';
import { isNumber, num, percent } from '../lib/format.js';
import { kUnrestricted, stateColours } from '../lib/palette.js';
import { armLabel, ofTrial, trialsIn } from '../lib/report.js';
import { trialTabs } from '../lib/tabs.js';

// The state in which doses are given without question; where no name says so, the commonest.
function freeState(entry) {
  const named = entry.names.findIndex((name) => kUnrestricted.test(name));
  if (named >= 0) return named;
  const sums = entry.shares.map((list) => list.reduce((sum, share) => sum + (share ?? 0), 0));
  return sums.indexOf(Math.max(...sums));
}

// It lies on top, so that the others stand on the base line where their height can be read; the
// order of the protocol runs from mild to grave, so the grave ones come first.
function stackOrder(entry) {
  const free = freeState(entry);
  const others = entry.names.map((_, i) => i).filter((i) => i !== free);
  return [...others.reverse(), free];
}

function held(entry, k) {
  return 1 - (entry.shares[freeState(entry)][k] ?? 1);
}

// Shares of a few percent would be a hairline on a full scale. Before the first dose everybody is
// in the state of screening, and that first week must not set the scale.
function axisTop(entries) {
  const later = entries.flatMap((e) =>
    e.weeks.map((week, k) => (week > 1 ? held(e, k) : 0)).filter(isNumber),
  );
  const most = Math.max(0, ...later);
  if (most >= 0.4) return { min: 0, max: 1, interval: 0.2 };
  return niceRange([0, Math.max(most * 1.25, 0.05)], 5);
}

function area(entry, i, colour) {
  return {
    type: 'line',
    name: entry.names[i],
    stack: 'share',
    data: entry.weeks.map((week, k) => [week, entry.shares[i][k]]),
    showSymbol: false,
    symbol: 'none',
    lineStyle: { width: 0.6, color: '#fff' },
    itemStyle: { color: colour },
    areaStyle: { color: colour, opacity: 1 },
    emphasis: { disabled: true },
  };
}

function tip(entry, colours, params) {
  const week = params[0].value[0];
  const k = entry.weeks.indexOf(week);
  return tipBody(
    `Week ${num(week, 0)}`,
    entry.names.map((name, i) => [colours[i], name, percent(entry.shares[i][k])]),
  );
}

function option(entry, colours, scale, width) {
  return base({
    grid: { left: 46, right: 16, top: 14, bottom: 30 },
    xAxis: weekAxis(Math.max(...entry.weeks), width),
    yAxis: valueAxis({
      ...scale,
      axisLabel: { formatter: shareLabel },
      z: 5,
      splitLine: { lineStyle: { color: 'rgba(27,37,48,.14)' } },
    }),
    tooltip: tooltip({
      trigger: 'axis',
      axisPointer: { type: 'line', snap: true },
      formatter: (params) => tip(entry, colours, params),
    }),
    series: stackOrder(entry).map((i) => ({ ...area(entry, i, colours[i]), clip: true })),
  });
}

function dataTable(entry) {
  return {
    columns: [{ title: 'Week' }, ...entry.names.map((title) => ({ title }))],
    rows: entry.weeks.map((week, k) => [
      num(week, 0),
      ...entry.names.map((_, i) => percent(entry.shares[i][k], 1)),
    ]),
  };
}

function describe(trial, entry) {
  const free = freeState(entry);
  const peak = entry.names.flatMap((name, i) => {
    const shares = entry.shares[i].filter(isNumber);
    return i === free ? [] : [`${name} at most ${percent(Math.max(0, ...shares))}`];
  });
  return `States of region ${entry.region}, ${entry.arm}, ${trial.title}: ${peak.join(', ')}.`;
}

function regionFigures(data, trial, region) {
  const entries = ofTrial(data.states, trial).filter((e) => e.region === region);
  const scale = axisTop(entries);
  return entries.map((entry) => {
    const colours = stateColours(entry.names);
    return figure({
      title: armLabel(trial, entry.arm),
      subtitle:
        scale.max < 1
          ? `Region ${region}; the axis ends at ${percent(scale.max)}`
          : `Region ${region}`,
      label: describe(trial, entry),
      height: 250,
      legend: entry.names.map((label, i) => ({ colour: colours[i], label })),
      option: (width) => option(entry, colours, scale, width),
      table: () => dataTable(entry),
    });
  });
}

function onTrial(data, trial) {
  const regions = [
    ...new Set(data.states.filter((e) => e.trial === trial.name).map((e) => e.region)),
  ];
  return regions.map((region) =>
    h('div', { class: 'region' }, grid(regionFigures(data, trial, region))),
  );
}

export function statesSection(data, choice) {
  const trials = trialsIn(data, data.states);
  if (trials.length === 0) return null;
  return section(
    {
      id: 'states',
      title: 'Where patients stand in the protocol',
      short: 'Protocol states',
      reading:
        'The height of a colour is the share of patients whom the protocol has in that state in ' +
        'that week; the pale field on top are those whom it lets dose without a question.',
    },
    trialTabs(trials, choice, 'Trial, protocol states', (trial) => onTrial(data, trial)),
  );
}
