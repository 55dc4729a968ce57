import { readFileSync } from 'node:fs';
import { expect, open, type Page, test, violations } from '../../web/playwright/harness';

/** What is said of one plan beyond itself stands below its timeline. */
async function openPlan(page: Page): Promise<void> {
  await open(page);
  await page.getByRole('button', { name: /^Explain and timeline/ }).click();
  await expect(launch(page)).toBeVisible({ timeout: 30_000 });
}

const launch = (page: Page) => page.getByTestId('launch-output');

test('the launch command holds the degrees of the plan, for each framework', async ({ page }) => {
  await openPlan(page);
  const degrees = (await page.getByTestId('plan-card').getByRole('heading').first().innerText()).replaceAll(
    /\s+/g,
    ' ',
  );
  const tp = /TP (\d+)/.exec(degrees)?.[1];
  const pp = /PP (\d+)/.exec(degrees)?.[1];
  await expect(launch(page).locator('pre').filter({ hasText: 'pretrain_gpt.py' })).toContainText(
    `--tensor-model-parallel-size ${tp}`,
  );
  await expect(launch(page)).toContainText(`--pipeline-model-parallel-size ${pp}`);
  await launch(page)
    .getByRole('button', { name: /^torchtitan/ })
    .click();
  await expect(launch(page)).toContainText(`tensor_parallel_degree = ${tp}`);
  await launch(page).getByRole('button', { name: 'SLURM' }).click();
  await expect(launch(page)).toContainText('#SBATCH --nodes=8');
});

test('a file is saved as it is shown, a command is copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPlan(page);
  await launch(page).getByRole('button', { name: 'SLURM' }).click();
  const shown = await launch(page).locator('pre').innerText();
  await launch(page).getByRole('button', { name: 'Copy shardplan.sbatch' }).click();
  expect((await page.evaluate(() => navigator.clipboard.readText())).trim()).toBe(shown.trim());
  const saved = page.waitForEvent('download');
  await launch(page).getByRole('button', { name: 'Save shardplan.sbatch' }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe('shardplan.sbatch');
  expect(readFileSync(await file.path(), 'utf8').trim()).toBe(shown.trim());
});

test('why not another plan: what it would cost, what is illegal about it, and the way to it', async ({ page }) => {
  await openPlan(page);
  const panel = page.getByTestId('why-not');
  const ask = async (text: string) => {
    await panel.getByRole('textbox').fill(text);
    await panel.getByRole('button', { name: 'Ask' }).click();
  };
  await ask('tp8 pp4 mbs2');
  await expect(page.getByTestId('why-not-answer')).toContainText(/longer than the best plan/, { timeout: 30_000 });
  await ask('tp3');
  await expect(page.getByTestId('why-not-answer')).toContainText('64 attention heads do not divide by tp 3');
  await ask('tp8 pp4 mbs2');
  await expect(page.getByTestId('why-not-answer')).toContainText(/longer than the best plan/);
  await panel.getByRole('button', { name: 'Show that plan' }).click();
  await expect(page.getByTestId('plan-card')).toContainText(/micro-batch 2/);
});

test('how it scales is a chart and a table of every size', async ({ page }) => {
  await openPlan(page);
  const panel = page.getByTestId('scaling-chart');
  await expect(panel.getByRole('img').first()).toBeVisible({ timeout: 60_000 });
  await panel.getByRole('button', { name: 'Table' }).click();
  await expect(panel.getByRole('row').filter({ hasText: 'the same batch' })).toHaveCount(5);
  await expect(panel.getByRole('row').filter({ hasText: 'a batch that grows' })).toHaveCount(5);
});

test('a report is a text with the plan, its memory and how to launch it', async ({ page }) => {
  await openPlan(page);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a report' }).click();
  const text = readFileSync(await (await saved).path(), 'utf8');
  for (const part of ['# Training plan: Llama 3.1 70B on 64', '## Memory by stage', '## Risks', '## Launch with'])
    expect(text).toContain(part);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`what is said of a plan is accessible, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openPlan(page);
    await expect(page.getByTestId('scaling-chart').getByRole('img').first()).toBeVisible({ timeout: 60_000 });
    expect(await violations(page)).toEqual([]);
  });

test('fine-tuning is asked for beside pre-training', async ({ page }) => {
  await open(page);
  await page.getByText('Fine-tuning', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Method' }).selectOption({ value: 'lora' });
  await expect(page.getByTestId('plan-card')).not.toContainText('68.6', { timeout: 30_000 });
  await expect(page.getByTestId('plan-card')).toContainText('Fits');
});
