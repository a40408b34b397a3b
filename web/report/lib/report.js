// The data of report.json, with what every section asks of it.
import { armColours } from './palette.js';

const kLists = [
  'trials',
  'series',
  'points',
  'edish',
  'states',
  'retention',
  'reactions',
  'evidence',
  'comparison',
  'criteria',
  'sources',
];

/** The part of a title before its first comma or bracket: "CS5 (RADICHOL I), ..." -> "CS5". */
function shortTitle(trial) {
  const head = String(trial.title || trial.name)
    .split(/[(,:]/)[0]
    .trim();
  return head.length > 0 && head.length <= 28 ? head : trial.name;
}

// Rows about who took part check the design, not the model, and are counted apart.
function withUse(row) {
  return row.group === 'population' ? { ...row, use: 'population' } : row;
}

/** Fills in what is missing, names trials that only the data know, gives arms their colours. */
export function prepare(raw) {
  const data = { ...raw };
  for (const name of kLists) data[name] = Array.isArray(raw[name]) ? raw[name] : [];
  data.evidence = data.evidence.map(withUse);
  const named = new Map(data.trials.map((trial) => [trial.name, trial]));
  for (const name of ['series', 'edish', 'states', 'retention', 'reactions', 'comparison']) {
    for (const entry of data[name]) {
      if (!named.has(entry.trial)) named.set(entry.trial, { name: entry.trial, arms: [] });
    }
  }
  data.trials = [...named.values()].map((trial) => ({
    ...trial,
    title: trial.title || trial.name,
    short: shortTitle(trial),
    arms: trial.arms || [],
  }));
  data.colour = armColours(data.trials);
  data.trial = (name) => data.trials.find((trial) => trial.name === name);
  return data;
}

/** The trials that occur in `list`, in the order of the report. */
export function trialsIn(data, list) {
  const names = new Set(list.map((entry) => entry.trial));
  return data.trials.filter((trial) => names.has(trial.name));
}

/** Entries of one trial in the order of its arms. */
export function ofTrial(list, trial) {
  const order = new Map(trial.arms.map((arm, i) => [arm.name, i]));
  return list
    .filter((entry) => entry.trial === trial.name)
    .sort((a, b) => (order.get(a.arm) ?? 99) - (order.get(b.arm) ?? 99));
}

export function armOf(trial, name) {
  return trial.arms.find((arm) => arm.name === name) || { name, active: true };
}

/** "200 mg QW (n = 34)" */
export function armLabel(trial, name) {
  const { n } = armOf(trial, name);
  return n ? `${name} (n\u00a0=\u00a0${n})` : name;
}
