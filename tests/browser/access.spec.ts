import { expect, number, open, settled, test, violations } from '../../web/playwright/harness';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('axe finds nothing in the answer', async ({ page }) => {
      await open(page);
      await expect(page.getByTestId('pareto-chart').getByRole('img')).toBeVisible();
      await expect(page.locator('.scent path.sparkfill')).toHaveCount(3, { timeout: 20_000 });
      expect(await violations(page)).toEqual([]);
    });

    test('axe finds nothing with folds, menus and tables open', async ({ page }) => {
      await open(page);
      for (const fold of ['Axes', 'Memory', 'Numerics', 'Network', 'Money', 'Software'])
        await page.locator('summary', { hasText: fold }).click();
      await page.getByRole('button', { name: 'Every reason' }).click();
      for (const chart of ['memory-chart', 'pareto-chart'])
        await page.getByTestId(chart).getByRole('button', { name: 'Table', exact: true }).click();
      await page.getByRole('button', { name: 'Examples' }).click();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('combobox', { name: 'Model' }).fill('llama');
      await page.keyboard.press('ArrowDown');
      expect(await violations(page)).toEqual([]);
    });

    test('axe finds nothing where nothing fits and where something is wrong', async ({ page }) => {
      await open(page);
      await number(page, 'GPUs').fill('8');
      await expect(page.getByTestId('plan-card')).toContainText('No plan fits.');
      expect(await violations(page)).toEqual([]);
      await number(page, 'GPUs').fill('60');
      await expect(page.getByTestId('error')).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test('axe finds nothing in the reference', async ({ page }) => {
      await open(page);
      await page.getByRole('button', { name: 'Reference', exact: true }).click();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await expect(page.getByRole('region', { name: 'Response' })).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test('axe finds nothing on a phone', async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await open(page);
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: /Edit$/ }).click();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test('the theme is chosen with a button and remembered', async ({ page }) => {
  await open(page);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByRole('button', { name: 'Switch theme' }).click();
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await paper()).toBe(dark);
});

test('the keyboard alone chooses a model, plans, undoes and copies', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: 'Model' })).toBeFocused();
  await page.keyboard.type('llama 3.1 8b');
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('llama 3.1 8b');
  // Selects have options of their own.
  await expect(page.getByRole('listbox', { name: 'Presets' }).getByRole('option')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await settled(page);
  await page.getByRole('combobox', { name: 'Model' }).blur();
  const rank = () => page.locator('.actions > .u').textContent();
  await page.keyboard.press('j');
  expect(await rank()).toMatch(/^plan 2 of/);
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  expect(await rank()).toMatch(/^plan 2 of/);
  await page.keyboard.press('Escape');
  expect(await rank()).toMatch(/^plan 1 of/);
  await page.keyboard.press('c');
  await expect(page.getByTestId('share-link')).toHaveText('Copied');
  await page.keyboard.press('?');
  await expect(page.getByRole('heading', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  for (let i = 0; i < 8; ++i) await page.keyboard.press('z');
  await expect(page.getByRole('combobox', { name: 'Model' })).toHaveValue('Llama 3.1 70B');
});

test('arrows walk over the map, and Enter chooses its plan', async ({ page }) => {
  await open(page);
  const cell = page.getByRole('button', { name: /^TP 8, PP 1: / });
  await cell.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: /^TP 8, PP 2: / })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#plan-h')).toContainText(/TP 8.*PP 2/s);
  await expect(page.getByRole('button', { name: /^TP 8, PP 2: / })).toHaveAttribute('aria-pressed', 'true');
});

test('a screen reader hears the answer once it has settled', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('status').filter({ hasText: 'seconds a step' })).toHaveText(
    /TP \d+.*: [\d.]+ seconds a step\./,
  );
});

for (const width of [320, 390, 760, 1024, 1240, 1440, 1920])
  test(`at ${width} px nothing sticks out at the side`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page);
    await expect(page.getByTestId('pareto-chart').getByRole('img')).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

test('on a phone the question is one sentence that opens', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  const summary = page.getByRole('button', { name: /Edit$/ });
  await expect(summary).toContainText('on 64 ×');
  await expect(number(page, 'GPUs')).toBeHidden();
  await summary.click();
  await number(page, 'GPUs').fill('128');
  await expect(page.locator('#plan-h')).toContainText('= 128 GPUs');
});

test('on paper there are no buttons, and the light theme', async ({ page }) => {
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await open(page);
  await expect(page.getByTestId('share-link')).toBeHidden();
  await expect(page.locator('.summary')).toBeVisible();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
});
