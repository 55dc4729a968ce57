import { expect, open, test } from '../../web/playwright/harness';

const longest = { model: 'deepseek-v3', gpu: 'h800', gpus: 2048, seq_length: 4096, gbs: 15360 };

test('a long search shows its progress, can be stopped and keeps the best', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Examples' }).click();
  await page
    .locator('#examples')
    .getByRole('button', { name: /DeepSeek-V3 on 2,048 H800/ })
    .click();
  const progress = page.getByTestId('progress');
  await expect(progress).toHaveRole('progressbar');
  await expect(progress).toContainText(/[\d,]+ of [\d,]+/);
  await expect(page.getByTestId('cancel')).toHaveText(/keep the best/, { timeout: 30_000 });
  await page.getByTestId('cancel').click();
  await expect(page.getByTestId('cancel')).toHaveCount(0);
  await expect(page.locator('#plan-h')).toContainText('= 2,048 GPUs');
  await expect(page.locator('.line', { hasText: 'Stopped' })).toBeVisible();
  await expect(progress).toContainText('stopped');
});

test('a new question ends a long search at once', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Examples' }).click();
  await page
    .locator('#examples')
    .getByRole('button', { name: /DeepSeek-V3/ })
    .click();
  await expect(page.getByTestId('cancel')).toBeVisible();
  await page.getByRole('button', { name: 'Examples' }).click();
  const startedAt = Date.now();
  await page
    .locator('#examples')
    .getByRole('button', { name: /Llama 3.1 70B on 64/ })
    .click();
  await expect(page.locator('#plan-h')).toContainText('= 64 GPUs', { timeout: 5_000 });
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  await expect(page.getByTestId('cancel')).toHaveCount(0);
});

test('a program can cut a search short as well', async ({ page }) => {
  await open(page);
  const { error, seen } = await page.evaluate(async (request) => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ done }: { done: number }) => {
      seen.push(done);
      if (seen.length === 3) controller.abort();
    };
    const error = await window.shardplan
      .call('recommend', request, { onProgress, signal: controller.signal })
      .catch((e: Error) => e.name);
    return { error, seen };
  }, longest);
  expect(error).toBe('AbortError');
  expect(seen[0]).toBe(0);
  expect(seen.length).toBeGreaterThanOrEqual(3);
});

test('405B on 16,384 GPUs takes less than four seconds', async ({ page }) => {
  await open(page);
  const seconds = await page.evaluate(async () => {
    const startedAt = performance.now();
    const request = {
      model: 'llama-3.1-405b',
      gpu: 'h100',
      gpus: 16384,
      seq_length: 8192,
      gbs: 2048,
      map: true,
      top: 60,
    };
    await window.shardplan.call('recommend', request);
    return (performance.now() - startedAt) / 1000;
  });
  console.log(`405B on 16,384 GPUs: ${seconds.toFixed(2)} s`);
  expect(seconds).toBeLessThan(4);
});
