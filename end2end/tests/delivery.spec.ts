import type { Page } from '@playwright/test';
import { expect, newCustomer, openAwake, test } from './support';

/** What the page has fetched over the network, itself included; what came from the cache has no size. */
const fetched = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    (performance.getEntries() as PerformanceResourceTiming[]).filter((entry) => entry.transferSize > 0).map((entry) => entry.name),
  );

test('the first step needs at most six requests, the next only its page @script', async ({ page, baseURL }) => {
  await newCustomer(page);
  await openAwake(page, 'en', 'profile');
  expect((await fetched(page)).length).toBeLessThanOrEqual(6);
  await openAwake(page, 'en', 'vapi');
  expect(await fetched(page)).toEqual([`${baseURL}/en/onboarding/vapi`]);
});

test('nothing is kept in the browser but cookies @script', async ({ page }) => {
  await newCustomer(page);
  await openAwake(page, 'en', 'ava');
  await page.locator('textarea').first().fill('Take a message');
  const stored = await page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
  }));
  expect(stored).toEqual({ local: 0, session: 0, databases: 0, caches: 0 });
});
