import { expect, number, open, type Page, ready, settled, test, violations } from '../../web/playwright/harness';

const chart = (page: Page) => page.getByTestId('timeline-chart');
const drawer = (page: Page) => page.getByRole('complementary', { name: 'Explanation' });
const title = (page: Page) => drawer(page).getByRole('heading', { level: 2 });

/** The first of these asks for the module with every operation. */
async function openPlan(page: Page): Promise<void> {
  await open(page);
  await page.getByRole('button', { name: /^Explain and timeline/ }).click();
  await shown(page);
}

async function shown(page: Page): Promise<void> {
  await expect(chart(page).getByRole('img').first()).toBeVisible({ timeout: 30_000 });
  await expect(title(page)).toBeVisible({ timeout: 30_000 });
}

async function linkOf(page: Page): Promise<string> {
  await page.waitForTimeout(500);
  return page.evaluate(() => location.href);
}

async function reopen(page: Page, link: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(link);
  await ready(page);
  await shown(page);
}

test('a step is drawn event by event, with the closed form beside the simulation', async ({ page }) => {
  await openPlan(page);
  await expect(chart(page).getByRole('img', { name: /^The whole step, [\d.]+ seconds on \d+ stages/ })).toBeVisible();
  const check = page.getByTestId('timeline-check');
  const figure = (name: string) => check.locator('dl > div', { hasText: name }).locator('dd').innerText();
  expect(Number.parseFloat(await figure('Closed form'))).toBeCloseTo(Number.parseFloat(await figure('Simulated')), 2);
  await expect(check.getByRole('row', { name: /^head \d/ })).toBeVisible();
  await expect(chart(page).getByText('waiting')).toBeVisible();
  const blocks = chart(page).locator('.zoom rect[data-i]');
  expect(await blocks.count()).toBeGreaterThan(50);
  await blocks.nth(40).hover();
  await expect(page.getByText(/^(forward|backward) of micro-batch \d+.*, stage \d+: [\d.]+ ms from/)).toBeVisible();
});

test('a stretch of the step is chosen with buttons, keys and the pointer, and stands in the link', async ({ page }) => {
  await openPlan(page);
  const zoom = chart(page).getByRole('img', { name: /^Stages from/ });
  const first = await zoom.getAttribute('aria-label');
  await chart(page).getByRole('button', { name: 'Zoom in' }).click();
  await expect(zoom).not.toHaveAttribute('aria-label', first ?? '');
  const second = await zoom.getAttribute('aria-label');
  await chart(page).getByRole('slider', { name: 'Start of what is shown' }).press('ArrowRight');
  await expect(zoom).not.toHaveAttribute('aria-label', second ?? '');
  await chart(page)
    .locator('.overview svg')
    .click({ position: { x: 600, y: 10 } });
  const label = await zoom.getAttribute('aria-label');
  await reopen(page, await linkOf(page));
  await expect(zoom).toHaveAttribute('aria-label', label ?? '');
  await chart(page).getByRole('button', { name: 'All', exact: true }).click();
  await expect(zoom).toHaveAttribute('aria-label', /^Stages from 0 s to/);
  await chart(page).getByRole('button', { name: 'Table', exact: true }).click();
  await expect(chart(page).getByRole('columnheader', { name: 'micro-batch' })).toBeVisible();
});

test('a figure of the plan opens into its formula, and that into the numbers put in', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: /^MFU, .*: explain$/ }).click();
  await shown(page);
  await expect(title(page)).toHaveText('Model FLOPs utilisation');
  await expect(drawer(page)).toContainText('Chowdhery et al. 2022');
  const speed = drawer(page).getByRole('row', { name: /throughput of a GPU/ });
  await speed.getByRole('button').click();
  await expect(title(page)).toHaveText('Throughput of a GPU');
  await expect(drawer(page).getByRole('img', { name: 'x / n' })).toBeVisible();
  await reopen(page, await linkOf(page));
  await expect(title(page)).toHaveText('Throughput of a GPU');
  await drawer(page)
    .getByRole('button', { name: /^Model FLOPs utilisation/ })
    .click();
  await expect(title(page)).toHaveText('Model FLOPs utilisation');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('plan-table')).toBeVisible();
});

test('every number of the plan can be opened', async ({ page }) => {
  await openPlan(page);
  await drawer(page)
    .getByText(/^All \d+ numbers$/)
    .click();
  const names = await drawer(page).locator('.every button > span:first-child').allTextContents();
  expect(names.length).toBeGreaterThan(20);
  for (const [i, name] of names.entries()) {
    const list = drawer(page).locator('.every');
    if (!(await list.getAttribute('open').then((o) => o !== null))) await list.locator('summary').click();
    await list.getByRole('button').nth(i).click();
    await expect(title(page)).toHaveText(name);
    await expect(drawer(page).locator('.formula')).toHaveCount(2);
  }
});

test('keys go to the next plan and back, and the drawer stays with its number', async ({ page }) => {
  await open(page);
  await page.keyboard.press('e');
  await shown(page);
  const step = () => page.locator('.figures').innerText();
  const before = await step();
  await page.keyboard.press('j');
  await expect.poll(step).not.toBe(before);
  await expect(title(page)).toHaveText('Step time');
  await page.keyboard.press('Escape');
  await expect(page.locator('.actions > .u')).toHaveText(/^plan 2 of/);
});

test('a plan without a pipeline has a timeline of one stage', async ({ page }) => {
  await open(page);
  await page.getByRole('combobox', { name: 'Model' }).fill('llama-3.1-8b');
  await page.keyboard.press('Escape');
  await number(page, 'GPUs').fill('8');
  await settled(page);
  await page.getByRole('combobox', { name: 'Model' }).blur();
  await page.getByRole('button', { name: /^Explain and timeline/ }).click();
  await shown(page);
  await expect(page.getByTestId('timeline-check').getByRole('row')).not.toHaveCount(1);
});

test('where no plan is legal, the view says so and leads back', async ({ page }) => {
  await open(page);
  await page.locator('summary', { hasText: 'Axes' }).click();
  await number(page, 'TP').fill('3');
  await expect(page.getByTestId('plan-card')).toContainText('No combination of the axes is legal');
  await page.getByRole('combobox', { name: 'Model' }).focus();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Model' }).blur();
  await page.keyboard.press('e');
  await expect(page.getByText('There is no plan to look at.')).toBeVisible();
  await page.getByRole('button', { name: 'Back to the question' }).click();
  await expect(page.getByTestId('plan-card')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openPlan(page);
    await drawer(page)
      .getByText(/^All \d+ numbers$/)
      .click();
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
