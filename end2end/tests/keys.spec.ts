import { ANSWERS, LOCALES, TWILIO_TOKEN, VAPI_KEY, continueButton, expect, field, fill, fillIn, goOn, newCustomer, test, texts } from './support';

const SHOWN = { vapi: '****1234', twilio: '****9876' };
const SECRET = { vapi: VAPI_KEY, twilio: TWILIO_TOKEN };
const NAME = { vapi: 'vapi_api_key', twilio: 'auth_token' };

for (const step of ['vapi', 'twilio'] as const) {
  test(`a key entered in step ${step} is shown by its end only`, async ({ page }) => {
    const t = texts('en');
    const next = step === 'vapi' ? 'ava' : 'telephony';
    await newCustomer(page);
    await page.goto(`/en/onboarding/${step}`);
    await fillIn(page, t, step);
    await goOn(page, 'en', next);

    for (const path of [`/onboarding/${step}`, '/onboarding/done', `/settings?section=${step}`, '/ava-studio']) {
      const answer = await page.goto(`/en${path}`);
      expect(await answer!.text(), path).not.toContain(SECRET[step]);
    }
    await page.goto(`/en/onboarding/${step}`);
    await expect(page.locator('.stored bdi')).toHaveText(SHOWN[step]);
    await expect(field(page, t, step, NAME[step])).toHaveValue('');
    await goOn(page, 'en', next);
    await page.goto(`/en/onboarding/${step}`);
    await expect(page.locator('.stored bdi'), 'an empty field keeps it').toHaveText(SHOWN[step]);
  });

  for (const locale of LOCALES) {
    test(`the settings lead back to step ${step}, ${locale}`, async ({ page }) => {
      const t = texts(locale);
      await newCustomer(page, locale);
      await page.goto(`/${locale}/onboarding/${step}`);
      await page.getByRole('link', { name: t.onboarding.secret.way_settings_link }).click();
      await expect(page).toHaveURL(`/${locale}/settings?section=${step}&returnTo=onboarding`);

      await page.getByRole('button', { name: t.settings.save, exact: true }).click();
      await expect(page.locator('.summary'), 'nothing entered is refused here').toBeFocused();
      await fillIn(page, t, step);
      await page.getByRole('button', { name: t.settings.save, exact: true }).click();
      await expect(page.getByText(t.settings.saved, { exact: true })).toBeVisible();

      const back = fill(t.settings.back_to_step, { step: t.onboarding[step].name });
      await page.getByRole('link', { name: back }).click();
      await expect(page).toHaveURL(`/${locale}/onboarding/${step}`);
      await expect(page.locator('.stored bdi')).toHaveText(SHOWN[step]);
    });
  }
}

test('a stored key can be replaced and removed', async ({ page }) => {
  const t = texts('en');
  await newCustomer(page);
  for (const [key, end] of [[VAPI_KEY, '****1234'], ['another-private-key-9999', '****9999']]) {
    await page.goto('/en/onboarding/vapi');
    await field(page, t, 'vapi', 'vapi_api_key').fill(key);
    await goOn(page, 'en', 'ava');
    await page.goto('/en/onboarding/vapi');
    await expect(page.locator('.stored bdi')).toHaveText(end);
  }
  await page.getByText(t.onboarding.secret.remove, { exact: true }).click();
  await page.getByRole('button', { name: t.onboarding.vapi.remove_button }).click();
  await expect(page.getByText(t.settings.removed, { exact: true })).toBeVisible();
  await expect(page.locator('.stored')).toHaveCount(0);
});

test('a key that cannot be one is refused at once, beside what else was typed', async ({ page }) => {
  const t = texts('en');
  await newCustomer(page);
  await page.goto('/en/onboarding/twilio');
  await fillIn(page, t, 'twilio', { ...ANSWERS.twilio, auth_token: 'clé' });
  await continueButton(page, t).click();
  await expect(page.locator('.summary')).toBeFocused();
  await expect(page.locator('#auth_token-error')).toContainText(t.onboarding.twilio.fields.auth_token.problem);
  await expect(field(page, t, 'twilio', 'account_sid')).toHaveValue(ANSWERS.twilio.account_sid as string);
  await expect(field(page, t, 'twilio', 'auth_token')).toHaveValue('');
});
