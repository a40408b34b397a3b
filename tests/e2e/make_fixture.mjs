// Makes report data for the browser test: SYNTHETIC numbers, drawn from a seeded generator, that
// have the shapes of a real run. No number in them means anything.
//
//   node make_fixture.mjs four  > fixture.json              four trials of two arms
//   node make_fixture.mjs arms  > fixture_arms.json         one trial of four arms over two years
//   node make_fixture.mjs large                             as `four`, with 2000 patients in a plot
let state = 20131;

function uniform() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

const round = (x, digits = 1) => Number(x.toFixed(digits));
const kActive = { name: 'mipomersen 200 mg QW', active: true };
const kPlacebo = { name: 'placebo', active: false };

function fourTrials() {
  const trial = (name, title, n, placebo) => ({
    name,
    title,
    protocol: name,
    weeks: 26,
    follow_up_weeks: 24,
    arms: [
      { ...kActive, n },
      { ...kPlacebo, n: placebo },
    ],
  });
  return [
    trial('cs5', 'CS5 (RADICHOL I): homozygous FH', 34, 17),
    trial('m108', 'MIPO3500108: severe hypercholesterolaemia', 39, 18),
    trial('cs7', 'CS7 (RADICHOL II): heterozygous FH with coronary disease', 83, 41),
    trial('cs12', 'CS12: high cardiovascular risk', 105, 52),
  ];
}

function fourArms() {
  const arm = (name, active = true) => ({ name, active, n: 500 });
  return [
    {
      name: 'schedules',
      title: 'Three schedules of one weekly dose',
      protocol: 'label',
      weeks: 104,
      follow_up_weeks: 0,
      arms: [arm('200 mg QW'), arm('70 mg TIW'), arm('30 mg QD'), arm('placebo', false)],
    },
  ];
}

function grow(week, end, size) {
  const on = 1 - Math.exp(-Math.min(week, end) / 6);
  return size * on * (week > end ? Math.exp(-(week - end) / 9) : 1);
}

function oneSeries(trial, arm, code, title, unit, shape) {
  const last = trial.weeks + trial.follow_up_weeks;
  const weeks = [];
  for (let week = 0; week <= last; week += week < 12 ? 2 : 4) weeks.push(week);
  if (weeks[weeks.length - 1] !== last) weeks.push(last);
  const entry = {
    trial: trial.name,
    arm: arm.name,
    code,
    title,
    unit,
    weeks,
    n: [],
    mean: [],
    mean_lo: [],
    mean_hi: [],
    p05: [],
    p25: [],
    p50: [],
    p75: [],
    p95: [],
  };
  for (const week of weeks) {
    const mean = arm.active ? grow(week, trial.weeks, shape.effect) : 0;
    const sd = week === 0 ? 0 : shape.spread * (0.5 + 0.5 * Math.min(1, week / 12));
    const error = (1.96 * sd) / Math.sqrt(arm.n);
    entry.n.push(Math.round(arm.n * (1 - 0.004 * week)));
    for (const [name, z] of [
      ['p05', -1.5],
      ['p25', -0.7],
      ['p50', -0.05],
      ['p75', 0.62],
      ['p95', 1.8],
    ]) {
      entry[name].push(round(mean + z * sd));
    }
    entry.mean.push(round(mean));
    entry.mean_lo.push(round(mean - error));
    entry.mean_hi.push(round(mean + error));
  }
  return entry;
}

function shifted(by, entry) {
  for (const name of ['mean', 'mean_lo', 'mean_hi', 'p05', 'p25', 'p50', 'p75', 'p95']) {
    entry[name] = entry[name].map((value) => round(value + by));
  }
  return entry;
}

function allSeries(trials) {
  return trials.flatMap((trial) =>
    trial.arms.flatMap((arm, i) => [
      oneSeries(trial, arm, 'LDL.percent_change', 'LDL-C, percent change from baseline', '%', {
        effect: -32 + 4 * i,
        spread: 19,
      }),
      oneSeries(trial, arm, 'FAT.change', 'liver fat, change from baseline', 'percentage points', {
        effect: 9,
        spread: 6,
      }),
      shifted(28, oneSeries(trial, arm, 'ALT.value', 'ALT', 'U/L', { effect: 38, spread: 14 })),
    ]),
  );
}

