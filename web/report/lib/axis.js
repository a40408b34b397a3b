// What all charts share: type, grid, axes, tooltips.
import { h } from './dom.js';
import { kAxis, kHair, kInk, kMuted, kPanel } from './palette.js';

export const kFont =
  '-apple-system, "Segoe UI", Inter, "Noto Sans", "Helvetica Neue", Arial, sans-serif';

/** The frame of every option. */
export function base(parts) {
  return {
    animation: false,
    textStyle: { fontFamily: kFont, color: kInk, fontSize: 12 },
    ...parts,
  };
}

const kTickSteps = [1, 2, 4, 8, 13, 26, 52, 104];

/** Weeks between ticks: months and quarters of a year rather than tens. */
export function weekStep(last, width) {
  const room = Math.max(3, Math.floor(width / 48));
  return kTickSteps.find((step) => last / step <= room) || 104;
}

export function weekAxis(last, width) {
  return {
    type: 'value',
    min: 0,
    max: last,
    interval: weekStep(last, width),
    name: 'weeks',
    nameLocation: 'end',
    nameGap: 8,
    nameTextStyle: {
      color: kMuted,
      fontSize: 11,
      align: 'right',
      verticalAlign: 'top',
      padding: [24, 0, 0, 0],
    },
    axisLabel: { color: kMuted, fontSize: 11, showMaxLabel: last % weekStep(last, width) === 0 },
    axisLine: { onZero: false, lineStyle: { color: kAxis } },
    axisTick: { lineStyle: { color: kAxis } },
    splitLine: { show: false },
  };
}

export function valueAxis(parts = {}) {
  const { axisLabel, ...rest } = parts;
  return {
    type: 'value',
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: kMuted, fontSize: 11, formatter: minus, ...axisLabel },
    splitLine: { lineStyle: { color: kHair } },
    nameTextStyle: { color: kMuted, fontSize: 11 },
    ...rest,
  };
}

/** ECharts writes a hyphen for minus. */
export function minus(value) {
  return String(value).replace('-', '−');
}

/** Percent labels for shares of 1. */
export function shareLabel(value) {
  return `${minus(Number((100 * value).toFixed(6)))}%`;
}

/** Bounds and step for an axis that holds all of `values`. */
export function niceRange(values, parts = 6) {
  const known = values.filter((v) => Number.isFinite(v));
  if (known.length === 0) return { min: 0, max: 1, interval: 0.5 };
  let lo = Math.min(0, ...known);
  let hi = Math.max(0, ...known);
  if (lo === hi) hi = lo + 1;
  const rough = (hi - lo) / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const interval = power * [1, 2, 2.5, 5, 10].find((m) => m * power >= rough * 0.999);
  lo = Math.floor(lo / interval + 1e-9) * interval;
  hi = Math.ceil(hi / interval - 1e-9) * interval;
  const tidy = (v) => Number(v.toPrecision(12));
  return { min: tidy(lo), max: tidy(hi), interval: tidy(interval) };
}

/** A tooltip whose content is built from elements, so that no name can become markup. */
export function tooltip(parts) {
  return {
    confine: true,
    backgroundColor: kPanel,
    borderColor: kAxis,
    borderWidth: 1,
    padding: [8, 10],
    textStyle: { color: kInk, fontSize: 12, fontFamily: kFont },
    extraCssText: 'box-shadow:0 4px 16px rgba(20,30,40,.14);border-radius:4px;max-width:320px;',
    ...parts,
  };
}

/** Lines of [colour, label, value] below a heading. */
export function tipBody(heading, lines, footer) {
  return h(
    'div',
    { class: 'tip' },
    h('div', { class: 'tip-head' }, heading),
    h(
      'table',
      {},
      lines.map(([colour, label, value]) =>
        h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            colour && h('span', { class: 'dot', style: { background: colour } }),
            label,
          ),
          h('td', {}, value),
        ),
      ),
    ),
    footer && h('div', { class: 'tip-foot' }, footer),
  );
}

/** A horizontal or vertical reference line. */
export function referenceLine(at, label, style = {}) {
  return {
    ...at,
    label: { show: Boolean(label), formatter: label, color: kMuted, fontSize: 11, ...style.label },
    lineStyle: { color: kAxis, type: [4, 3], width: 1, ...style.line },
  };
}

export function markLine(data) {
  return { silent: true, symbol: 'none', animation: false, data };
}
