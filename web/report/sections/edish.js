// eDISH: each patient's highest ALT against the highest bilirubin, both as multiples of the upper
// limit of normal, on log axes. Lines at 3 and 2 cut the plane into four quadrants.
import { base, kFont, markLine, referenceLine, tipBody, tooltip, valueAxis } from '../lib/axis.js';
import { fill, h } from '../lib/dom.js';
import { figure, section } from '../lib/figure.js';
import { integer, num, percent } from '../lib/format.js';
import { kAxis, kInk, kMuted } from '../lib/palette.js';
import { ofTrial, trialsIn } from '../lib/report.js';
import { plainTable, scrollBox } from '../lib/table.js';
import { trialTabs } from '../lib/tabs.js';
import { replayCommand } from './page.js';

const kAlt = 3;
const kBilirubin = 2;
const kQuadrants = [
  { name: "Hy's law range", high: [true, true], corner: [1, 0] },
  { name: "Temple's corollary", high: [true, false], corner: [1, 1] },
  { name: 'Cholestasis', high: [false, true], corner: [0, 0] },
  { name: 'Normal or near', high: [false, false], corner: [0, 1] },
];
const kRowsShown = 200;

// A tie at a threshold counts as reached, as in the protocols.
function quadrantOf([alt, bilirubin]) {
  return kQuadrants.find(
    ({ high }) => high[0] === alt >= kAlt && high[1] === bilirubin >= kBilirubin,
  );
}

// A patient whose bilirubin was never measured has no place on the plot.
function drawable(points) {
  return points.filter(([alt, bilirubin]) => alt > 0 && bilirubin > 0);
}

function decades(values, lo, hi) {
  const least = Math.min(lo, ...values);
  const most = Math.max(hi, ...values);
  return {
    min: 10 ** Math.floor(Math.log10(least)),
    max: 10 ** Math.ceil(Math.log10(most) - 1e-9),
  };
}

function logAxis(limits, name) {
  return valueAxis({
    type: 'log',
    ...limits,
    name,
    nameLocation: 'middle',
    axisLine: { show: true, onZero: false, lineStyle: { color: kAxis } },
    axisTick: { show: true, lineStyle: { color: kAxis } },
    minorTick: { show: true, splitNumber: 9 },
    nameTextStyle: { color: kMuted, fontSize: 12 },
  });
}

function quadrantNames() {
  return {
    type: 'custom',
    silent: true,
    z: 1,
    data: [[1, 1]],
    renderItem: ({ coordSys: c }) => ({
      type: 'group',
      children: kQuadrants.map(({ name, corner: [right, bottom] }) => ({
        type: 'text',
        x: right ? c.x + c.width - 8 : c.x + 8,
        y: bottom ? c.y + c.height - 8 : c.y + 8,
        style: {
          text: name,
          fill: kMuted,
          font: `600 12px ${kFont}`,
          align: right ? 'right' : 'left',
          verticalAlign: bottom ? 'bottom' : 'top',
        },
      })),
    }),
  };
}

function scatter(arm, colour, comparator) {
  return {
    type: 'scatter',
    name: arm.arm,
    z: comparator ? 2 : 3,
    data: arm.points,
    symbol: comparator ? 'emptyCircle' : 'circle',
    symbolSize: arm.points.length > 400 ? 5 : 7,
    itemStyle: comparator
      ? { color: colour, borderWidth: 1.2, opacity: 0.8 }
      : { color: colour, opacity: 0.55 },
    emphasis: { scale: 1.6, itemStyle: { opacity: 1, borderColor: kInk, borderWidth: 1.5 } },
  };
}

function lines() {
  return markLine([
    referenceLine({ xAxis: kAlt }, '3 × ULN', {
      line: { color: kInk },
      label: { position: 'end' },
    }),
    referenceLine({ yAxis: kBilirubin }, '2 × ULN', {
      line: { color: kInk },
      label: { position: 'insideEndTop' },
    }),
  ]);
}

function tip(data, arm, [alt, bilirubin, patient], colour) {
  return tipBody(
    `Patient ${patient}`,
    [
      [colour, arm, ''],
      [null, 'highest ALT', `${num(alt, 2)} × ULN`],
      [null, 'highest bilirubin', `${num(bilirubin, 2)} × ULN`],
      [null, quadrantOf([alt, bilirubin]).name, ''],
    ],
    h('code', {}, replayCommand(data, patient)),
  );
}

