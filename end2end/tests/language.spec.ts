import { LOCALES, OWN_NAMES, PRIVATE_PAGES, PUBLIC_PAGES, expect, logIn, newCustomer, test, tick, texts } from './support';

test('every page declares language and direction with its first bytes @no-script', async ({ page }) => {
  await newCustomer(page);
  for (const path of [...PUBLIC_PAGES, ...PRIVATE_PAGES]) {
    for (const locale of LOCALES) {
      const answer = await page.request.get(`/${locale}${path}`, { maxRedirects: 0 });
      if (answer.status() === 303) continue; // log-in and sign-up send a customer on
      const dir = locale === 'he' ? 'rtl' : 'ltr';
      expect((await answer.text()).slice(0, 60), path).toContain(`<!DOCTYPE html><html lang="${locale}" dir="${dir}">`);
    }
  }
});

test('another language keeps page and query', async ({ page }) => {
  await newCustomer(page);
  for (const query of ['/onboarding/telephony?return=done', '/settings?section=twilio&returnTo=onboarding']) {
    await page.goto(`/en${query}`);
    for (const locale of ['fr', 'he', 'en'] as const) {
      await page.getByRole('link', { name: OWN_NAMES[locale], exact: true }).click();
      await expect(page).toHaveURL(`/${locale}${query}`);
      const t = texts(locale);
      const heading = query.startsWith('/settings') ? t.settings.title : t.onboarding.telephony.title;
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
    }
  }
});

test('another language keeps the section of the settings after a refusal', async ({ page }) => {
  await newCustomer(page);
  await page.goto('/en/settings?section=vapi&returnTo=onboarding');
  await page.getByRole('button', { name: texts('en').settings.save, exact: true }).click();
  await expect(page.locator('.summary')).toBeVisible();
  await page.getByRole('link', { name: OWN_NAMES.fr, exact: true }).click();
  await expect(page).toHaveURL('/fr/settings?section=vapi&returnTo=onboarding');
});

test('the account follows its customer into another language', async ({ page, browser }) => {
  const email = await newCustomer(page);
  await page.goto('/en/onboarding/ava');
  await page.getByRole('link', { name: OWN_NAMES.he, exact: true }).click();
  await expect(page).toHaveURL('/he/onboarding/ava');

  const elsewhere = await browser.newPage({ locale: 'en-US' });
  await elsewhere.goto('/en/login');
  await logIn(elsewhere, 'en', email);
  await elsewhere.goto('/');
  await expect(elsewhere).toHaveURL('/he');
  await elsewhere.close();
});

test('choosing another language in step 1 goes on in it', async ({ page }) => {
  await newCustomer(page);
  await page.goto('/en/onboarding/profile');
  await tick(page.getByRole('group', { name: texts('en').onboarding.profile.fields.locale.label }).getByLabel(OWN_NAMES.he));
  await page.getByRole('button', { name: texts('en').onboarding.save_and_continue }).click();
  await expect(page).toHaveURL('/he/onboarding/vapi');
});

test('a first visit begins in the language of the browser', async ({ browser }) => {
  for (const [locale, spoken] of Object.entries({ en: 'de-DE', fr: 'fr-CA', he: 'he-IL' })) {
    const page = await browser.newPage({ locale: spoken });
    await page.goto('/');
    await expect(page).toHaveURL(`/${locale}`);
    await page.close();
  }
});
