// Numbers as people read them: a true minus, no digits that the number does not carry.

const kMissing = '–';

export function isNumber(x) {
  return typeof x === 'number' && Number.isFinite(x);
}

function signed(text) {
  return text.replace('-', '−');
}

function grouped(text) {
  const [whole, fraction] = text.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ' ');
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

/** With exactly `digits` decimals; without `digits`, about three significant figures. */
export function num(x, digits) {
  if (!isNumber(x)) return kMissing;
  const size = Math.abs(x);
  let decimals = digits;
  if (decimals === undefined) decimals = size >= 100 || x === 0 ? 0 : size >= 1 ? 1 : 2;
  const text = x.toFixed(decimals);
  return signed(grouped(Number(text) === 0 ? text.replace('-', '') : text));
}

/** As it was published: every digit kept. */
export function asGiven(x) {
  if (!isNumber(x)) return kMissing;
  const text = String(x);
  return text.includes('e') ? num(x) : signed(grouped(text));
}

export function integer(x) {
  return num(x, 0);
}

/** A share of 1 as a percentage. */
export function percent(share, digits) {
  if (!isNumber(share)) return kMissing;
  const value = 100 * share;
  const size = Math.abs(value);
  return `${num(value, digits ?? (size > 0 && size < 10 ? 1 : 0))}%`;
}

/** Decimals that suit numbers spread over `span`. */
export function decimalsFor(span) {
  if (!isNumber(span) || span >= 20) return 0;
  if (span >= 1) return 1;
  return 2;
}

/** "−33 to −17" */
export function range(lo, hi, digits) {
  if (!isNumber(lo) || !isNumber(hi)) return kMissing;
  return `${num(lo, digits)} to ${num(hi, digits)}`;
}

/** The unit as it follows a number: no space before %. */
export function withUnit(text, unit) {
  if (!unit || text === kMissing) return text;
  return unit === '%' ? `${text}%` : `${text} ${unit}`;
}

/** "20 of 34" and the like, for one or many. */
export function plural(n, one, many = `${one}s`) {
  return `${integer(n)} ${n === 1 ? one : many}`;
}
