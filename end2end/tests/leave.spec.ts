import { chromium, type Page, type Request } from '@playwright/test';
import { expect, field, newCustomer, openAwake, saveState, test, texts } from './support';

const t = texts('en');
const job = (page: Page) => field(page, t, 'ava', 'job_to_be_done');
const isPost = (request: Request) => request.method() === 'POST' && request.url().endsWith('/onboarding/ava');
const isSave = (request: Request) => isPost(request) && !!request.postData()?.includes('intent=autosave');

async function typesAndIsSaved(page: Page, text: string) {
  const saved = page.waitForResponse((response) => isSave(response.request()) && response.ok());
  await job(page).pressSequentially(text);
  await saved;
}

test.describe('a page that was left and is there again @script', () => {
  test('goes on saving after a slow Continue was stopped', async ({ page }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'ava');
    await job(page).pressSequentially('Take orders');
    let asked = () => {};
    const continues = new Promise<void>((resolve) => (asked = resolve));
    await page.route('**/onboarding/ava', (route) => {
      if (!isPost(route.request()) || isSave(route.request())) return route.fallback();
      // No answer comes.
      asked();
    });
    await page.getByRole('button', { name: t.onboarding.save_and_continue }).click({ noWaitAfter: true });
    await continues;
    // As the Esc key does.
    await page.evaluate(() => window.stop());
    await typesAndIsSaved(page, ' and call back');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.reload();
    await expect(job(page)).toHaveValue('Take orders and call back');
  });

  test('saves what a stopped Continue did not, without another key', async ({ page }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'ava');
    await page.route('**/onboarding/ava', (route) => {
      if (!isPost(route.request()) || isSave(route.request())) return route.fallback();
    });
    await job(page).evaluate((area: HTMLTextAreaElement) => (area.value = 'Filled in by a manager'));
    const saved = page.waitForResponse((response) => isSave(response.request()) && response.ok());
    await page.getByRole('button', { name: t.onboarding.save_and_continue }).click({ noWaitAfter: true });
    await page.evaluate(() => window.stop());
    await saved;
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.reload();
    await expect(job(page)).toHaveValue('Filled in by a manager');
  });

  test('goes on saving when Back takes it out of the back/forward cache', async ({ launchOptions, baseURL }) => {
    // Playwright switches that cache off.
    const browser = await chromium.launch({
      ...launchOptions,
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
    try {
      const page = await browser.newPage({ baseURL, reducedMotion: 'reduce' });
      await newCustomer(page);
      await openAwake(page, 'en', 'ava');
      await page.evaluate(() => {
        window.addEventListener('pageshow', (event) => (document.title = `persisted ${event.persisted}`));
      });
      await typesAndIsSaved(page, 'Take orders');
      await page.getByRole('button', { name: t.onboarding.save_and_continue }).click();
      await expect(page).toHaveURL('/en/onboarding/twilio');
      await page.evaluate(() => history.back());
      await expect(page).toHaveTitle('persisted true');
      await typesAndIsSaved(page, ' and call back');
      await expect(saveState(page)).toContainText(t.onboarding.saved.saved_at.split('{')[0].trim());
      await page.reload();
      await expect(job(page)).toHaveValue('Take orders and call back');
    } finally {
      await browser.close();
    }
  });
});
