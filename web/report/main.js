// Reads the data that the page carries and builds the report from them.
import { followPrinter, settle } from './lib/charts.js';
import { fill, h } from './lib/dom.js';
import { mountFigures } from './lib/figure.js';
import { prepare } from './lib/report.js';
import { Choice } from './lib/tabs.js';
import { comparisonSection } from './sections/comparison.js';
import { criteriaSection } from './sections/criteria.js';
import { edishSection } from './sections/edish.js';
import { evidenceSection } from './sections/evidence.js';
import { headline } from './sections/headline.js';
import { contents, footer, header } from './sections/page.js';
import { reactionsSection } from './sections/reactions.js';
import { retentionSection } from './sections/retention.js';
import { seriesSections } from './sections/series.js';
import { statesSection } from './sections/states.js';

const kFirst = 'LDL.percent_change';
const kPlaced = [kFirst, 'ALT.value', 'FAT.change'];

// Each entry gives a section, several, or nothing where the data hold nothing for it.
const kSections = [
  (data) => seriesSections(data, (code) => code === kFirst),
  comparisonSection,
  edishSection,
  (data) => seriesSections(data, (code) => code === 'ALT.value'),
  statesSection,
  retentionSection,
  (data) => seriesSections(data, (code) => code === 'FAT.change'),
  reactionsSection,
  (data) => seriesSections(data, (code) => !kPlaced.includes(code)),
  criteriaSection,
  evidenceSection,
];

function build(root) {
  const data = prepare(JSON.parse(document.getElementById('report-data').textContent));
  const choice = new Choice(data.trials.length > 0 ? data.trials[0].name : '');
  const sections = kSections.flatMap((make) => make(data, choice) || []);
  fill(
    root,
    h('a', { class: 'skip', href: '#main' }, 'Skip to the results'),
    header(data),
    contents(sections),
    h('main', { id: 'main', tabindex: -1 }, headline(data), sections),
    footer(data),
  );
  mountFigures();
  settle();
  followPrinter();
}

const root = document.getElementById('report');
try {
  build(root);
} catch (error) {
  fill(
    root,
    h(
      'p',
      { class: 'failure', role: 'alert' },
      `This report could not be drawn: ${error.message}. `,
      'Its numbers stand in the CSV and JSON files beside it.',
    ),
  );
  throw error;
}
