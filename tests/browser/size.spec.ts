import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, open, repository, test } from '../../web/playwright/harness';

const site = path.join(repository, 'dist/site');
const packed = (file: string) => gzipSync(readFileSync(path.join(site, file)), { level: 9 }).length;
const sum = (sizes: number[]) => sizes.reduce((a, b) => a + b, 0);

test('what the first plan needs is small', () => {
  const html = readFileSync(path.join(site, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map((m) => m[1] ?? '');
  const worker = readdirSync(path.join(site, 'assets')).filter((f) => /^(worker|shardplan-first)-/.test(f));
  const module_ = worker.filter((f) => f.endsWith('.wasm')).map((f) => packed(`assets/${f}`));
  const page = sum(
    ['index.html', ...named, ...worker.filter((f) => f.endsWith('.js')).map((f) => `assets/${f}`)].map(packed),
  );
  console.log(
    `first load, gzipped: page ${(page / 1000).toFixed(1)} kB + module ${(sum(module_) / 1000).toFixed(1)} kB`,
  );
  expect(named.length).toBeGreaterThanOrEqual(2);
  expect(module_).toHaveLength(1);
  expect(page).toBeLessThanOrEqual(50_000);
  expect(page + sum(module_)).toBeLessThanOrEqual(250_000);
});

test('nothing else is asked for before the first plan', async ({ page }) => {
  await page.addInitScript(() => {
    const isReady = () => document.documentElement.dataset.ready === 'true';
    new MutationObserver((_, observer) => {
      if (!isReady()) return;
      observer.disconnect();
      const names = performance.getEntriesByType('resource').map((e) => e.name);
      (window as { asked?: string[] }).asked = names;
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-ready'] });
  });
  await open(page);
  const asked = await page.evaluate(() => (window as { asked?: string[] }).asked ?? []);
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.filter((a) => /vega|reference|save|shardplan-(?!first)/.test(a))).toEqual([]);
});

test('the first plan is there in less than two seconds', async ({ page }) => {
  const startedAt = Date.now();
  await open(page);
  console.log(`first plan after ${Date.now() - startedAt} ms`);
  expect(Date.now() - startedAt).toBeLessThan(2_000);
});
