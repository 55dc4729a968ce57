// What every browser test shares: a page that may not complain, and the questions tests put to it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';

export { expect, type Page };

export const repository = path.join(import.meta.dirname, '../..');
export const singleFile = pathToFileURL(path.join(repository, 'dist/shardplan.html')).href;

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Everything that a page complained about: errors, warnings, and breaches of its own policy. */
export async function complaints(page: Page): Promise<string[]> {
  const list: string[] = [];
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && list.push(`${m.type()}: ${m.text()}`));
  page.on('pageerror', (e) => list.push(`uncaught: ${e.message}`));
  // Awaited, since a test that needs no page may be over before.
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) =>
      console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`),
    );
  });
  return list;
}

export const test = base.extend<{ silent: undefined }>({
  silent: [
    async ({ page }, use) => {
      const list = await complaints(page);
      await use(undefined);
      expect(list).toEqual([]);
    },
    { auto: true },
  ],
});

export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'true', null, { timeout: 30_000 });
}

export async function open(page: Page, address = './'): Promise<void> {
  await page.goto(address);
  await ready(page);
}

/** The figures of the headline, as one reads them. */
export async function figures(page: Page): Promise<string> {
  return page
    .getByTestId('plan-card')
    .locator('h1, .sub, .figures')
    .allInnerTexts()
    .then((t) => t.join('\n'));
}

export const number = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

/** Waits until the answer belongs to the question in the fields. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByTestId('cancel')).toHaveCount(0, { timeout: 60_000 });
  await expect(page.locator('.standing')).toHaveCount(0);
  await page.waitForTimeout(300);
}

export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const results = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations.flatMap((v) =>
    v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary ?? ''}`),
  );
}