function option(data, trial, arms, width) {
  const all = arms.flatMap((arm) => arm.points);
  const series = arms.map((arm) => {
    const known = trial.arms.find((a) => a.name === arm.arm);
    return scatter(arm, data.colour(trial.name, arm.arm), known ? !known.active : false);
  });
  return base({
    grid: { left: 54, right: 20, top: 26, bottom: 50 },
    xAxis: {
      ...logAxis(
        decades(
          all.map((p) => p[0]),
          0.1,
          10,
        ),
        'highest ALT, × ULN',
      ),
      nameGap: 30,
    },
    yAxis: {
      ...logAxis(
        decades(
          all.map((p) => p[1]),
          0.1,
          10,
        ),
        width < 420 ? 'bilirubin, × ULN' : 'highest total bilirubin, × ULN',
      ),
      nameGap: 36,
    },
    tooltip: tooltip({
      trigger: 'item',
      enterable: true,
      formatter: (p) => tip(data, p.seriesName, p.value, p.color),
    }),
    series: [{ ...quadrantNames(), markLine: lines() }, ...series],
  });
}

function quadrantTable(arms) {
  const total = arms.map((arm) => arm.points.length);
  const rows = kQuadrants.map((quadrant) => [
    quadrant.name,
    ...arms.map((arm, i) => {
      const n = arm.points.filter((p) => quadrantOf(p) === quadrant).length;
      return `${integer(n)} (${percent(n / total[i])})`;
    }),
  ]);
  return plainTable({
    caption: 'Patients of the sample in each quadrant',
    columns: [{ title: 'Quadrant', text: true }, ...arms.map((arm) => ({ title: arm.arm }))],
    rows: [...rows, ['In the sample', ...total.map(integer)]],
  });
}

function dataTable(arms) {
  const rows = arms
    .flatMap((arm) => arm.points.map((p) => [arm.arm, ...p]))
    .sort((a, b) => b[1] - a[1]);
  return {
    columns: [
      { title: 'Arm', text: true },
      { title: 'Patient' },
      { title: 'ALT, × ULN' },
      { title: 'Bilirubin, × ULN' },
      { title: 'Quadrant', text: true },
    ],
    rows: rows
      .slice(0, kRowsShown)
      .map(([arm, alt, bilirubin, patient]) => [
        arm,
        String(patient),
        num(alt, 2),
        num(bilirubin, 2),
        quadrantOf([alt, bilirubin]).name,
      ]),
    note:
      rows.length > kRowsShown
        ? `The ${kRowsShown} highest in ALT of ${integer(rows.length)} patients in the sample.`
        : null,
  };
}

function describe(trial, arms) {
  const parts = arms.map((arm) => {
    const n = (name) => arm.points.filter((p) => quadrantOf(p).name === name).length;
    return (
      `${arm.arm}: of ${arm.points.length} patients ${n(kQuadrants[0].name)} in Hy's law range, ` +
      `${n(kQuadrants[1].name)} in Temple's corollary, ${n(kQuadrants[2].name)} in cholestasis`
    );
  });
  return `eDISH plot of ${trial.title}. ${parts.join('. ')}.`;
}

function onTrial(data, trial) {
  const arms = ofTrial(data.edish, trial)
    .map((arm) => ({ ...arm, points: drawable(arm.points) }))
    .filter((arm) => arm.points.length > 0);
  const story = h(
    'p',
    { class: 'story', 'aria-live': 'polite' },
    'Point at a patient, or press on one, for the command that tells the whole story.',
  );
  return h(
    'div',
    { class: 'beside' },
    figure({
      title: 'Highest ALT and bilirubin of each patient',
      label: describe(trial, arms),
      height: (width) => Math.min(460, Math.max(320, width * 0.78)),
      legend: arms.map((arm) => ({ colour: data.colour(trial.name, arm.arm), label: arm.arm })),
      option: (width) => option(data, trial, arms, width),
      table: () => dataTable(arms),
      onReady: (chart) =>
        chart.on('click', { seriesType: 'scatter' }, ({ value }) => {
          fill(story, `Patient ${value[2]}: `, h('code', {}, replayCommand(data, value[2])));
        }),
    }),
    h(
      'div',
      { class: 'aside' },
      scrollBox('Patients in each quadrant', quadrantTable(arms)),
      story,
    ),
  );
}

export function edishSection(data, choice) {
  const filled = data.edish.filter((entry) => drawable(entry.points || []).length > 0);
  const trials = trialsIn(data, filled);
  if (trials.length === 0) return null;
  return section(
    {
      id: 'liver',
      title: 'Liver safety (eDISH)',
      short: 'Liver safety',
      reading:
        'Each mark is one simulated patient (a sample); right of the upright line ALT reached ' +
        '3 × ULN, above the level line bilirubin reached 2 × ULN, and both together raise the ' +
        'question of injury by the drug.',
    },
    trialTabs(trials, choice, 'Trial, liver safety', (trial) => onTrial(data, trial)),
  );
}
