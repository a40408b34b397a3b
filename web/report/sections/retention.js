// Staying on treatment: the Kaplan-Meier step line, and above it who left, by cause.
import { base, shareLabel, tipBody, tooltip, valueAxis, weekAxis } from '../lib/axis.js';
import { figure, grid, section } from '../lib/figure.js';
import { num, percent } from '../lib/format.js';
import { causeColours, kInk } from '../lib/palette.js';
import { armLabel, ofTrial, trialsIn } from '../lib/report.js';
import { trialTabs } from '../lib/tabs.js';

function step(entry, name, values, parts) {
  return {
    type: 'line',
    name,
    step: 'end',
    stack: 'share',
    symbol: 'none',
    data: entry.weeks.map((week, i) => [week, values[i]]),
    emphasis: { disabled: true },
    ...parts,
  };
}

function tip(entry, colours, params) {
  const week = params[0].value[0];
  const i = entry.weeks.indexOf(week);
  return tipBody(`Week ${num(week, 0)}`, [
    [kInk, 'on treatment', percent(entry.on_treatment[i], 1)],
    ...entry.causes.map((cause, c) => [colours[c], cause.cause, percent(cause.cumulative[i], 1)]),
  ]);
}

// Half or more must leave before the lower half of the axis is worth its room.
function axisFloor(entries) {
  const least = Math.min(...entries.flatMap((e) => e.on_treatment.filter(Number.isFinite)));
  if (least > 0.8) return { min: 0.7, interval: 0.1 };
  return least > 0.55 ? { min: 0.5, interval: 0.1 } : { min: 0, interval: 0.2 };
}

function option(entry, colours, floor, width) {
  return base({
    grid: { left: 46, right: 16, top: 14, bottom: 30 },
    xAxis: weekAxis(Math.max(...entry.weeks), width),
    yAxis: valueAxis({
      ...floor,
      max: 1,
      axisLabel: { formatter: shareLabel },
      z: 5,
      splitLine: { lineStyle: { color: 'rgba(27,37,48,.14)' } },
    }),
    tooltip: tooltip({
      trigger: 'axis',
      axisPointer: { type: 'line', snap: true },
      formatter: (params) => tip(entry, colours, params),
    }),
    series: [
      step(entry, 'on treatment', entry.on_treatment, {
        z: 6,
        lineStyle: { color: kInk, width: 2 },
        itemStyle: { color: kInk },
        areaStyle: { color: '#f1f4f6', opacity: 1 },
      }),
      ...entry.causes.map((cause, c) =>
        step(entry, cause.cause, cause.cumulative, {
          lineStyle: { width: 0 },
          itemStyle: { color: colours[c] },
          areaStyle: { color: colours[c], opacity: 1 },
        }),
      ),
    ],
  });
}

function dataTable(entry) {
  return {
    columns: [
      { title: 'Week' },
      { title: 'on treatment' },
      ...entry.causes.map(({ cause }) => ({ title: cause })),
    ],
    rows: entry.weeks.map((week, i) => [
      num(week, 0),
      percent(entry.on_treatment[i], 1),
      ...entry.causes.map(({ cumulative }) => percent(cumulative[i], 1)),
    ]),
  };
}

function describe(trial, entry) {
  const last = entry.weeks.length - 1;
  const left = entry.causes.map(
    ({ cause, cumulative }) => `${cause} ${percent(cumulative[last], 1)}`,
  );
  return (
    `Staying on treatment, ${entry.arm}, ${trial.title}: ${percent(entry.on_treatment[last], 1)} ` +
    `on treatment at week ${num(entry.weeks[last], 0)}; stopped for ${left.join(', ')}.`
  );
}

function onTrial(data, trial) {
  const entries = ofTrial(data.retention, trial);
  const floor = axisFloor(entries);
  const causes = [...new Set(entries.flatMap((e) => e.causes.map(({ cause }) => cause)))];
  const table = causeColours(causes);
  return grid(
    entries.map((entry) => {
      const colours = entry.causes.map(({ cause }) => table[causes.indexOf(cause)]);
      const last = entry.weeks.length - 1;
      return figure({
        title: armLabel(trial, entry.arm),
        subtitle:
          `${percent(entry.on_treatment[last], 0)} on treatment at week ${entry.weeks[last]}` +
          (floor.min > 0 ? `; the axis starts at ${percent(floor.min)}` : ''),
        label: describe(trial, entry),
        height: 270,
        legend: [
          { colour: kInk, label: 'on treatment', line: true },
          ...entry.causes.map(({ cause }, c) => ({ colour: colours[c], label: cause })),
        ],
        option: (width) => option(entry, colours, floor, width),
        table: () => dataTable(entry),
      });
    }),
  );
}

export function retentionSection(data, choice) {
  const trials = trialsIn(
    data,
    data.retention.filter((e) => e.weeks?.length > 0),
  );
  if (trials.length === 0) return null;
  return section(
    {
      id: 'retention',
      title: 'Staying on treatment',
      reading:
        'The dark step line is the share still on treatment (Kaplan-Meier); the coloured steps ' +
        'above it are those who stopped, one colour for each cause.',
    },
    trialTabs(trials, choice, 'Trial, staying on treatment', (trial) => onTrial(data, trial)),
  );
}
