import { expect, figures, number, open, settled, test } from '../../web/playwright/harness';

test('a wrong number is said beside its field, with legal ones, and the answer stays', async ({ page }) => {
  await open(page);
  const before = await figures(page);
  await number(page, 'GPUs').fill('60');
  const error = page.getByTestId('error');
  await expect(error).toContainText('60 GPUs do not fill nodes of 8.');
  await expect(number(page, 'GPUs')).toHaveAttribute('aria-invalid', 'true');
  expect(await figures(page)).toBe(before);
  await expect(page.getByText(/kept: the last good answer/)).toBeVisible();
  await error.getByRole('button', { name: '56', exact: true }).click();
  await expect(page.locator('#plan-h')).toContainText('= 56 GPUs');
  await expect(error).toHaveCount(0);
});

test('every mistake is said at once, each beside its field', async ({ page }) => {
  await open(page);
  await page.getByRole('combobox', { name: 'Model' }).fill('llama-3.1-70bb');
  await page.keyboard.press('Escape');
  await number(page, 'Global batch').fill('0');
  await expect(page.getByTestId('error')).toHaveCount(1);
  await number(page, 'Global batch').fill('128');
  await expect(page.getByTestId('error')).toContainText("Unknown model 'llama-3.1-70bb'.");
  await page.getByTestId('error').getByRole('button', { name: 'llama-3.1-70b', exact: true }).click();
  await expect(page.getByTestId('error')).toHaveCount(0);
});

test('a model is searched as one types, and a system stands for its GPU', async ({ page }) => {
  await open(page);
  const model = page.getByRole('combobox', { name: 'Model' });
  await model.fill('qwen 30b');
  await expect(page.getByRole('option', { name: /Qwen3 30B-A3B/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(model).toHaveValue('Qwen3 30B-A3B');
  await page.getByRole('combobox', { name: 'GPU or system' }).fill('dgx-b200');
  await page.keyboard.press('Escape');
  await settled(page);
  await expect(page.getByRole('combobox', { name: 'GPU or system' })).toHaveValue(/DGX B200/);
  await expect(page.getByTestId('plan-card')).toContainText('of 179.06 GiB');
});

test('a config.json can be pasted as the model', async ({ page }) => {
  await open(page);
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: 4096,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    intermediate_size: 14336,
    vocab_size: 128256,
  };
  const model = page.getByRole('combobox', { name: 'Model' });
  await model.fill(JSON.stringify(config));
  await expect(model).toHaveValue('config.json: LlamaForCausalLM');
  await settled(page);
  await expect(page.getByTestId('error')).toHaveCount(0);
  await model.fill('{"hidden_size": ');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('error')).toContainText('This is not JSON');
});

test('where nothing fits, the nearest plan, by how much, and changes that can be asked', async ({ page }) => {
  await open(page);
  await number(page, 'GPUs').fill('8');
  const card = page.getByTestId('plan-card');
  await expect(card.getByRole('heading', { level: 1 })).toContainText('No plan fits.');
  await expect(card).toContainText(/needs [\d.]+ GiB of the 75\.67 that may be used: [\d.]+ over/);
  await expect(page.getByTestId('memory-chart')).toBeVisible();
  await card
    .getByRole('row', { name: /16 GPUs/ })
    .getByRole('button', { name: 'Ask this' })
    .click();
  await expect(page.locator('#plan-h')).toContainText('= 16 GPUs');
  await expect(number(page, 'GPUs')).toHaveValue('16');
});

test('limits narrow the search, and one that allows nothing says so', async ({ page }) => {
  await open(page);
  await page.locator('summary', { hasText: 'Axes' }).click();
  await number(page, 'TP').fill('8');
  await settled(page);
  await expect(page.locator('#plan-h')).toContainText('TP 8');
  await number(page, 'TP').fill('3');
  await expect(page.getByTestId('plan-card')).toContainText('No combination of the axes is legal');
  await number(page, 'TP').fill('');
  await expect(page.locator('#plan-h')).toContainText('= 64 GPUs');
});

test('the best for cost, memory and MFU can be asked', async ({ page }) => {
  await open(page);
  await page.getByText('Memory', { exact: true }).first().click();
  await settled(page);
  const peak = async () =>
    Number(/([\d.]+) of 79\.65 GiB/.exec((await page.getByTestId('plan-card').textContent()) ?? '')?.[1]);
  expect(await peak()).toBeLessThan(50);
});

test('a low confidence is said in words, and so is a plan that may not fit', async ({ page }) => {
  await open(page);
  await page.getByRole('combobox', { name: 'GPU or system' }).fill('mi300x');
  await page.keyboard.press('Escape');
  await settled(page);
  await expect(page.getByTestId('plan-card')).toContainText('Low');
  await expect(page.locator('.line', { hasText: 'Warning' })).toContainText('No measured training run');
});

test('undo and redo go through everything that was asked', async ({ page }) => {
  await open(page);
  await number(page, 'GPUs').fill('128');
  await expect(page.locator('#plan-h')).toContainText('= 128 GPUs');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('#plan-h')).toContainText('= 64 GPUs');
  await expect(number(page, 'GPUs')).toHaveValue('64');
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(page.locator('#plan-h')).toContainText('= 128 GPUs');
});

test('dragging a slider asks what if', async ({ page }) => {
  await open(page);
  await page.getByRole('slider', { name: 'Sequence length' }).press('ArrowRight');
  await expect(number(page, 'Sequence length')).toHaveValue('16,384');
  await settled(page);
  await expect(page.getByTestId('plan-card')).toContainText('GiB');
});
