import { expect, open, ready, test } from '../../web/playwright/harness';

test('the first plan is there without a click, with everything behind it', async ({ page }) => {
  await open(page);
  await expect(page.getByTestId('plan-card').getByRole('heading', { level: 1 })).toContainText('= 64 GPUs');
  for (const figure of ['Memory, worst rank', 'Speed', 'Step', 'MFU', 'Cost', 'How sure'])
    await expect(page.getByTestId('plan-card').getByText(figure, { exact: true })).toBeVisible();
  await expect(page.getByTestId('memory-chart').getByRole('img')).toHaveAccessibleName(/^Memory by pipeline stage/);
  await expect(page.getByTestId('pareto-chart').getByRole('img')).toHaveAccessibleName(/plans on the frontier/);
  await expect(page.getByTestId('plan-table').getByRole('row')).not.toHaveCount(1);
  await expect(page.getByTestId('progress')).toContainText(/candidates, [\d,]+ legal, in/);
  await expect(page.getByRole('heading', { name: 'Taken as given' })).toBeVisible();
  await expect(page.getByTestId('share-link')).toBeVisible();
});

test('the product of the degrees is the number of GPUs', async ({ page }) => {
  await open(page);
  const degrees = await page.locator('#plan-h .deg').allInnerTexts();
  const product = degrees.map((d) => Number(/\d+/.exec(d)?.[0])).reduce((a, b) => a * b, 1);
  expect(product).toBe(64);
});

test('under every slider stands where it leads', async ({ page }) => {
  await open(page);
  await expect(page.locator('.scent path.sparkfill')).toHaveCount(3, { timeout: 20_000 });
});

test('the page shows what the planner says', async ({ page }) => {
  await open(page);
  const best = await page.evaluate(async () => {
    const request = { model: 'llama-3.1-70b', gpu: 'h100', gpus: 64, seq_length: 8192, gbs: 128 };
    const { best } = (await window.shardplan.call('recommend', request)) as { best: { tokens_per_s_per_gpu: number } };
    return Math.round(best.tokens_per_s_per_gpu).toLocaleString('en-US');
  });
  await expect(page.getByTestId('plan-card').locator('.figures')).toContainText(best);
});

test('a question that is typed is answered at once, and survives a reload', async ({ page }) => {
  await open(page);
  await page.getByRole('textbox', { name: 'GPUs', exact: true }).fill('128');
  await expect(page.locator('#plan-h')).toContainText('= 128 GPUs');
  await page.getByRole('textbox', { name: 'Sequence length', exact: true }).fill('12x');
  await page.reload();
  await ready(page);
  await expect(page.getByRole('textbox', { name: 'GPUs', exact: true })).toHaveValue('128');
  await expect(page.getByRole('textbox', { name: 'Sequence length', exact: true })).toHaveValue('12x');
});

test('window.shardplan answers any operation, and says what is wrong', async ({ page }) => {
  await open(page);
  const { health, wrong, slices } = await page.evaluate(async () => {
    const health = await window.shardplan.call('health');
    const wrong = await window.shardplan
      .call('recommend', { model: 'llama-3.1-70bb' })
      .catch((e: { name: string; field: string; hint: string }) => ({ name: e.name, field: e.field, hint: e.hint }));
    const request = { model: 'llama-3.1-8b', gpu: 'h100', gpus: 16 };
    const whole = JSON.stringify(await window.shardplan.call('recommend', request));
    const { size } = (await window.shardplan.call('recommend.size', { request })) as { size: number };
    const cuts = [0, Math.floor(size / 3), Math.floor(size / 2), size];
    const parts = await Promise.all(
      [0, 1, 2].map((i) =>
        window.shardplan.call('recommend.range', { request, begin: cuts[i] ?? 0, end: cuts[i + 1] ?? 0 }),
      ),
    );
    const merged = JSON.stringify(await window.shardplan.call('recommend.merge', { request, parts: parts as [] }));
    return { health, wrong, slices: merged === whole };
  });
  expect(health).toMatchObject({ status: 'ok' });
  expect(wrong).toMatchObject({ name: 'InvalidRequest', field: '/model', hint: "Did you mean 'llama-3.1-70b'?" });
  expect(slices).toBe(true);
});
