import { complaints, expect, figures, open, ready, singleFile, test } from '../../web/playwright/harness';

test('a reload without a network works, with every part of the page', async ({ page, context }) => {
  await open(page);
  await expect(page.getByText('Works offline')).toBeVisible({ timeout: 30_000 });
  const online = await figures(page);
  await context.setOffline(true);
  await page.reload();
  await ready(page);
  expect(await figures(page)).toBe(online);
  await expect(page.getByTestId('pareto-chart').getByRole('img')).toBeVisible();
  await page.getByRole('button', { name: 'Reference', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'recommend', exact: true })).toBeVisible();
});

test('the single file works from a disk, and talks to nobody', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, offline: true });
  const page = await context.newPage();
  const list = complaints(page);
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
  await page.getByRole('button', { name: 'Reference', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'recommend', exact: true })).toBeVisible();
  expect(new Set(asked.map((a) => a.replace(/#.*/, '')))).toEqual(new Set([singleFile]));
  expect(list).toEqual([]);
  await context.close();
});
