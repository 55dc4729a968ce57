import { defineConfig } from '@playwright/test';

const port = Number(process.env.SHARDPLAN_TEST_PORT ?? 4187);

export default defineConfig({
  testDir: '../tests/browser',
  outputDir: 'test-results',
  // Timings are part of what is tested.
  workers: 1,
  timeout: 60_000,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: process.env.SHARDPLAN_BROWSER_REPORT ?? 'test-results/report.json' }]],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.SHARDPLAN_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    },
  },
  webServer: {
    command: `npx vite preview --outDir ../dist/site --host 127.0.0.1 --port ${port} --strictPort`,
    port,
  },
});
