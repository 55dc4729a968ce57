import { readFileSync } from 'node:fs';
import { expect, number, open, settled, test } from '../../web/playwright/harness';

test('a plan chosen in the table is chosen everywhere', async ({ page }) => {
  await open(page);
  const rows = page.getByTestId('plan-table').locator('tbody tr');
  await rows.nth(5).click();
  await expect(rows.nth(5)).toHaveAttribute('aria-current', 'true');
  await expect(page.locator('.actions > .u')).toHaveText(/^plan 6 of/);
  await expect(page.getByRole('heading', { name: 'Why not first' })).toBeVisible();
  await expect(page.getByTestId('plan-card').locator('.why')).toContainText(/^Why not first\s*[+-]/);
});

test('a plan chosen in the chart is chosen everywhere', async ({ page }) => {
  await open(page);
  const dots = page.getByTestId('pareto-chart').locator('.mark-symbol path');
  await expect.poll(() => dots.count()).toBeGreaterThan(20);
  // Dear plans stand apart, so that nothing covers them; curves of smaller clusters, which are not among the ranked
  // plans, may come in between.
  const place = page.locator('.actions > .u');
  await expect(async () => {
    const places = await dots.evaluateAll((all) => all.map((d) => d.getBoundingClientRect().x));
    const dearest = [...places.keys()].sort((a, b) => (places[b] ?? 0) - (places[a] ?? 0));
    for (const i of dearest.slice(0, 20)) {
      await dots.nth(i).click({ force: true });
      if (!/^plan 1 of/.test(await place.innerText())) break;
    }
    await expect(place).not.toHaveText(/^plan 1 of/, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await expect(page.getByRole('heading', { name: 'Why not first' })).toBeVisible();
});

test('smaller clusters have curves of their own', async ({ page }) => {
  await open(page);
  await expect(page.getByTestId('pareto-chart').locator('.mark-text text', { hasText: '48' })).toBeVisible({
    timeout: 20_000,
  });
});

test('speed can be set against memory', async ({ page }) => {
  await open(page);
  await page.getByRole('combobox', { name: 'Speed against', exact: true }).selectOption('memory');
  await expect(page.getByRole('heading', { name: 'Speed against memory' })).toBeVisible();
  await expect(page.getByTestId('pareto-chart')).toContainText('peak GiB of the worst rank');
});

test('the map shows other axes', async ({ page }) => {
  await open(page);
  await page.getByRole('combobox', { name: 'Axes of the map' }).selectOption('TP × CP');
  await expect(page.getByRole('button', { name: /^TP 4, CP 2: / })).toBeVisible();
});

test('every chart has its table, and saves as SVG, PNG and CSV', async ({ page }) => {
  await open(page);
  const chart = page.getByTestId('memory-chart');
  const save = async (kind: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      chart.getByRole('combobox', { name: 'Export Memory by stage' }).selectOption(kind),
    ]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const svg = await save('svg');
  expect(svg.name).toBe('shardplan-memory-by-stage.svg');
  expect(svg.bytes.toString()).toMatch(/^<svg[^>]+xmlns=.*fill="(rgb|oklab|color)/s);
  expect(svg.bytes.toString()).not.toMatch(/var\(--|class=/);
  expect((await save('png')).bytes.subarray(1, 4).toString()).toBe('PNG');
  expect((await save('csv')).bytes.toString()).toMatch(/^stage,layers,weights,/);
  await chart.getByRole('button', { name: 'Table' }).click();
  await expect(chart.getByRole('rowheader', { name: 'embed 0' })).toBeVisible();
});

test('nothing jumps while someone types', async ({ page }) => {
  await open(page);
  await expect(page.getByTestId('pareto-chart').getByRole('img')).toBeVisible();
  await expect(page.locator('.scent path.sparkfill')).toHaveCount(3, { timeout: 20_000 });
  const place = async () => (await page.getByTestId('memory-chart').boundingBox())?.y;
  const before = await place();
  await number(page, 'Global batch').fill('256');
  expect(await place()).toBe(before);
  await settled(page);
  await number(page, 'Global batch').fill('256x');
  await expect(page.getByTestId('error')).toBeVisible();
  expect(await place()).toBe(before);
});
