// Reactions by regimen: the same bars once per injection, once per week, once per patient.
import { base, niceRange, shareLabel, valueAxis } from '../lib/axis.js';
import { figure, grid, section } from '../lib/figure.js';
import { isNumber, num, percent } from '../lib/format.js';
import { kAxis, kInk } from '../lib/palette.js';

const kMeasures = [
  { name: 'isr_per_injection', title: 'Injection-site reactions per injection', share: false },
  { name: 'isr_per_week', title: 'Injection-site reactions per week', share: false },
  { name: 'isr_any', title: 'Patients with any injection-site reaction', share: true },
  { name: 'flu_any', title: 'Patients with any flu-like symptoms', share: true },
];

function show(measure, value) {
  return measure.share ? percent(value, 0) : num(value, 2);
}

function rowsOf(data) {
  const several = new Set(data.reactions.map((r) => r.trial)).size > 1;
  return data.reactions.map((r) => {
    const trial = data.trial(r.trial);
    const name = r.regimen && !r.regimen.includes(r.arm) && r.arm !== 'placebo' ? r.regimen : r.arm;
    return {
      ...r,
      colour: data.colour(r.trial, r.arm),
      label: several ? `${trial.short}, ${name || r.arm}` : name || r.arm,
    };
  });
}

function option(measure, rows, width) {
  const values = rows.map((r) => r[measure.name]);
  const limits = measure.share ? { min: 0, max: 1, interval: 0.25 } : niceRange(values, 4);
  const room = Math.min(190, Math.max(104, width * 0.34));
  return base({
    grid: { left: room + 8, right: 44, top: 4, bottom: 26 },
    xAxis: valueAxis({ ...limits, axisLabel: measure.share ? { formatter: shareLabel } : {} }),
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((r) => r.label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: kAxis } },
      axisLabel: {
        color: kInk,
        fontSize: 11.5,
        width: room,
        overflow: 'break',
        lineHeight: 13,
        interval: 0,
      },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 16,
        data: rows.map((r) => ({ value: r[measure.name], itemStyle: { color: r.colour } })),
        label: {
          show: true,
          position: 'right',
          color: kInk,
          fontSize: 11.5,
          formatter: ({ value }) => show(measure, value),
        },
        emphasis: { disabled: true },
      },
    ],
  });
}

function oneMeasure(measure, rows) {
  const known = rows.filter((r) => isNumber(r[measure.name]));
  if (known.length === 0) return null;
  const said = known.map((r) => `${r.label} ${show(measure, r[measure.name])}`);
  return figure({
    title: measure.title,
    label: `${measure.title}: ${said.join('; ')}.`,
    height: known.length * 32 + 40,
    option: (width) => option(measure, known, width),
    table: () => ({
      columns: [
        { title: 'Regimen', text: true },
        { title: 'Dose, mg' },
        { title: 'Injections per week' },
        { title: measure.title },
      ],
      rows: known.map((r) => [
        r.label,
        num(r.dose_mg, 0),
        num(r.injections_per_week, 0),
        show(measure, r[measure.name]),
      ]),
    }),
  });
}

export function reactionsSection(data) {
  const rows = rowsOf(data);
  const figures = kMeasures.map((measure) => oneMeasure(measure, rows)).filter(Boolean);
  if (figures.length === 0) return null;
  return section(
    {
      id: 'reactions',
      title: 'Reactions by regimen',
      short: 'Reactions',
      reading:
        'Read the first chart for the burden of one injection and the second for the burden of ' +
        'a week: smaller and more frequent injections can be better in one and worse in the other.',
    },
    grid(figures),
  );
}
