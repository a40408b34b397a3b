// Colours that stay apart for colour-blind readers (after Okabe and Ito, darkened until they hold
// 3:1 against white). The comparator is always grey; colour belongs to the medicine.
export const kInk = '#1b2530';
export const kMuted = '#56616d';
export const kHair = '#dde2e6';
export const kAxis = '#aab3bb';
export const kPanel = '#ffffff';
export const kAlert = '#b3400a';
export const kComparator = '#6b747d';

const kActive = ['#0a679f', '#b8500b', '#00795a', '#8a4a9c', '#7d6200', '#a3325f'];

/** (trial, arm) -> colour, the same in every chart of the page. */
export function armColours(trials) {
  const table = new Map();
  for (const trial of trials) {
    let next = 0;
    for (const arm of trial.arms || []) {
      const colour = arm.active ? kActive[next++ % kActive.length] : kComparator;
      table.set(`${trial.name}\n${arm.name}`, colour);
    }
  }
  return (trial, arm) => table.get(`${trial}\n${arm}`) || kActive[0];
}

/** States in which doses are given without question. */
export const kUnrestricted = /treat|full|normal|none|respon|within|\bok\b|clear|usual/i;

// What a state does to the next dose, by what its name says; the first that fits.
const kStates = [
  [/screen|before|baseline/i, '#c3cad0'],
  [/reconfirm|recheck|again/i, '#c08a1e'],
  [/confirm|repeat|query/i, '#ecc85a'],
  [/reduc/i, '#5f9fc9'],
  [/watch|monitor|observ|resum/i, '#9cc3b4'],
  [/withh|held|hold|pause|interrupt/i, '#d9772b'],
  [/stop|discontinu|ended|\boff\b/i, '#6d3b66'],
  [kUnrestricted, '#dbe6ee'],
];
const kSpare = ['#5b8a72', '#9a7fb8', '#b58a5a', '#8fa3ad', '#c58b9b', '#4f6d8f'];

// The colour of each name: the first pattern that fits and is still free, else a spare one.
function byName(names, table) {
  const used = new Set();
  let spare = 0;
  return names.map((name) => {
    const known = table.find(([pattern, colour]) => pattern.test(name) && !used.has(colour));
    const colour = known ? known[1] : kSpare[spare++ % kSpare.length];
    used.add(colour);
    return colour;
  });
}

/** The colour of each protocol state. */
export function stateColours(names) {
  return byName(names, kStates);
}

const kCauses = [
  [/liver|hepat|ALT|transamin/i, '#6d3b66'],
  [/inject|reaction|\bISR\b/i, '#e6b93d'],
  [/flu/i, '#7fb3d5'],
  [/adverse|\bAE\b/i, '#d9772b'],
  [/withdraw|subject|patient|other/i, '#8b959e'],
];

/** The colour of each cause of stopping. */
export function causeColours(names) {
  return byName(names, kCauses);
}
