// The programme's questions of benefit and risk: what this run counted, what was published, and
// what stays open. Numbers stand here as they were counted; no limit is named and none is judged.
import { h } from '../lib/dom.js';
import { section } from '../lib/figure.js';
import { decimalsFor, isNumber, num, percent, range, withUnit } from '../lib/format.js';
import { plainTable, scrollBox } from '../lib/table.js';

const kBy = {
  'simulation and evidence': 'Answered by this run and by published results',
  simulation: 'Answered by this run',
  evidence: 'Answered by published results only',
  'nothing here': 'Not answered here',
};

// A share is shown as a percentage, everything else in its unit.
function numbers(one) {
  if (!isNumber(one.median)) return ['not formed', null];
  if (one.unit === 'share') {
    const digits = one.lo === one.hi && one.hi === 0 ? 0 : decimalsFor(100 * (one.hi - one.lo));
    const ends = `${num(100 * one.lo, digits)} to ${num(100 * one.hi, digits)}%`;
    return [percent(one.median, digits), ends];
  }
  const digits = decimalsFor(one.hi - one.lo);
  return [num(one.median, digits), range(one.lo, one.hi, digits)];
}

function cell(one) {
  if (!one) return '–';
  const [median, ends] = numbers(one);
  return [median, ends && h('span', { class: 'under' }, ends)];
}

/** One row an arm, one column a measure. */
function simulatedTable(data, criterion) {
  const measures = [...new Map(criterion.simulated.map((one) => [one.measure, one])).values()];
  const arms = new Map();
  for (const one of criterion.simulated) {
    const id = JSON.stringify([one.trial, one.arm]);
    if (!arms.has(id)) arms.set(id, { trial: one.trial, arm: one.arm, of: {} });
    arms.get(id).of[one.measure] = one;
  }
  const title = ({ title, unit }) => (unit === 'share' ? title : `${title}, ${unit}`);
  return plainTable({
    caption: `Simulated: ${criterion.question}`,
    columns: [{ title: 'Trial and arm', text: true }, ...measures.map((m) => ({ title: title(m) }))],
    rows: [...arms.values()].map((arm) => [
      [data.trial(arm.trial)?.short || arm.trial, h('span', { class: 'under' }, arm.arm)],
      ...measures.map((m) => cell(arm.of[m.measure])),
    ]),
  });
}

function publishedTable(criterion) {
  return plainTable({
    caption: `Published: ${criterion.question}`,
    columns: [
      { title: 'Endpoint', text: true },
      { title: 'Trial and arm', text: true },
      { title: 'Published' },
      { title: 'Source', text: true },
    ],
    rows: criterion.published.map((row) => [
      [row.endpoint, h('span', { class: 'under' }, `${row.row} · ${row.statistic}`)],
      [row.trial, h('span', { class: 'under' }, `${row.arm} (n = ${row.n})`)],
      withUnit(row.value, row.unit),
      row.source,
    ]),
  });
}

function tooShort(data, criterion) {
  if (criterion.too_short.length === 0) return null;
  const names = criterion.too_short.map((name) => data.trial(name)?.short || name).join(', ');
  const weeks = num(criterion.least_treatment_weeks, 0);
  return h(
    'p',
    { class: 'note' },
    `Not simulated here: the question asks about ${weeks} weeks of treatment, and ${names} `,
    criterion.too_short.length === 1 ? 'treats for less.' : 'treat for less.',
  );
}

function card(data, criterion) {
  const by = kBy[criterion.answered_by] || criterion.answered_by;
  return h(
    'article',
    { class: 'criterion' },
    h('h3', {}, criterion.question),
    h('p', { class: 'subtitle' }, `${by}. Asked by ${criterion.source}.`),
    criterion.simulated.length > 0 &&
      scrollBox(`Simulated: ${criterion.question}`, simulatedTable(data, criterion)),
    tooShort(data, criterion),
    criterion.published.length > 0 &&
      scrollBox(`Published: ${criterion.question}`, publishedTable(criterion)),
    criterion.rows_missing.length > 0 &&
      h(
        'p',
        { class: 'note' },
        `Rows that the evidence does not hold: ${criterion.rows_missing.join(', ')}.`,
      ),
    criterion.not_simulated &&
      h('p', { class: 'note' }, `Left open by the model: ${criterion.not_simulated}.`),
  );
}

export function criteriaSection(data) {
  if (data.criteria.length === 0) return null;
  const criteria = data.criteria.map((one) => ({
    ...one,
    simulated: one.simulated || [],
    published: one.published || [],
    too_short: one.too_short || [],
    rows_missing: one.rows_missing || [],
  }));
  return section(
    {
      id: 'criteria',
      title: 'Questions of benefit and risk',
      short: 'Benefit and risk',
      reading:
        'Simulated numbers are medians over replicates, with the range of 95% of them below; ' +
        'the documents that ask these questions name no limits, so nothing is judged here.',
    },
    criteria.map((one) => card(data, one)),
  );
}
