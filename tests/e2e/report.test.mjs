// Opens a report in Chromium and uses it as a reader would.
//
//   node report.test.mjs REPORT.html [FOLDER]      screenshots go to FOLDER
//
// It works on any report, not only on the fixtures: what must be on the page is read from the data
// that the page carries. Every check runs; all that fail are listed. Exit code 1 if any failed.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { evidenceChecks } from './evidence_checks.mjs';
import { chartChecks } from './chart_checks.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const kWidths = [
  [1280, 900],
  [390, 844],
];
const kFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const failures = [];

async function check(name, body) {
  const start = performance.now();
  try {
    await body();
    console.log(`ok      ${name} (${Math.round(performance.now() - start)} ms)`);
  } catch (error) {
    failures.push(name);
    console.log(`FAILED  ${name}\n        ${String(error.message).replace(/\n/g, '\n        ')}`);
  }
}

// Whatever the page says on the console, throws, or asks of a network.
function listen(page, address) {
  const heard = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) heard.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => heard.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith('data:')) heard.push(`request: ${url}`);
  });
  return heard;
}

async function whenReady(page) {
  await page.waitForFunction(() => window.dosewright && window.dosewright.ready, null, {
    timeout: 30000,
  });
  return page.evaluate(() => window.dosewright.ready);
}

async function open(browser, address, [width, height]) {
  const page = await browser.newPage({ viewport: { width, height } });
  page.setDefaultTimeout(60000);
  const heard = listen(page, address);
  await page.goto(address);
  await whenReady(page);
  const data = await page.evaluate(() =>
    JSON.parse(document.getElementById('report-data').textContent),
  );
  return { page, heard, data, width };
}

async function noOverflow(page, width) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const scrolls = (node) => node.closest('.scroll, .contents ul, .tablist, .unseen, .skip');
    const out = [...document.body.querySelectorAll('*')].filter((node) => {
      const box = node.getBoundingClientRect();
      return box.width > 0 && box.right > limit + 1 && !scrolls(node) && !node.closest('svg');
    });
    return {
      page: document.documentElement.scrollWidth,
      nodes: out.slice(0, 5).map((node) => `${node.tagName}.${node.className}`),
    };
  });
  assert.ok(wide.page <= width, `the page is ${wide.page} pixels wide in a window of ${width}`);
  assert.deepEqual(wide.nodes, [], 'elements reach beyond the window');
}

async function accessible(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() =>
    window.axe.run(document, { resultTypes: ['violations'] }),
  );
  const grave = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
  const said = grave.map(
    (v) =>
      `${v.id}: ${v.nodes
        .slice(0, 3)
        .map((n) => n.html)
        .join(' | ')}`,
  );
  assert.deepEqual(said, []);
}

const kSections = {
  ldl: (d) => has(d.series, (s) => s.code === 'LDL.percent_change'),
  comparison: (d) => has(d.comparison, (c) => c.ldl_change !== null),
  liver: (d) => has(d.edish, (e) => e.points.length > 0),
  states: (d) => has(d.states),
  retention: (d) => has(d.retention),
  fat: (d) => has(d.series, (s) => s.code === 'FAT.change'),
  reactions: (d) => has(d.reactions),
  criteria: (d) => has(d.criteria),
  evidence: (d) => has(d.evidence),
};

function has(list, wanted = () => true) {
  return Array.isArray(list) && list.some(wanted);
}

async function sectionsFollowData(page, data) {
  const shown = await page.$$eval('main > section[id]', (nodes) => nodes.map((node) => node.id));
  for (const [id, expected] of Object.entries(kSections)) {
    assert.equal(shown.includes(id), expected(data), `section "${id}"`);
  }
  const holes = await page.$$eval('main > section', (nodes) =>
    nodes.filter((node) => node.getBoundingClientRect().height < 60).map((node) => node.id),
  );
  assert.deepEqual(holes, [], 'sections without content');
  const linked = await page.$$eval('.contents a', (nodes) => nodes.map((n) => n.hash.slice(1)));
  if (linked.length > 0) assert.deepEqual(linked, shown);
}

async function headerTellsTheRun(page, data) {
  const top = await page.textContent('header');
  assert.match(top, /For research\. Not a medical device\./);
  assert.ok(top.includes(data.programme.title || data.programme.name), 'programme');
  if (data.seed !== undefined) assert.match(top, new RegExp(`Seed\\s*${data.seed}`));
  const bold = await page.$$eval('header b, header i, header img, header script', (n) => n.length);
  assert.equal(bold, 0, 'a name became markup');
  assert.equal(await page.evaluate(() => window.hostile), undefined, 'a name ran as a script');
}

