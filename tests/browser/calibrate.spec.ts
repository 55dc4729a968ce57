import { expect, open, type Page, ready, settled, test, violations } from '../../web/playwright/harness';

const view = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name, exact: true });
const runs = (page: Page) => page.getByRole('textbox', { name: 'Runs', exact: true });
const outcome = (page: Page) => page.getByRole('region', { name: 'Calibration', exact: true });

async function openCalibrate(page: Page): Promise<void> {
  await open(page);
  await view(page, 'Calibrate').click();
  await expect(runs(page)).toBeVisible();
}

async function showExample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Show an example' }).click();
  await expect(outcome(page)).toContainText('The median error of the step time goes from', { timeout: 30_000 });
}

test('three runs give constants with bounds, and the error before and after', async ({ page }) => {
  await openCalibrate(page);
  await showExample(page);
  await expect(outcome(page).getByRole('row', { name: /^step time 1\.\d+ 0\.3/ })).toBeVisible();
  await expect(outcome(page)).toContainText('held back: each run in turn');
  await expect(outcome(page).getByRole('row', { name: /^line 2/ })).toBeVisible();
  await expect(page.getByText('Nothing leaves this browser.')).toBeVisible();
});

test('a calibration changes the plan, is named in the bar, lives in the link, and can be dropped', async ({ page }) => {
  await openCalibrate(page);
  const speed = () => page.getByTestId('plan-card').locator('.figures').innerText();
  await view(page, 'Train').click();
  const before = await speed();
  await view(page, 'Calibrate').click();
  await showExample(page);
  await page.getByRole('button', { name: 'Use this calibration' }).click();
  await page.getByRole('button', { name: 'See the plan' }).click();
  await settled(page);
  const after = await speed();
  expect(after).not.toBe(before);
  const drop = page.getByRole('button', { name: 'Drop the calibration our cluster' });
  await expect(drop).toBeVisible();
  await page.waitForTimeout(500);
  const link = await page.evaluate(() => location.href);
  await page.goto('about:blank');
  await page.goto(link);
  await ready(page);
  await settled(page);
  expect(await speed()).toBe(after);
  await drop.click();
  await settled(page);
  await expect.poll(speed).toBe(before);
  await expect(drop).toHaveCount(0);
});

test('a log asks what ran, and takes the shown plan', async ({ page }) => {
  await openCalibrate(page);
  const line = (step: number) =>
    `[titan] 2026-01-01 00:00:00 - root - INFO - step: ${step}  loss:  7.1  memory: 40.20GiB(50.47%)  tps: 901  tflops: 401.10  mfu: 40.5%`;
  await runs(page).fill([10, 20, 30, 40].map(line).join('\n'));
  const ran = page.getByRole('textbox', { name: 'What ran, as JSON' });
  await expect(ran).toHaveValue(/"model": "llama-3.1-70b"/);
  await expect(outcome(page)).toContainText('is a log of torchtitan', { timeout: 30_000 });
  await expect(outcome(page)).toContainText('one run cannot be held back');
  await ran.fill('{"model": "llama-3.1-70b"');
  await expect(page.getByTestId('error')).toContainText('What ran is not JSON');
  await ran.fill('{"model": "llama-3.1-70bb", "gpu": "h100", "gpus": 64}');
  await expect(page.getByTestId('error')).toContainText('llama-3.1-70bb');
});

test('what cannot be read is said beside the text', async ({ page }) => {
  await openCalibrate(page);
  await runs(page).fill('nothing that anyone could read');
  await expect(page.getByTestId('error').first()).toBeVisible();
  await expect(outcome(page)).not.toContainText('median error');
  await page.getByRole('button', { name: 'Add another run' }).click();
  await expect(page.getByRole('textbox', { name: 'Runs 2' })).toBeVisible();
  await page.getByRole('button', { name: 'Take out' }).first().click();
  await expect(page.getByTestId('error')).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openCalibrate(page);
    await showExample(page);
    await page.getByRole('button', { name: 'Use this calibration' }).click();
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
