import type { Page, Request, Route } from '@playwright/test';
import { LOCALES, expect, field, fill, logIn, newCustomer, openAwake, saveState, signUp, test, texts } from './support';

const t = texts('en');
const fullName = (page: Page) => field(page, t, 'profile', 'full_name');
const isSave = (request: Request) => request.method() === 'POST' && request.postData()?.includes('intent=autosave');

/** Treats every save as told, until released. */
async function onSave(page: Page, act: (route: Route) => Promise<void>) {
  await page.route('**/onboarding/profile', (route) => (isSave(route.request()) ? act(route) : route.fallback()));
  return () => page.unrouteAll();
}

async function reloaded(page: Page) {
  await page.reload();
  return fullName(page);
}

test.describe('autosave @script', () => {
  for (const locale of LOCALES) {
    test(`says what it does, and what it saved is there after a reload, ${locale}`, async ({ page }) => {
      const { saving, saved_at } = texts(locale).onboarding.saved;
      await newCustomer(page, locale);
      await page.clock.setFixedTime('2026-03-01T14:05:00');
      let release = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      await onSave(page, async (route) => {
        await released;
        await route.continue();
      });
      await openAwake(page, locale, 'profile');
      const name = field(page, texts(locale), 'profile', 'full_name');
      await name.pressSequentially('Dana Levi');
      await expect(saveState(page)).toHaveText(saving);
      release();
      await expect(saveState(page)).toHaveText(fill(saved_at, { time: '14:05' }));
      await page.reload();
      await expect(name).toHaveValue('Dana Levi');
    });
  }

  test('stores a change within two seconds of the last key', async ({ page }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    const stored = page.waitForResponse((response) => isSave(response.request()) && response.ok());
    await fullName(page).pressSequentially('Dana');
    const typed = Date.now();
    await stored;
    expect(Date.now() - typed).toBeLessThan(2_000);
  });

  test('stores a change at once when the field is left', async ({ page }) => {
    await newCustomer(page);
    await page.clock.install({ time: '2026-03-01T14:05:00' });
    await openAwake(page, 'en', 'profile');
    await page.clock.pauseAt('2026-03-01T15:00:00');
    await fullName(page).pressSequentially('Dana');
    await page.clock.runFor(100);
    await expect(saveState(page)).toHaveText(t.onboarding.saved.automatic);
    await page.keyboard.press('Tab');
    await page.clock.runFor(1);
    await expect(saveState(page)).toHaveText(fill(t.onboarding.saved.saved_at, { time: '15:00' }));
  });

  test('stores a change within ten seconds though the typing goes on', async ({ page }) => {
    await newCustomer(page);
    // A step that proposes nothing by itself: the first change is the first letter.
    await openAwake(page, 'en', 'ava');
    const saved = page.waitForRequest(isSave);
    let typing = true;
    const type = async () => {
      while (typing) await field(page, t, 'ava', 'job_to_be_done').press('a', { delay: 200 });
    };
    const typed = type();
    const first = await saved;
    typing = false;
    await typed;
    // At five letters a second at most: not after each letter, and not later than ten seconds.
    const letters = first.postData()!.match(/job_to_be_done=(a*)/)![1].length;
    expect(letters).toBeGreaterThanOrEqual(5);
    expect(letters).toBeLessThanOrEqual(50);
  });

  test('does not say that a key is saved, since a key waits for Continue', async ({ page }) => {
    await newCustomer(page);
    await page.clock.install({ time: '2026-03-01T14:05:00' });
    await openAwake(page, 'en', 'vapi');
    await page.clock.pauseAt('2026-03-01T15:00:00');
    const saves: Request[] = [];
    page.on('request', (request) => isSave(request) && saves.push(request));
    await field(page, t, 'vapi', 'vapi_api_key').pressSequentially('a-key');
    await page.clock.runFor(6_000);
    await page.keyboard.press('Tab');
    await page.clock.runFor(1_000);
    await page.goto('/en/onboarding/profile');
    expect(saves.map((request) => request.postData())).toEqual([]);
  });

  const failures: Record<string, (route: Route) => Promise<void>> = {
    'no answer': (route) => route.abort(),
    'status 503': (route) => route.fulfill({ status: 503 }),
  };
  for (const [failure, act] of Object.entries(failures)) {
    test(`retries after ${failure} until it is saved`, async ({ page }) => {
      await newCustomer(page);
      await openAwake(page, 'en', 'profile');
      const recover = await onSave(page, act);
      await fullName(page).pressSequentially('Dana Levi');
      await expect(saveState(page)).toHaveText(t.onboarding.saved.retrying);
      await recover();
      await expect(saveState(page)).toHaveText(/^Saved at \d\d:\d\d$/);
      await expect(await reloaded(page)).toHaveValue('Dana Levi');
    });
  }

  test('saves as soon as the connection is back', async ({ page, context }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    await context.setOffline(true);
    await fullName(page).fill('Dana Levi');
    await expect(saveState(page)).toHaveText(t.onboarding.saved.retrying);
    await context.setOffline(false);
    await expect(saveState(page)).toHaveText(/^Saved at \d\d:\d\d$/);
    await expect(await reloaded(page)).toHaveValue('Dana Levi');
  });

  test('asks before a page with something unsaved is left', async ({ page }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    await onSave(page, failures['no answer']);
    await fullName(page).pressSequentially('Dana Levi');
    await expect(saveState(page)).toHaveText(t.onboarding.saved.retrying);
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await expect(fullName(page)).toHaveValue('Dana Levi');
  });

  test('an older save that arrives late does not overwrite newer typing', async ({ page, context }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    const late: Route[] = [];
    await onSave(page, async (route) => {
      if (late.length === 0) late.push(route);
      else await route.continue();
    });
    await fullName(page).pressSequentially('Dana');
    await expect.poll(() => late.length).toBe(1);
    await fullName(page).pressSequentially(' Levi');
    // Back online is a moment that does not wait for a save under way.
    await context.setOffline(true);
    await context.setOffline(false);
    await expect(saveState(page)).toHaveText(/^Saved at \d\d:\d\d$/);
    const answered = page.waitForResponse((response) => response.request() === late[0].request());
    await late[0].continue();
    await answered;
    await expect(await reloaded(page)).toHaveValue('Dana Levi');
  });

  test('a link clicked right after typing loses nothing', async ({ page }) => {
    await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    await onSave(page, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await fullName(page).pressSequentially('Dana Levi');
    await page.getByRole('link', { name: t.common.settings }).click();
    await expect(page).toHaveURL('/en/settings');
    await expect(fullName(page), 'the next page knows it').toHaveValue('Dana Levi');
  });

  test('a tab killed in the middle of typing loses nothing', async ({ page, browser }) => {
    const email = await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    await fullName(page).pressSequentially('Dana Lev');
    await page.close();

    const elsewhere = await browser.newPage();
    await elsewhere.goto('/en/login');
    await logIn(elsewhere, 'en', email);
    await expect(elsewhere).toHaveURL('/en/onboarding/profile');
    await expect(fullName(elsewhere)).toHaveValue('Dana Lev');
    await elsewhere.close();
  });

  test('what was typed before the script ran is saved too', async ({ page }) => {
    await newCustomer(page);
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/*.wasm', async (route) => {
      await released;
      await route.continue();
    });
    await page.goto('/en/onboarding/profile', { waitUntil: 'domcontentloaded' });
    await fullName(page).pressSequentially('Dana Levi');
    release();
    await expect(saveState(page)).toHaveText(/^Saved at \d\d:\d\d$/);
    await expect(await reloaded(page)).toHaveValue('Dana Levi');
  });

  test('after a log-out it waits for the log-in in another tab', async ({ page, context }) => {
    const email = await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    await context.clearCookies({ name: 'session' });
    await fullName(page).pressSequentially('Dana Levi');
    await expect(saveState(page)).toHaveText(t.onboarding.saved.signed_out);
    const opened = context.waitForEvent('page');
    await page.getByRole('link', { name: t.onboarding.saved.log_in_again }).click();
    await logIn(await opened, 'en', email);
    await expect(await opened).toHaveURL('/en/onboarding/profile');
    await expect(saveState(page)).toHaveText(/^Saved at \d\d:\d\d$/, { timeout: 10_000 });
    await expect(await reloaded(page)).toHaveValue('Dana Levi');
  });

  test('typing is not saved into an account that was logged in meanwhile', async ({ page, context }) => {
    const email = await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    const other = await context.newPage();
    await other.goto('/en/onboarding/profile');
    await other.getByRole('button', { name: t.common.log_out }).click();
    await signUp(other, 'en');
    await fullName(page).pressSequentially('Dana Levi');
    await expect(saveState(page)).toHaveText(t.onboarding.saved.other_account);
    await other.reload();
    await expect(fullName(other)).toHaveValue('');

    await other.getByRole('button', { name: t.common.log_out }).click();
    await logIn(other, 'en', email);
    await expect(saveState(page)).toHaveText(/^Saved at \d\d:\d\d$/, { timeout: 20_000 });
    await expect(await reloaded(page)).toHaveValue('Dana Levi');
  });

  test('the browser’s time zone is proposed', async ({ browser }) => {
    const page = await browser.newPage({ timezoneId: 'Europe/Paris' });
    await newCustomer(page);
    await openAwake(page, 'en', 'profile');
    await expect(field(page, t, 'profile', 'timezone')).toHaveValue('Europe/Paris');
    await page.close();
  });
});

test('without scripts nothing is promised, and "later" saves @no-script', async ({ page }) => {
  await newCustomer(page);
  await page.goto('/en/onboarding/profile');
  await expect(saveState(page)).toHaveText('');
  await fullName(page).fill('Dana Levi');
  await page.getByRole('button', { name: t.onboarding.later }).click();
  await expect(page.getByRole('heading', { name: t.onboarding.later_page.title })).toBeVisible();
  await page.getByRole('link', { name: t.onboarding.later_page.continue_button }).click();
  await expect(fullName(page)).toHaveValue('Dana Levi');
});
