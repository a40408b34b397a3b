// Checks of the evidence table: rows, glyphs, filters, order.
import assert from 'node:assert/strict';

const kRows = '#evidence tbody tr';

function labelled(page, name) {
  return page.locator('#evidence .filter', { hasText: name }).locator('select, input');
}

async function shows(page, expected, what) {
  const rows = await page.$$(kRows);
  assert.equal(rows.length, expected.length, what);
  const status = await page.textContent('#evidence [role=status]');
  if (expected.length === 0) {
    assert.match(status, /No row fits/);
    return;
  }
  const inside = expected.filter((row) => row.inside).length;
  assert.ok(
    status.replace(/\u2009|\u00a0/g, '').includes(`${inside} inside`),
    `${what}: "${status}"`,
  );
}

async function rowsAndGlyphs(page, evidence) {
  await shows(page, evidence, 'all rows');
  const drawable = evidence.filter((row) => [row.lo, row.hi, row.published].every(Number.isFinite));
  assert.equal((await page.$$(`${kRows} svg.glyph`)).length, drawable.length, 'glyphs');
  assert.doesNotMatch(await page.textContent('#evidence tbody'), /undefined|NaN|null/);
}

async function filters(page, evidence) {
  for (const value of ['inside', 'outside']) {
    await labelled(page, 'Interval').selectOption(value);
    await shows(
      page,
      evidence.filter((row) => Boolean(row.inside) === (value === 'inside')),
      value,
    );
  }
  await labelled(page, 'Interval').selectOption('');
  for (const value of new Set(evidence.map((row) => row.use))) {
    await labelled(page, 'Use').selectOption(value);
    await shows(
      page,
      evidence.filter((row) => row.use === value),
      value,
    );
  }
  await labelled(page, 'Use').selectOption('');
  const trial = evidence[evidence.length - 1].trial;
  await labelled(page, 'Trial').selectOption(trial);
  await shows(
    page,
    evidence.filter((row) => row.trial === trial),
    trial,
  );
  await labelled(page, 'Trial').selectOption('');
  await labelled(page, 'Endpoint').fill('no such endpoint');
  await shows(page, [], 'text that is nowhere');
  const word = evidence[0].endpoint.toLowerCase();
  await labelled(page, 'Endpoint').fill(word);
  const listed = await page.$$eval(`${kRows} .endpoint`, (cells) =>
    cells.map((c) => c.textContent),
  );
  assert.ok(listed.length > 0 && listed.every((text) => text.toLowerCase().includes(word)));
  await labelled(page, 'Endpoint').fill('');
  await shows(page, evidence, 'all rows again');
}

async function order(page, evidence) {
  const head = page.locator('#evidence thead th', { hasText: /^Published\s*$/ });
  const values = () =>
    page.$$eval(`${kRows} td:nth-child(4)`, (cells) =>
      cells.map((cell) =>
        Number.parseFloat(cell.textContent.replace('\u2212', '-').replace(/\s/g, '')),
      ),
    );
  await head.locator('button').click();
  assert.equal(await head.getAttribute('aria-sort'), 'ascending');
  const sorted = evidence.map((row) => row.published).sort((a, b) => a - b);
  assert.deepEqual(await values(), sorted);
  await head.locator('button').click();
  assert.equal(await head.getAttribute('aria-sort'), 'descending');
  assert.deepEqual(await values(), sorted.reverse());
}

/** [name, body] of each check; none where the report has no evidence. */
export function evidenceChecks({ page, data }) {
  // Rows about who took part are a kind of their own.
  const evidence = (data.evidence || []).map((row) =>
    row.group === 'population' ? { ...row, use: 'population' } : row,
  );
  if (evidence.length === 0) return [];
  return [
    ['evidence: rows and glyphs', () => rowsAndGlyphs(page, evidence)],
    ['evidence: filters', () => filters(page, evidence)],
    ['evidence: order', () => order(page, evidence)],
  ];
}