function points(trials) {
  return trials.flatMap((trial, t) =>
    trial.arms.flatMap((arm, i) => {
      const value = arm.active ? -26 - 3 * t : 2 - 3 * t;
      const half = 70 / Math.sqrt(arm.n);
      const ldl = {
        trial: trial.name,
        arm: arm.name,
        code: 'LDL.percent_change',
        week: 28,
        value: round(value),
        lo: round(value - half),
        hi: round(value + half),
        row: `T${t}${i}1`,
        statistic: 'mean % change',
      };
      const median = {
        ...ldl,
        value: round(value - 3),
        row: `T${t}${i}3`,
        statistic: 'median % change',
      };
      const fat = {
        ...ldl,
        code: 'FAT.change',
        week: 26,
        value: arm.active ? 9.6 : 0.4,
        lo: null,
        hi: null,
        row: `T${t}${i}2`,
      };
      return t === 2 ? [ldl, median, fat] : [ldl];
    }),
  );
}

function edish(trials, each) {
  let patient = 0;
  return trials.flatMap((trial) =>
    trial.arms.map((arm) => {
      const list = [];
      for (let k = 0; k < each; k += 1) {
        const alt = Math.exp((arm.active ? 0.25 : -0.35) + (arm.active ? 0.62 : 0.35) * normal());
        const bilirubin = Math.exp(-0.75 + 0.38 * normal());
        list.push([round(alt, 2), round(bilirubin, 2), (patient += 1)]);
      }
      if (arm.active) list.push([6.4, 2.6, (patient += 1)], [3, 2, (patient += 1)]);
      return { trial: trial.name, arm: arm.name, points: list };
    }),
  );
}

function weekly(trial, step = 1) {
  const weeks = [];
  for (let week = 0; week <= trial.weeks; week += step) weeks.push(week);
  return weeks;
}

const kHepatic = ['confirming', 'rechecking', 'withheld', 'watched', 'stopped'];

function states(trials) {
  const one = (trial, arm, region, names, sizes) => {
    const weeks = weekly(trial);
    const shares = sizes.map((size) =>
      weeks.map((week) => round(arm.active ? size * (1 - Math.exp(-week / 10)) : size * 0.04, 4)),
    );
    const screening = weeks.map((week) => (week === 0 ? 1 : week === 1 ? 0.02 : 0));
    shares.forEach((list) => list.splice(0, 2, 0, 0));
    const treating = weeks.map((_, k) =>
      round(1 - screening[k] - shares.reduce((sum, list) => sum + list[k], 0), 4),
    );
    return {
      trial: trial.name,
      arm: arm.name,
      region,
      weeks,
      names: ['screening', 'treating', ...names],
      shares: [screening, treating, ...shares],
    };
  };
  return trials.flatMap((trial) =>
    trial.arms.flatMap((arm) => [
      one(trial, arm, 'hepatic', kHepatic, [0.03, 0.01, 0.06, 0.02, 0.05]),
      one(trial, arm, 'injection site', ['reduced', 'stopped'], [0.02, 0.04]),
    ]),
  );
}

function retention(trials) {
  const causes = ['adverse event', 'liver rule', 'withdrawal by subject', 'other'];
  return trials.flatMap((trial) =>
    trial.arms.map((arm) => {
      const weeks = weekly(trial);
      const rate = arm.active ? [0.005, 0.0018, 0.0022, 0.0008] : [0.0008, 0, 0.0014, 0.0006];
      const list = causes.map((cause, c) => ({
        cause,
        cumulative: weeks.map((week) => round(rate[c] * week * (1 - week / 400), 4)),
      }));
      return {
        trial: trial.name,
        arm: arm.name,
        weeks,
        causes: list,
        on_treatment: weeks.map((_, k) =>
          round(1 - list.reduce((sum, { cumulative }) => sum + cumulative[k], 0), 4),
        ),
      };
    }),
  );
}

