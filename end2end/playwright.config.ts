import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// With BASE_URL the tests go to a server that runs already, otherwise to the last build on new data.
const address = '127.0.0.1:3100';
export const sandbox = process.env.SANDBOX_URL ?? 'http://127.0.0.1:3101';
const baseURL = process.env.BASE_URL ?? `http://${address}`;

export default defineConfig({
  testDir: 'tests',
  workers: 2,
  retries: 0,
  fullyParallel: true,
  forbidOnly: true,
  // Patience, not a bound of the product: a shared machine may stall for seconds.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  use: {
    baseURL,
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? ['/usr/bin/chromium'].find(existsSync),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  // A test runs with scripts and without, unless its title says @script or @no-script.
  projects: [
    { name: 'script', use: { javaScriptEnabled: true }, grepInvert: /@no-script/ },
    { name: 'no-script', use: { javaScriptEnabled: false }, grepInvert: /@script/ },
  ],
  webServer: process.env.BASE_URL
    ? undefined
    : {
        command: '../scripts/serve-for-tests',
        url: `${baseURL}/readyz`,
        timeout: 120_000,
        env: { LEPTOS_SITE_ADDR: address, PUBLIC_URL: baseURL, SANDBOX_ADDR: new URL(sandbox).host },
        gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
      },
});
