import { complaints, expect, figures, open, type Page, ready, singleFile, test } from '../../web/playwright/harness';

/** Opens each view that comes after the first plan. */
async function everyView(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Explain and timeline/ }).click();
  await expect(page.getByTestId('timeline-chart').getByRole('img').first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('complementary', { name: 'Explanation' })).toContainText('Numbers put in');
  await page.getByRole('button', { name: 'Trust', exact: true }).click();
  await expect(page.getByTestId('parity-chart').getByRole('img')).toHaveCount(2, { timeout: 60_000 });
  await page.getByRole('button', { name: 'Calibrate', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Calibrate to your own runs' })).toBeVisible();
  await page.getByRole('button', { name: 'Reference', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'recommend', exact: true })).toBeVisible();
}

test('a reload without a network works, with every part of the page', async ({ page, context }) => {
  await open(page);
  await expect(page.getByText('Works offline')).toBeVisible({ timeout: 30_000 });
  const online = await figures(page);
  await context.setOffline(true);
  await page.reload();
  await ready(page);
  expect(await figures(page)).toBe(online);
  await expect(page.getByTestId('pareto-chart').getByRole('img')).toBeVisible();
  await everyView(page);
});

test('the single file works from a disk, and talks to nobody', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, offline: true });
  const page = await context.newPage();
  const list = await complaints(page);
  const asked: string[] = [];
  page.on('request', (r) => !/^(data|blob):/.test(r.url()) && asked.push(r.url()));
  await open(page, singleFile);
  await expect(page.locator('#plan-h')).toContainText('= 64 GPUs');
  await expect(page.getByTestId('pareto-chart').getByRole('img')).toBeVisible();
  await page.getByRole('textbox', { name: 'GPUs', exact: true }).fill('128');
  await expect(page.locator('#plan-h')).toContainText('= 128 GPUs');
  await page.waitForTimeout(500);
  await page.reload();
  await ready(page);
  await expect(page.locator('#plan-h')).toContainText('= 128 GPUs');
  await everyView(page);
  expect(new Set(asked.map((a) => a.replace(/#.*/, '')))).toEqual(new Set([singleFile]));
  expect(list).toEqual([]);
  await context.close();
});
