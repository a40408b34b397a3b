// Published means with their confidence limits, each beside the range of the simulated trial means.
import { isNumber } from '../lib/format.js';
import { kInk } from '../lib/palette.js';

// The simulated trials' means at `week`, on the straight line between the two weeks around it.
function meansAt(entry, week) {
  const { weeks, mean_lo: lo, mean_hi: hi } = entry;
  const after = weeks.findIndex((w) => w >= week);
  if (after < 0) return [lo[weeks.length - 1], hi[weeks.length - 1]];
  if (weeks[after] === week || after === 0) return [lo[after], hi[after]];
  const part = (week - weeks[after - 1]) / (weeks[after] - weeks[after - 1]);
  return [lo, hi].map((list) =>
    isNumber(list[after - 1]) && isNumber(list[after])
      ? list[after - 1] + part * (list[after] - list[after - 1])
      : null,
  );
}

function bar(x, top, bottom, colour) {
  return {
    type: 'rect',
    shape: { x: x - 2.5, y: top, width: 5, height: Math.max(bottom - top, 1), r: 2 },
    style: { fill: colour, stroke: '#fff', lineWidth: 1 },
  };
}

function whisker(x, top, bottom) {
  const line = (x1, y1, x2, y2) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: { stroke: kInk, lineWidth: 1.5 },
  });
  return [
    line(x, top, x, bottom),
    line(x - 3, top, x + 3, top),
    line(x - 3, bottom, x + 3, bottom),
  ];
}

function diamond(x, y) {
  return {
    type: 'polygon',
    shape: {
      points: [
        [x, y - 5.5],
        [x + 5.5, y],
        [x, y + 5.5],
        [x - 5.5, y],
      ],
    },
    style: { fill: '#fff', stroke: kInk, lineWidth: 1.5 },
  };
}

function ring(x, y) {
  return {
    type: 'circle',
    shape: { cx: x, cy: y, r: 4.5 },
    style: { fill: '#fff', stroke: kInk, lineWidth: 1.5 },
  };
}

/** A published median is no mean: it gets a ring, and no bar of simulated means beside it. */
export function isMedian(point) {
  return /median/i.test(point.statistic || '');
}

// What is measured in the same week steps aside: the arms to the left and right of the week, and
// several results of one arm further out.
function aside(point, panel, points) {
  const arms = panel.arms.length;
  const index = panel.arms.findIndex((arm) => arm.entry.arm === point.arm);
  const twins = points.filter((p) => p.arm === point.arm && p.week === point.week);
  const turn = twins.indexOf(point);
  const centre = (index - (arms - 1) / 2) * 18;
  return centre + turn * (centre < 0 ? -16 : 16);
}

function meanMark(arm, week, x, height, [value, lo, hi]) {
  const [simulatedLo, simulatedHi] = meansAt(arm.entry, week);
  const children = [];
  if (isNumber(simulatedLo) && isNumber(simulatedHi)) {
    children.push(bar(x - 6, height(simulatedHi), height(simulatedLo), arm.colour));
  }
  if (isNumber(lo) && isNumber(hi)) children.push(...whisker(x + 2, height(hi), height(lo)));
  children.push(diamond(x + 2, height(value)));
  return children;
}

function renderPoint(arm, point, step, { coordSys }, api) {
  const { week, value, lo, hi } = point;
  const height = (level) => api.coord([week, level])[1];
  const right = coordSys.x + coordSys.width - 8;
  const x = Math.min(api.coord([week, value])[0] + step, right);
  const children = isMedian(point)
    ? [ring(x, height(value))]
    : meanMark(arm, week, x, height, [value, lo, hi]);
  return { type: 'group', children };
}

/** One ECharts series per arm; at least one, so that a caller can hang lines on the last. */
export function publishedSeries(panel) {
  return panel.arms.map((arm) => {
    const points = panel.points.filter((p) => p.arm === arm.entry.arm && isNumber(p.value));
    return {
      type: 'custom',
      silent: true,
      z: 6,
      encode: { x: 0, y: 1 },
      data: points.map((p) => [p.week, p.value]),
      renderItem: (params, api) => {
        const point = points[params.dataIndex];
        return renderPoint(arm, point, aside(point, panel, points), params, api);
      },
    };
  });
}
