// The charts that stand on the page: draws them, keeps them as wide as their box, and says through
// window.dosewright.ready when every one of them has drawn.
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  LabelLayout,
  SVGRenderer,
]);

const live = new Map();
let printing = false;
window.dosewright = { ready: null };

function announce() {
  const drawn = [...live.values()].filter((entry) => entry.drawn).length;
  window.dosewright.ready = drawn === live.size ? { charts: live.size, drawn } : null;
}

function follow(entry) {
  const width = entry.box.clientWidth;
  if (printing || width === 0 || width === entry.width) return;
  entry.width = width;
  entry.chart.resize({ width, height: entry.box.clientHeight });
  entry.chart.setOption(entry.option(width), { notMerge: true });
}

const observer = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    const entry = live.get(target);
    if (entry) follow(entry);
  }
});

/** Draws into `box`, which stands in the page already. `option(width)` gives the ECharts option. */
export function mount(box, option, onReady) {
  const chart = init(box, null, { renderer: 'svg', height: box.clientHeight });
  const entry = { box, chart, option, width: box.clientWidth, drawn: false };
  live.set(box, entry);
  window.dosewright.ready = null;
  chart.on('finished', () => {
    entry.drawn = true;
    box.querySelector('svg')?.setAttribute('aria-hidden', 'true');
    announce();
  });
  chart.setOption(option(entry.width));
  observer.observe(box);
  if (onReady) onReady(chart);
}

/** Takes every chart below `node` off the books; call it before the node is emptied. */
export function unmount(node) {
  for (const [box, entry] of live) {
    if (!node.contains(box)) continue;
    observer.unobserve(box);
    entry.chart.dispose();
    live.delete(box);
  }
}

/** A page without any chart is ready too. */
export function settle() {
  if (live.size === 0) announce();
}

// Paper has another width than the window; a viewBox lets the drawing shrink with the page.
export function followPrinter() {
  window.addEventListener('beforeprint', () => {
    printing = true;
    for (const { box } of live.values()) {
      const svg = box.querySelector('svg');
      if (!svg) continue;
      svg.setAttribute('viewBox', `0 0 ${box.clientWidth} ${box.clientHeight}`);
    }
  });
  window.addEventListener('afterprint', () => {
    printing = false;
    for (const entry of live.values()) {
      entry.box.querySelector('svg')?.removeAttribute('viewBox');
      follow(entry);
    }
  });
}
