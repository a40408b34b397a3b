// Checks of the charts: drawn, named, with their numbers, and answering to pointer and keyboard.
import assert from 'node:assert/strict';

async function allDrawn(page, data, whenReady) {
  const ready = await whenReady(page);
  assert.equal(ready.charts, ready.drawn);
  const charts = await page.$$eval('.chart', (boxes) =>
    boxes.map((box) => {
      const svg = box.querySelector('svg');
      const size = svg ? svg.getBoundingClientRect() : { width: 0, height: 0 };
      const marks = svg
        ? [...svg.querySelectorAll('path, polygon, circle, rect, polyline')].filter(
            (mark) => mark.getBoundingClientRect().width + mark.getBoundingClientRect().height > 0,
          )
        : [];
      return {
        label: box.getAttribute('aria-label') || '',
        marks: marks.length,
        width: size.width,
        height: size.height,
        box: box.clientWidth,
      };
    }),
  );
  assert.equal(charts.length, ready.charts);
  if (data.series && data.series.length > 0) assert.ok(charts.length > 0, 'no chart at all');
  for (const chart of charts) {
    assert.ok(chart.label.length > 20, 'a chart without a text alternative');
    assert.ok(chart.marks >= 3, `nothing drawn: ${chart.label}`);
    assert.ok(chart.height >= 70 && chart.width >= 200, `too small: ${chart.label}`);
    assert.ok(chart.width <= chart.box + 1, `wider than its box: ${chart.label}`);
    assert.doesNotMatch(chart.label, /undefined|NaN|null/);
  }
}

// A diamond for every published mean and a ring for every median must really be there.
async function ldlShowsThePublished(page, data) {
  const points = (data.points || []).filter((p) => p.code === 'LDL.percent_change');
  const drawn = await page.$$eval('#ldl .chart svg', (all) =>
    all.reduce(
      (sum, svg) => sum + svg.querySelectorAll('path[fill="#fff"][stroke="#1b2530"]').length,
      0,
    ),
  );
  assert.equal(drawn, points.length, 'marks of published LDL-C results');
  const trials = new Set(
    data.series.filter((s) => s.code === 'LDL.percent_change').map((s) => s.trial),
  );
  const panels = await page.$$eval('#ldl figure', (nodes) => nodes.length);
  assert.ok(panels >= trials.size, `${panels} panels for ${trials.size} trials`);
}

async function everyDataTable(page) {
  const buttons = await page.$$('button[aria-controls^="numbers"]');
  assert.equal(buttons.length, (await page.$$('.chart')).length, 'one Data button for each chart');
  for (const button of buttons) {
    await button.click();
    const panel = await page.$(`#${await button.getAttribute('aria-controls')}`);
    assert.equal(await button.getAttribute('aria-expanded'), 'true');
    assert.ok((await panel.$$('tbody tr')).length > 0, 'a data table without rows');
    const spill = await panel.evaluate(
      (node) =>
        node.getBoundingClientRect().right - node.closest('figure').getBoundingClientRect().right,
    );
    assert.ok(spill <= 0, `a data table reaches ${spill} pixels out of its figure`);
    assert.doesNotMatch(await panel.textContent(), /undefined|NaN|null/);
    await button.click();
    assert.equal(await panel.isVisible(), false);
  }
}

async function tabsSwitch(page, whenReady) {
  for (const list of await page.$$('[role=tablist]')) {
    const tabs = await list.$$('[role=tab]');
    await tabs[tabs.length - 1].click();
    await whenReady(page);
    const chosen = await page.$$eval('[role=tab][aria-selected=true]', (n) =>
      n.map((t) => t.textContent),
    );
    assert.equal(new Set(chosen).size, 1, 'sections show different trials');
    assert.equal(chosen[0], await tabs[tabs.length - 1].textContent());
    await page.keyboard.press('ArrowRight');
    await whenReady(page);
    assert.equal(await tabs[0].getAttribute('aria-selected'), 'true');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'tab');
  }
}

// The last mark of the plot is the topmost; what it says must be a patient of the data.
async function patientsHaveAStory(page, data) {
  const box = await page.$('#liver .chart');
  await box.scrollIntoViewIfNeeded();
  const at = await box.evaluate((node) => {
    const marks = [...node.querySelectorAll('svg path')].filter((mark) => {
      const size = mark.getBoundingClientRect();
      return Math.abs(size.width - size.height) < 1 && size.width > 3 && size.width < 10;
    });
    const size = marks[marks.length - 1].getBoundingClientRect();
    return { x: size.x + size.width / 2, y: size.y + size.height / 2 };
  });
  await page.mouse.move(at.x, at.y);
  await page.waitForSelector('#liver .tip-foot code', { timeout: 5000 });
  const command = await page.textContent('#liver .tip-foot code');
  const patient = Number(/^dosewright trial .* --replay (\d+)$/.exec(command)?.[1]);
  const known = data.edish.flatMap((entry) => entry.points.map((p) => p[2]));
  assert.ok(known.includes(patient), `"${command}" names no patient of the data`);
  await page.mouse.click(at.x, at.y);
  assert.match(await page.textContent('#liver .story'), new RegExp(`--replay ${patient}$`));
  await page.mouse.move(0, 0);
}

async function quadrantsAddUp(page) {
  const columns = await page.$$eval('#liver .aside table tbody tr', (rows) =>
    rows.map((row) =>
      [...row.querySelectorAll('td')].map((td) =>
        Number(td.textContent.replace(/\(.*/, '').replace(/\s/g, '')),
      ),
    ),
  );
  const total = columns.pop();
  total.forEach((n, i) => {
    assert.equal(
      columns.reduce((sum, row) => sum + row[i], 0),
      n,
      'quadrants and their sum',
    );
  });
}

/** [name, body] of each check that the data allow. */
export function chartChecks({ page, data }, whenReady) {
  const checks = [
    ['every chart is drawn', () => allDrawn(page, data, whenReady)],
    ['data tables', () => everyDataTable(page)],
    ['tabs', () => tabsSwitch(page, whenReady)],
  ];
  if ((data.series || []).some((s) => s.code === 'LDL.percent_change')) {
    checks.push([
      'published points stand in the LDL-C charts',
      () => ldlShowsThePublished(page, data),
    ]);
  }
  if ((data.edish || []).some((e) => e.points.length > 0)) {
    checks.push([
      'a patient of the eDISH plot tells how to replay it',
      () => patientsHaveAStory(page, data),
    ]);
    checks.push(['eDISH quadrants', () => quadrantsAddUp(page)]);
  }
  return checks;
}
