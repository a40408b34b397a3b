// Trial tabs. The trial is chosen once for the whole page: every section follows.
import { unmount } from './charts.js';
import { fill, h, uniqueId } from './dom.js';
import { mountFigures } from './figure.js';

const kStep = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export class Choice {
  constructor(value) {
    this.value = value;
    this.listeners = [];
  }

  set(value) {
    if (value === this.value) return;
    this.value = value;
    for (const listener of this.listeners) listener(value);
  }
}

function tabButtons(trials, choice, ids) {
  const buttons = trials.map((trial, i) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `${ids.tab}-${i}`,
        'aria-controls': ids.panel,
        on: {
          click: (event) => keepInPlace(event.currentTarget, () => choice.set(trial.name)),
          keydown: (event) => {
            const step = kStep[event.key];
            if (!step) return;
            event.preventDefault();
            const next = (i + step + trials.length) % trials.length;
            keepInPlace(buttons[next], () => choice.set(trials[next].name));
            buttons[next].focus();
          },
        },
      },
      trial.short,
    ),
  );
  return buttons;
}

// Sections above may change their height when the trial changes; what was pressed stays put.
function keepInPlace(node, change) {
  const before = node.getBoundingClientRect().top;
  change();
  window.scrollBy(0, node.getBoundingClientRect().top - before);
}

/** Tabs over `trials` and below them what `content(trial)` gives; one trial needs no tabs. */
export function trialTabs(trials, choice, label, content) {
  if (trials.length === 1) return h('div', {}, content(trials[0]));
  const ids = { tab: uniqueId('tab'), panel: uniqueId('panel') };
  const buttons = tabButtons(trials, choice, ids);
  const panel = h('div', { role: 'tabpanel', id: ids.panel });
  const show = () => {
    const found = trials.findIndex((trial) => trial.name === choice.value);
    const at = Math.max(found, 0);
    buttons.forEach((button, i) => {
      button.setAttribute('aria-selected', String(i === at));
      button.tabIndex = i === at ? 0 : -1;
    });
    panel.setAttribute('aria-labelledby', buttons[at].id);
    unmount(panel);
    fill(panel, h('p', { class: 'tab-title' }, trials[at].title), content(trials[at]));
  };
  show();
  choice.listeners.push(() => {
    show();
    mountFigures();
  });
  return h(
    'div',
    { class: 'tabs' },
    h('div', { role: 'tablist', 'aria-label': label, class: 'tablist' }, buttons),
    panel,
  );
}
