import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// With BASE_URL the tests go to a server that runs already, otherwise to the last build on new data.
const address = '127.0.0.1:3100';
export const sandbox = process.env.SANDBOX_URL ?? 'http://127.0.0.1:3101';
const baseURL = process.env.BASE_URL ?? `http://${address}`;

/** The operator's keys, which the pages offer and never show. */
export const shared = {
  VAPI_API_KEY: '7c0ffee0-1234-4abc-8def-5ca1ab1e0000',
  TWILIO_ACCOUNT_SID: 'AC5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e',
  TWILIO_AUTH_TOKEN: '5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e',
};

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
    // A page that fades in has other colours for a moment, and a transition that a test interrupts is an error.
    contextOptions: { reducedMotion: 'reduce' },
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
        env: { LEPTOS_SITE_ADDR: address, PUBLIC_URL: baseURL, SANDBOX_ADDR: new URL(sandbox).host, ...shared },
        gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
      },
});
