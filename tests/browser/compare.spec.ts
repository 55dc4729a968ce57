import { expect, number, open, type Page, ready, settled, test, violations } from '../../web/playwright/harness';

const table = (page: Page) => page.getByRole('table').filter({ hasText: 'Figures' });

async function pinTwo(page: Page): Promise<void> {
  await open(page);
  await page.getByRole('button', { name: /^Pin/ }).click();
  await expect(page.getByRole('button', { name: /^Pinned/ })).toHaveAttribute('aria-pressed', 'true');
  await number(page, 'GPUs').fill('128');
  await settled(page);
  await page.keyboard.press('Escape');
  await number(page, 'GPUs').blur();
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Compare 2', exact: true }).click();
  await expect(table(page).getByRole('row', { name: /^tok\/s per GPU/ })).toBeVisible({ timeout: 30_000 });
}

test('pinned plans of two questions stand side by side, with what differs', async ({ page }) => {
  await pinTwo(page);
  const gpus = table(page).getByRole('row', { name: /^GPUs/ });
  await expect(gpus.getByRole('cell')).toHaveText([/^64/, /^128/]);
  await expect(table(page).getByRole('row', { name: /^Model/ })).toHaveCount(0);
  // The change in total speed is what the two cells say.
  const cells = await table(page)
    .getByRole('row', { name: /^tok\/s (?!per)/ })
    .getByRole('cell')
    .allInnerTexts();
  const [first = 0, second = 0] = cells.map((c) => Number.parseFloat(c.replaceAll(',', '')));
  const said = Number.parseFloat(/\+([\d.]+) %/.exec(cells[1] ?? '')?.[1] ?? '');
  expect(said).toBeCloseTo(100 * (second / first - 1), 0);
});

test('pins live in the link; one of them can lead, be asked again and be let go', async ({ page }) => {
  await pinTwo(page);
  await page.waitForTimeout(500);
  const link = await page.evaluate(() => location.href);
  await page.goto('about:blank');
  await page.goto(link);
  await ready(page);
  await expect(table(page).getByRole('row', { name: /^GPUs/ }).getByRole('cell')).toHaveText([/^64/, /^128/]);
  await page.getByRole('button', { name: 'Measure against this' }).click();
  await expect(table(page).getByRole('row', { name: /^GPUs/ }).getByRole('cell')).toHaveText([/^128/, /^64/]);
  await page
    .getByRole('button', { name: /^Unpin/ })
    .first()
    .click();
  await expect(table(page).getByRole('columnheader')).toHaveCount(1);
  await table(page).getByRole('columnheader').getByRole('button').first().click();
  await expect(number(page, 'GPUs')).toHaveValue('64');
  await expect(page.getByRole('button', { name: /^Pinned/ })).toBeVisible();
});

test('without a pin the view says how to get one', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(page.getByText('No plan is pinned yet.')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing in a comparison, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await pinTwo(page);
    expect(await violations(page)).toEqual([]);
  });
