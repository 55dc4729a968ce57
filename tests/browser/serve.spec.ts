import { expect, number, open, type Page, ready, test, violations } from '../../web/playwright/harness';

const card = (page: Page) => page.getByTestId('serve-card');

/** Waits until the answer belongs to the question in the fields. */
async function served(page: Page): Promise<void> {
  await expect(card(page)).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 });
}

async function serve(page: Page): Promise<void> {
  await open(page);
  await page.getByRole('button', { name: 'Serve', exact: true }).click();
  await expect(card(page).getByRole('heading')).toBeVisible({ timeout: 30_000 });
  await served(page);
}

const figures = (page: Page) => card(page).locator('h1, .sub, .figures').allInnerTexts();

test('the first answer serves the model of Train on one node, with all of its parts', async ({ page }) => {
  await serve(page);
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('Llama 3.1 70B');
  await expect(number(page, 'GPUs')).toHaveValue('8');
  await expect(card(page).getByRole('heading')).toContainText('= 8 GPUs');
  for (const name of ['Time to first token', 'Time per output token', 'Throughput', 'For one user', 'Cost', 'How sure'])
    await expect(card(page).locator('dt').getByText(name, { exact: true })).toBeVisible();
  await expect(card(page)).toContainText('TTFT from a request’s arrival to its first token');
  await expect(page.getByTestId('serve-memory').getByRole('row')).toHaveCount(5);
  await expect(page.getByTestId('serve-chart').getByRole('img')).toHaveAccessibleName(/points on the frontier/);
  await expect(page.getByTestId('serve-chart').getByText('TPOT 40 ms')).toBeVisible();
  await expect(
    page
      .getByTestId('serve-pools')
      .getByRole('row', { name: /^TTFT ms/ })
      .getByRole('cell'),
  ).toHaveCount(2);
  await expect(page.getByTestId('serve-formats').getByRole('row').nth(2)).toBeVisible({ timeout: 30_000 });
  // Throughput and cost are the same fact: dollars of an hour over tokens of an hour.
  const [all = ''] = await card(page).locator('.figures').allInnerTexts();
  const total = Number(/([\d,]+) of all replicas/.exec(all)?.[1]?.replaceAll(',', ''));
  const cost = Number(/\$([\d.]+)\s*per M tokens/.exec(all)?.[1]);
  const hour = Number(/\$([\d.]+) an hour/.exec(all)?.[1]);
  expect((hour / 3600 / total) * 1e6).toBeCloseTo(cost, 1);
});

test('a limit that no plan keeps: by how much, and a change that mends it', async ({ page }) => {
  await serve(page);
  await number(page, 'TPOT at most').fill('12');
  await expect(card(page)).toContainText('No plan keeps the limits.');
  await expect(card(page).getByRole('heading')).toContainText(/misses the TPOT limit of 12 ms by [\d.]+ %/);
  await served(page);
  await card(page)
    .getByRole('button', { name: /^TPOT at most/ })
    .click();
  await expect(card(page)).not.toContainText('No plan keeps the limits.');
  await expect(number(page, 'TPOT at most')).not.toHaveValue('12');
});

test('what does not fit at all says what would', async ({ page }) => {
  await serve(page);
  await page.getByRole('combobox', { name: 'Model' }).fill('llama-3.1-405b');
  await expect(card(page)).toContainText('Nothing fits.');
  await card(page)
    .getByRole('button', { name: /^GPUs 16/ })
    .click();
  await expect(number(page, 'GPUs')).toHaveValue('16');
  await expect(card(page).getByRole('heading')).toContainText('No plan keeps the limits. The nearest,');
});

test('a wrong value is named at its field, and the last good answer stays', async ({ page }) => {
  await serve(page);
  const before = await figures(page);
  await number(page, 'Output tokens').fill('many');
  await expect(page.getByTestId('error')).toContainText('Expected a whole number');
  await expect(number(page, 'Output tokens')).toHaveAttribute('aria-invalid', 'true');
  await expect(card(page)).toContainText('kept: the last good answer');
  expect(await figures(page)).toEqual(before);
  await number(page, 'Output tokens').fill('512');
  await expect(page.getByTestId('error')).toHaveCount(0);
});

test('a link opens the same question with the same plan and answer; Train keeps its own', async ({ page }) => {
  await serve(page);
  await number(page, 'Users at once').fill('32');
  await served(page);
  await page.getByTestId('serve-plans').getByRole('button', { name: 'Plan 2' }).click();
  await expect(card(page)).toContainText('plan 2 of');
  const before = await figures(page);
  await page.waitForTimeout(500);
  const link = await page.evaluate(() => location.href);
  await page.goto('about:blank');
  await page.goto(link);
  await ready(page);
  await served(page);
  await expect(number(page, 'Users at once')).toHaveValue('32');
  expect(await figures(page)).toEqual(before);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(number(page, 'GPUs')).toHaveValue('64');
  await expect(page.getByTestId('plan-card').getByRole('heading').first()).toContainText('= 64 GPUs');
});

test('sliders of load and context answer while they are moved', async ({ page }) => {
  await serve(page);
  const before = await figures(page);
  const slider = page.getByRole('slider', { name: 'Users at once' });
  const startedAt = Date.now();
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(number(page, 'Users at once')).toHaveValue('32');
  await served(page);
  console.log(`another load answered after ${Date.now() - startedAt} ms`);
  expect(await figures(page)).not.toEqual(before);
  await page.getByRole('button', { name: 'State requests per second' }).click();
  await expect(number(page, 'Requests per second')).toBeVisible();
  await served(page);
  await expect(card(page)).toContainText(/p90 [\d,.]+ · p99 [\d,.]+/);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing where a model is served, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await serve(page);
    await expect(page.getByTestId('serve-formats')).toBeVisible({ timeout: 30_000 });
    for (const fold of ['Limits', 'Layout', 'Numerics', 'Engine', 'Drafts', 'Adapters'])
      await page.locator('summary', { hasText: fold }).click();
    expect(await violations(page)).toEqual([]);
    await number(page, 'TPOT at most').fill('12');
    await expect(card(page)).toContainText('No plan keeps the limits.');
    await served(page);
    expect(await violations(page)).toEqual([]);
  });

for (const width of [320, 390, 1024, 1440])
  test(`at ${width} px nothing of Serve sticks out at the side`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await serve(page);
    await expect(page.getByTestId('serve-formats')).toBeVisible({ timeout: 30_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await violations(page)).toEqual([]);
  });
