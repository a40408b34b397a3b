// What frames the results: who made them and how, the contents, the sources.
import { h } from '../lib/dom.js';
import { asGiven, integer, plural } from '../lib/format.js';

function fact(name, value) {
  return value === undefined || value === null || value === ''
    ? null
    : h('div', {}, h('dt', {}, name), h('dd', {}, value));
}

function disclaimer(text) {
  const said = text || 'For research. Not a medical device.';
  const cut = said.match(/^(For research[^.]*\.\s*Not a medical device[^.]*\.)\s*(.*)$/s);
  return h(
    'div',
    { class: 'disclaimer', role: 'note' },
    h('strong', {}, cut ? cut[1] : said),
    cut && cut[2] ? ` ${cut[2]}` : null,
  );
}

export function header(data) {
  const programme = data.programme || {};
  const design = data.design || {};
  return h(
    'header',
    { class: 'top' },
    disclaimer(data.disclaimer),
    h(
      'div',
      { class: 'top-inner' },
      h('p', { class: 'kind' }, 'Virtual trial report'),
      h('h1', {}, programme.title || programme.name || 'Programme'),
      h('p', { class: 'design' }, design.title || design.name || ''),
      h(
        'dl',
        { class: 'facts' },
        fact('Programme', [programme.name, programme.version].filter(Boolean).join(' ')),
        fact('Design', design.name),
        fact('Trials', data.trials.length > 0 ? integer(data.trials.length) : null),
        fact('Replicates', data.replicates === undefined ? null : integer(data.replicates)),
        fact(
          'Patients simulated',
          data.patients_simulated === undefined ? null : integer(data.patients_simulated),
        ),
        fact('Seed', data.seed === undefined ? null : asGiven(data.seed)),
        fact('Dosewright', data.dosewright),
      ),
    ),
  );
}

/** Links to the sections that this report has. */
export function contents(sections) {
  const entries = sections.map((section) => [section.id, section.dataset.short]);
  if (entries.length < 2) return null;
  return h(
    'nav',
    { class: 'contents', 'aria-label': 'Contents' },
    h(
      'ul',
      {},
      entries.map(([id, title]) => h('li', {}, h('a', { href: `#${id}` }, title))),
    ),
  );
}

function sourceList(sources) {
  return h(
    'details',
    {},
    h('summary', {}, plural(sources.length, 'source')),
    h(
      'dl',
      { class: 'sources' },
      sources.map(({ key, title }) => h('div', {}, h('dt', {}, key), h('dd', {}, title || ''))),
    ),
  );
}

export function footer(data) {
  const again = replayCommand(data, null);
  return h(
    'footer',
    {},
    h(
      'div',
      {},
      data.sources.length > 0 && sourceList(data.sources),
      h('p', {}, 'Run it again, to the last digit: ', h('code', {}, again)),
      h('p', {}, data.disclaimer || 'For research. Not a medical device.'),
    ),
  );
}

/** The command that made this report or, for a patient, the one that tells the patient's story. */
export function replayCommand(data, patient) {
  const parts = ['dosewright trial', `programmes/${(data.programme || {}).name || 'DIR'}`];
  if ((data.design || {}).name) parts.push(`--design ${data.design.name}`);
  if (data.replicates !== undefined) parts.push(`--replicates ${data.replicates}`);
  if (data.seed !== undefined) parts.push(`--seed ${data.seed}`);
  parts.push(patient === null ? '--out DIR' : `--replay ${patient}`);
  return parts.join(' ');
}
