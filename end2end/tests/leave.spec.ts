import type { Page, Request } from '@playwright/test';
import { expect, field, newCustomer, openAwake, test, texts } from './support';

const t = texts('en');
const job = (page: Page) => field(page, t, 'ava', 'job_to_be_done');
const isPost = (request: Request) => request.method() === 'POST' && request.url().endsWith('/onboarding/ava');
const isSave = (request: Request) => isPost(request) && !!request.postData()?.includes('intent=autosave');
/** The answer to a save whose text ends like this. */
const saved = (page: Page, end: string) =>
  page.waitForResponse((response) => {
    const sent = new URLSearchParams(response.request().postData() ?? '');
    return isSave(response.request()) && response.ok() && !!sent.get('job_to_be_done')?.endsWith(end);
  });

async function typesAndIsSaved(page: Page, text: string) {
  const done = saved(page, text);
  await job(page).pressSequentially(text);
  await done;
}

/** Continue is sent and never answered; a moment later the customer presses Esc. */
async function continueAndStop(page: Page) {
  let asked = () => {};
  const continues = new Promise<void>((resolve) => (asked = resolve));
  await page.route('**/onboarding/ava', (route) => {
    if (!isPost(route.request()) || isSave(route.request())) return route.fallback();
    asked();
  });
  await page.evaluate(() => addEventListener('submit', () => setTimeout(() => window.stop(), 300)));
  await page.getByRole('button', { name: t.onboarding.save_and_continue }).click({ noWaitAfter: true });
  await continues;
}

async function reloaded(page: Page) {
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  return job(page);
}

test.describe('a page that was left and is there again @script', () => {
  test('goes on saving after a slow Continue was stopped', async ({ page }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'ava');
    await job(page).pressSequentially('Take orders');
    await continueAndStop(page);
    await typesAndIsSaved(page, ' and call back');
    await expect(await reloaded(page)).toHaveValue('Take orders and call back');
  });

  test('saves what a stopped Continue did not, without another key', async ({ page }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'ava');
    // As a password manager or a translator does: no key, no event.
    await job(page).evaluate((area: HTMLTextAreaElement) => (area.value = 'Take orders'));
    const done = saved(page, 'Take orders');
    await continueAndStop(page);
    await done;
    await expect(await reloaded(page)).toHaveValue('Take orders');
  });

  test('goes on saving when the back/forward cache gives it back', async ({ page }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'ava');
    await typesAndIsSaved(page, 'Take orders');
    // Chromium keeps no page that must not be stored, other browsers do. Here the page stays after its form was
    // sent and taken, and is told what a page in that cache is told.
    await page.route('**/onboarding/ava', async (route) => {
      if (!isPost(route.request()) || isSave(route.request())) return route.fallback();
      const answer = await route.fetch({ maxRedirects: 0 });
      expect(answer.status()).toBe(303);
      await route.fulfill({ status: 204 });
    });
    const taken = page.waitForResponse((response) => isPost(response.request()) && response.status() === 204);
    await page.getByRole('button', { name: t.onboarding.save_and_continue }).click({ noWaitAfter: true });
    await taken;
    await page.evaluate(() => {
      window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    });
    await typesAndIsSaved(page, ' and call back');
    await expect(await reloaded(page)).toHaveValue('Take orders and call back');
  });
});
