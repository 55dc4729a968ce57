import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect, figures, number, open, type Page, ready, settled, test } from '../../web/playwright/harness';

interface State {
  request: Record<string, unknown>;
  plan?: unknown;
  shown?: { planner: string; figures: Record<string, number> };
}

const pack = (state: unknown) => `#p=1.${deflateRawSync(JSON.stringify(state)).toString('base64url')}`;
const unpack = (hash: string): State =>
  JSON.parse(inflateRawSync(Buffer.from(hash.slice('#p=1.'.length), 'base64url')).toString());

async function hashOf(page: Page): Promise<string> {
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#p=1\.[\w-]+$/);
  await page.waitForTimeout(400);
  return page.evaluate(() => location.hash);
}

test('a copied link shows the same numbers in another browser', async ({ page, browser, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  await number(page, 'GPUs').fill('128');
  await number(page, 'Global batch').fill('256');
  await settled(page);
  await page.getByTestId('plan-table').getByRole('row').nth(4).click();
  const shown = await figures(page);
  await page.getByTestId('share-link').click();
  await expect(page.getByTestId('share-link')).toHaveText('Copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain('#p=1.');

  const other = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await other.goto(link);
  await ready(other);
  await settled(other);
  expect(await figures(other)).toBe(shown);
  await expect(number(other, 'GPUs')).toHaveValue('128');
  await expect(other.locator('.notice')).toHaveCount(0);
  await other.context().close();
});

test('the address holds the question, the chosen plan and the view', async ({ page }) => {
  await open(page);
  await page.getByTestId('plan-table').getByRole('row').nth(3).click();
  await page.getByRole('button', { name: 'Reference', exact: true }).click();
  const state = unpack(await hashOf(page));
  expect(state).toMatchObject({ view: 'reference', request: { gpus: 64 }, plan: { gpus: 64 } });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'recommend', exact: true })).toBeVisible();
});

test('a link of another planner shows its own figures, and what differs', async ({ page }) => {
  await open(page);
  const state = unpack(await hashOf(page));
  if (!state.shown) throw new Error('The link does not say what it shows.');
  state.shown.planner = '0.0.9';
  state.shown.figures.step_time_s = 99.5;
  await page.goto('about:blank');
  await open(page, `./${pack(state)}`);
  const notice = page.getByRole('region', { name: 'This link was made by core 0.0.9' });
  await expect(notice).toContainText('99.50 s');
  await expect(notice.getByRole('row', { name: /Step/ })).toContainText('−');
  await page.reload();
  await ready(page);
  await expect(notice).toBeVisible();
  await notice.getByRole('button', { name: /Go on/ }).click();
  await expect(notice).toHaveCount(0);
});

for (const [name, hash] of [
  ['damaged', '#p=1.AAAA'],
  ['newer', '#p=999.AAAA'],
  ['hostile', pack({ request: 5, __proto__: { x: 1 } })],
  ['a bomb', `#p=1.${deflateRawSync('{"request":{"model":"'.padEnd(30_000_000, 'a')).toString('base64url')}`],
] as const)
  test(`a link that is ${name} gives a message and the first question`, async ({ page }) => {
    await open(page, `./${hash}`);
    await expect(page.getByText(/This link (is|was)/)).toBeVisible();
    await expect(page.locator('#plan-h')).toContainText('= 64 GPUs');
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(page.getByText(/This link (is|was)/)).toHaveCount(0);
  });

test('a link with nonsense in its fields is shown with what is wrong', async ({ page }) => {
  const request = {
    model: { a: [1, { b: null }] },
    gpus: { x: 1 },
    gbs: [3],
    tp: 'many',
    sharding: 7,
    objective: 'joy',
    colour: 'red',
    seq_length: 1e308,
  };
  const plan = { strategy: { tp: '4', layers_per_stage: 3, fsdp: 'x' }, gpus: 64 };
  await open(page, `./${pack({ request, plan })}`);
  await expect(page.getByTestId('error').first()).toBeVisible();
  await expect(page.getByText('colour')).not.toHaveCount(0);
});

test('a link put into the address of an open page is opened', async ({ page }) => {
  await open(page);
  await page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    pack({ request: { model: 'llama-3.1-8b', gpu: 'h100', gpus: 8, seq_length: 8192, gbs: 64 } }),
  );
  await expect(page.locator('#plan-h')).toContainText('= 8 GPUs');
});