const kRegimens = {
  '200 mg QW': [200, 1, 0.64],
  '70 mg TIW': [70, 3, 0.31],
  '30 mg QD': [30, 7, 0.12],
  placebo: [0, 1, 0.06],
};

function reactions(trials) {
  return trials.flatMap((trial) =>
    trial.arms.map((arm) => {
      const regimen = arm.name.replace('mipomersen ', '');
      const [dose, often, each] = kRegimens[regimen];
      return {
        trial: trial.name,
        arm: arm.name,
        regimen,
        dose_mg: dose,
        injections_per_week: often,
        isr_per_injection: each,
        isr_per_week: round(each * often, 2),
        isr_any: arm.active ? 0.84 : 0.33,
        flu_any: arm.active ? round(0.36 - 0.04 * often, 2) : 0.15,
      };
    }),
  );
}

const kEndpoints = [
  ['LDL-C baseline', 'mean', 'mg/dL', 280, 60],
  ['LDL-C change at PET', 'mean % change', '%', -27, 16],
  ['apoB change at PET', 'mean % change', '%', -26, 14],
  ['Lp(a) change at PET', 'median % change', '%', -23, 22],
  ['LDL-C response category: >50% decrease', 'count', 'patients', 6, 8],
  ['ALT at or above 3 x ULN at least once', 'count', 'patients', 5, 7],
  ['ALT at or above 3 x ULN, confirmed', 'count', 'patients', 2, 5],
  ['injection-site reactions', 'share of patients', '%', 84, 20],
  ['discontinued treatment (any reason)', 'count', 'patients', 6, 8],
];

function evidence(trials) {
  let row = 0;
  const pooled = { name: 'Pooled phase 3', arms: trials[0].arms };
  return [...trials, pooled].flatMap((trial, t) =>
    trial.arms.flatMap((arm) =>
      kEndpoints.map((endpoint, e) => {
        const [name, statistic, unit, centre, width] = endpoint;
        const median = arm.active ? centre : round(centre * 0.1);
        const published = round(median + (width / 2) * 0.68 * normal());
        const lo = round(median - width * 0.48);
        const hi = round(median + width * 0.52);
        row += 1;
        return {
          row: `T${String(row).padStart(4, '0')}`,
          trial: trial.name,
          arm: arm.name,
          n: arm.n,
          endpoint: name,
          statistic,
          unit,
          published,
          median,
          lo,
          hi,
          width,
          sampling_width: round(width / (1.2 + 0.5 * uniform())),
          inside: published >= lo && published <= hi,
          use: t === 0 && e < 3 ? 'calibrated' : 'untouched',
          group: name.endsWith('baseline') ? 'population' : 'efficacy',
          source: 'SYN Table 11 (p.74)',
          note: e === 3 ? 'synthetic test input' : '',
        };
      }),
    ),
  );
}

function coverage(rows) {
  const part = (use) => {
    const of = rows.filter((row) => use === (row.group === 'population' ? 'population' : row.use));
    return { inside: of.filter((row) => row.inside).length, total: of.length };
  };
  return {
    calibrated: part('calibrated'),
    untouched: part('untouched'),
    population: part('population'),
    width_ratio: 1.42,
  };
}

function comparison(trials) {
  return trials.flatMap((trial, t) =>
    trial.arms.map((arm, i) => ({
      trial: trial.name,
      arm: arm.name,
      weekly_mg: arm.active ? 200 + 5 * i : 0,
      ldl_change: arm.active ? -24 - 3.5 * t - 2 * i : 1 - t,
      ldl_lo: arm.active ? -31 - 3 * t - 2 * i : -6,
      ldl_hi: arm.active ? -17 - 3 * t - 2 * i : 7,
      responders: arm.active ? 0.66 : 0.18,
      alt3: arm.active ? 0.16 + 0.02 * t : 0.01,
      alt3_confirmed: arm.active ? 0.07 + 0.012 * i + 0.013 * t : 0.002,
      fat5: arm.active ? 0.45 + 0.04 * i - 0.03 * t : 0.07,
      fat_change: arm.active ? 9.1 : 0.4,
      isr_per_injection: arm.active ? 0.64 / (i + 1) : 0.06,
      isr_per_week: arm.active ? 0.6 + 0.2 * i : 0.06,
      flu_any: arm.active ? 0.33 - 0.03 * i + 0.02 * t : 0.15,
      on_treatment_end: arm.active ? 0.74 - 0.02 * i + 0.03 * t : 0.93,
      stopped_liver: arm.active ? 0.05 : 0,
      withheld_any: arm.active ? 0.11 : 0.01,
      weeks: trial.weeks,
    })),
  );
}

