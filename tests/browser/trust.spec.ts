import { writeFileSync } from 'node:fs';
import { expect, open, type Page, ready, test, violations } from '../../web/playwright/harness';

const view = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name, exact: true });

/** Predicting every run takes seconds, and more on a slow machine. */
async function openTrust(page: Page): Promise<void> {
  await open(page);
  await view(page, 'Trust').click();
  await shown(page);
}

async function shown(page: Page): Promise<void> {
  await expect(page.getByTestId('parity-chart').getByRole('img')).toHaveCount(2, { timeout: 60_000 });
  await expect(page.getByTestId('worst-runs').getByRole('row')).toHaveCount(5);
}

const dots = (page: Page) => page.getByTestId('parity-chart').locator('.vega').first().locator('.mark-symbol path');

test('the view says what the core says of its own errors', async ({ page }) => {
  await openTrust(page);
  const said = await page.evaluate(async () => {
    const { summary, feasibility } = (await window.shardplan.call('accuracy', { rows: false })) as {
      summary: { step_time: { n: number; median_abs_pct: number; p90_abs_pct: number } };
      feasibility: { fit_accuracy_pct: number };
    };
    const { n, median_abs_pct, p90_abs_pct } = summary.step_time;
    return { n, median: median_abs_pct, p90: p90_abs_pct, fit: feasibility.fit_accuracy_pct };
  });
  const headline = page.getByRole('main').getByRole('banner').or(page.locator('main header'));
  await expect(headline).toContainText(`all ${said.n.toLocaleString('en-US')} predicted step times`);
  for (const number of [said.median, said.p90, said.fit])
    await expect(headline).toContainText(`${number.toFixed(1)} %`);
  await expect.poll(() => dots(page).count()).toBeGreaterThanOrEqual(said.n);
});

test('each run names its source, in the chart, among the worst and in the table', async ({ page }) => {
  await openTrust(page);
  await page.getByTestId('worst-runs').getByRole('button').first().click();
  const chosen = page.getByRole('region', { name: 'Chosen run' });
  await expect(chosen).toContainText(/Source: \w+/);
  const tenth = page.getByTestId('every-run').locator('tbody').getByRole('button').nth(9);
  const id = (await tenth.textContent()) ?? '';
  await expect(chosen).not.toContainText(id);
  await tenth.click();
  await expect(chosen).toContainText(id);
  // Where others cover a mark, the topmost is chosen.
  await dots(page).first().click({ force: true });
  await expect(chosen).not.toContainText(id);
  await expect(chosen).toContainText(/Source: \w+/);
});

test('filters narrow the runs, the errors and the counts, and the link keeps them', async ({ page }) => {
  await openTrust(page);
  const filters = page.getByRole('form', { name: 'Runs to look at' });
  await filters.getByRole('checkbox', { name: /^MoE/ }).check();
  await filters.getByRole('checkbox', { name: /^H100 SXM 80/ }).check();
  await page.getByRole('combobox', { name: 'What is predicted' }).selectOption('step_time');
  const headline = page.locator('main header');
  await expect(headline).toContainText(/Half of these \d+ predicted step times/);
  await expect(page.getByTestId('worst-runs').getByRole('row').first()).toContainText('H100 SXM 80');
  const text = await headline.textContent();
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#p=1\./);
  await page.waitForTimeout(400);
  await page.reload();
  await ready(page);
  await shown(page);
  await expect(headline).toHaveText(text ?? '');
  await expect(filters.getByRole('checkbox', { name: /^MoE/ })).toBeChecked();
  await filters.getByRole('button', { name: 'Reset' }).click();
  await filters.getByRole('searchbox', { name: 'Search the runs' }).fill('simumax b200');
  await expect(page.getByTestId('worst-runs').getByRole('row').first()).toContainText('SimuMax B200');
  await filters.getByRole('button', { name: 'Reset' }).click();
  await expect(headline).toContainText(/Half of all/);
});

test('memory is judged as well, and groups can be taken by GPU', async ({ page }) => {
  await openTrust(page);
  await page.getByRole('combobox', { name: 'What is predicted' }).selectOption('memory');
  await expect(page.locator('main header')).toContainText('predicted memory peaks');
  await page.getByRole('combobox', { name: 'Groups' }).selectOption('by GPU');
  const groups = page.getByTestId('error-groups');
  await groups.getByRole('button', { name: 'B200 SXM 180' }).click();
  await expect(page.locator('main header')).toContainText(/Half of these/);
  await expect(groups.getByRole('button', { name: 'B200 SXM 180' })).toHaveAttribute('aria-pressed', 'true');
});

test('the plan leads to the runs that it rests on', async ({ page }) => {
  await open(page);
  await page
    .getByTestId('plan-card')
    .getByRole('button', { name: /runs, median error/ })
    .click();
  await shown(page);
  await expect(page.locator('main header')).toContainText(/Half of these/);
  await expect(page.getByTestId('error-groups')).toContainText('Megatron-Bridge docs');
  await expect(page.getByTestId('error-groups')).not.toContainText('vTrain');
});

test('a CSV of one’s own is judged in the same way', async ({ page }, info) => {
  await openTrust(page);
  const csv = [
    'id,model,gpu,gpus,precision,seq,gbs,mbs,tp,pp,vpp,stack,step_time_s',
    'mine-1,llama-3.1-8b,h100,8,bf16,8192,128,1,2,1,1,megatron-bridge,15.1',
    'mine-2,llama-3.1-70b,h100,64,bf16,8192,128,1,4,4,5,megatron-bridge,16.4',
    'mine-3,nobody-knows,h100,64,bf16,8192,128,1,4,4,5,megatron-bridge,16.4',
  ].join('\n');
  const file = info.outputPath('runs.csv');
  writeFileSync(file, csv);
  await page.getByTestId('own-runs-file').setInputFiles(file);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your runs against the numbers');
  await expect(page.getByTestId('every-run').getByRole('row')).toHaveCount(3);
  await expect(page.getByText('1 row could not be predicted')).toBeVisible();
  await page.getByRole('radio', { name: 'Carried' }).check();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How far to trust the numbers');
  await page.getByRole('textbox', { name: 'Your own runs' }).fill('model,gpu,gpus,colour\nx,h100,8,red');
  await expect(page.locator('main header')).toContainText('No run could be predicted.');
  await page.getByRole('textbox', { name: 'Your own runs' }).fill('a,b,c,d\n1,2,3,4');
  await expect(page.getByTestId('error')).toContainText('The first line must name the columns');
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openTrust(page);
    await page.getByTestId('worst-runs').getByRole('button').first().click();
    await page.getByText(/rows could not be predicted/).click();
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: /Filter$/ }).click();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