// Every question, every number of every arm, and what is left open.
async function criteriaAreTold(page, data) {
  const cards = await page.$$eval('#criteria article', (nodes) =>
    nodes.map((node) => ({
      question: node.querySelector('h3').textContent,
      rows: [...node.querySelectorAll('table')].map((t) => t.querySelectorAll('tbody tr').length),
      text: node.textContent,
    })),
  );
  const criteria = data.criteria || [];
  assert.deepEqual(
    cards.map((card) => card.question),
    criteria.map((one) => one.question),
  );
  criteria.forEach((one, i) => {
    const arms = new Set((one.simulated || []).map((s) => `${s.trial} ${s.arm}`)).size;
    const expected = [arms, (one.published || []).length].filter((n) => n > 0);
    assert.deepEqual(cards[i].rows, expected, `${one.id}: rows`);
    assert.ok(cards[i].text.includes(one.source), `${one.id}: who asks`);
    assert.doesNotMatch(cards[i].text, /undefined|NaN|null/);
    if (one.not_simulated) assert.ok(cards[i].text.includes(one.not_simulated), `${one.id}: open`);
    for (const s of (one.simulated || []).filter((s) => s.unit === 'share' && s.median !== null)) {
      const whole = Math.floor(100 * s.median);
      assert.match(cards[i].text, new RegExp(`${whole}(\\.\\d+)?%|${whole + 1}%`), s.measure);
    }
    if (one.too_short && one.too_short.length > 0) {
      assert.ok(cards[i].text.includes(`${one.least_treatment_weeks} weeks`), `${one.id}: short`);
    }
  });
}

async function keyboardReaches(page) {
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
}

async function checkAtWidth(browser, address, size, folder) {
  const opened = await open(browser, address, size);
  const { page, heard, data, width } = opened;
  const at = (name) => `${width}: ${name}`;
  await page.screenshot({ path: join(folder, `report-${width}.png`), fullPage: true });
  await check(at('keyboard'), () => keyboardReaches(page));
  await check(at('header'), () => headerTellsTheRun(page, data));
  await check(at('sections follow the data'), () => sectionsFollowData(page, data));
  await check(at('no sideways scrolling'), () => noOverflow(page, width));
  await check(at('questions of benefit and risk'), () => criteriaAreTold(page, data));
  for (const [name, body] of chartChecks(opened, whenReady)) await check(at(name), body);
  for (const [name, body] of evidenceChecks(opened)) await check(at(name), body);
  await check(at('no sideways scrolling after use'), () => noOverflow(page, width));
  await check(at('axe: nothing serious'), () => accessible(page));
  await check(at('silent console, no requests'), () => assert.deepEqual(heard, []));
  await page.close();
}

async function checkResize(browser, address) {
  const { page } = await open(browser, address, kWidths[0]);
  await check('charts follow the window', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('.chart')].every((box) => {
          const svg = box.querySelector('svg');
          return svg && Math.abs(svg.getBoundingClientRect().width - box.clientWidth) <= 1;
        }),
      null,
      { timeout: 60000 },
    );
    await noOverflow(page, 390);
  });
  await page.close();
}

async function checkPrint(browser, address, folder) {
  const { page } = await open(browser, address, kWidths[0]);
  await check('prints', async () => {
    const paper = await page.pdf({
      path: join(folder, 'report.pdf'),
      format: 'A4',
      printBackground: true,
    });
    assert.ok(paper.length > 20000, `the PDF has only ${paper.length} bytes`);
  });
  await page.close();
}

async function main() {
  const [file, out] = process.argv.slice(2);
  if (!file) throw new Error('usage: node report.test.mjs REPORT.html [FOLDER]');
  const folder = resolve(out || 'screenshots');
  mkdirSync(folder, { recursive: true });
  const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
  // launch() makes a fresh profile and removes it afterwards.
  const browser = await chromium.launch({ executablePath, args: kFlags });
  try {
    const address = pathToFileURL(resolve(file)).href;
    for (const size of kWidths) await checkAtWidth(browser, address, size, folder);
    await checkResize(browser, address);
    await checkPrint(browser, address, folder);
  } finally {
    await browser.close();
  }
  console.log(
    failures.length === 0
      ? `all good; screenshots in ${folder}`
      : `${failures.length} failed: ${failures.join('; ')}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(`report.test.mjs: ${error.message}`);
  process.exitCode = 2;
});