function criteria(trials) {
  const measure = (id, title, unit, size) =>
    trials.flatMap((trial, t) =>
      trial.arms.map((arm, i) => {
        const median = arm.active ? size * (1 + 0.1 * t) : size / 10;
        const known = i < 3;
        return {
          trial: trial.name,
          arm: arm.name,
          measure: id,
          title,
          unit,
          median: known ? round(median, 4) : null,
          lo: known ? round(median * 0.8, 4) : null,
          hi: known ? round(median * 1.3, 4) : null,
        };
      }),
    );
  const published = (arm, value) => ({
    row: `SYN-${arm.length}`,
    trial: 'Synthetic trials, pooled',
    arm,
    n: '261',
    endpoint: 'a synthetic event',
    statistic: 'proportion',
    value,
    unit: '%',
    source: 'SYN p.1',
  });
  return [
    {
      id: 'harm',
      question: 'How often is there harm?',
      source: 'SYN, questions',
      answered_by: 'simulation and evidence',
      least_treatment_weeks: 0,
      too_short: [],
      simulated: [
        ...measure('fat_change', 'liver fat, mean change', 'percentage points', 9.1),
        ...measure('alt5', 'ALT 5 x ULN or more at least once', 'share', 0.08),
      ],
      published: [published('placebo', '4.6'), published('200 mg QW', '24.5')],
      rows_missing: ['SYN-9'],
      not_simulated: 'what harm leads to in the long term',
    },
    {
      id: 'leave',
      question: 'How many stop treatment within two years?',
      source: 'SYN, questions',
      answered_by: 'evidence',
      least_treatment_weeks: 104,
      too_short: trials.filter((trial) => trial.weeks < 104).map((trial) => trial.name),
      simulated: [],
      published: [published('placebo', '3')],
      rows_missing: [],
      not_simulated: '',
    },
  ];
}

function fixture(kind) {
  const trials = kind === 'arms' ? fourArms() : fourTrials();
  const rows = kind === 'arms' ? [] : evidence(trials);
  const name = kind === 'arms' ? 'schedules' : 'phase3';
  return {
    note: 'Synthetic test input, made by make_fixture.mjs. No number here is a result.',
    disclaimer:
      'For research. Not a medical device. The numbers of this page are synthetic test input.',
    programme: { name: 'mipomersen', title: 'Mipomersen (Kynamro)', version: '0.1.0' },
    design: {
      name,
      title: kind === 'arms' ? trials[0].title : 'The four published phase-3 trials',
    },
    seed: 1,
    replicates: 200,
    patients_simulated: 78200,
    dosewright: '0.1.0',
    trials,
    series: allSeries(trials),
    points: kind === 'arms' ? [] : points(trials),
    edish: edish(trials, kind === 'large' ? 1000 : 60),
    states: states(trials),
    retention: retention(trials),
    reactions: reactions(trials),
    evidence: rows,
    coverage: rows.length > 0 ? coverage(rows) : {},
    comparison: comparison(trials),
    criteria: criteria(trials),
    ledger_replays: { checked: 64, failed: 0 },
    failed_patients: 0,
    sources: [{ key: 'SYN', title: 'Synthetic test input, no publication' }],
  };
}

const kind = process.argv[2];
if (!['four', 'arms', 'large'].includes(kind)) {
  console.error('make_fixture.mjs: expected four, arms or large');
  process.exit(2);
}
const text = JSON.stringify(fixture(kind)).replace(/\{"(?=trial|row|name)/g, '\n$&');
process.stdout.write(`${text}\n`);
