import { randomUUID } from 'node:crypto';
import { ANSWERS, LOCALES, STEPS, continueButton, expect, field, fillIn, goOn, newCustomer, save, test, texts } from './support';

for (const locale of LOCALES) {
  const t = texts(locale);

  test(`a key that Vapi refuses says which and is not stored, ${locale}`, async ({ page }) => {
    await newCustomer(page, locale);
    await page.goto(`/${locale}/onboarding/vapi`);
    const problems = t.onboarding.vapi.fields.vapi_api_key.problems;
    for (const [key, words] of [['wrong-1', problems.refused], ['public-1', problems.public_key]]) {
      await fillIn(page, t, 'vapi', { vapi_api_key: key });
      await continueButton(page, t).click();
      await expect(page.locator('.summary')).toContainText(words);
      await expect(field(page, t, 'vapi', 'vapi_api_key')).toHaveValue('');
    }
    await expect(page.locator('.stored')).toHaveCount(0);
  });

  test(`a silent vendor offers to store the key unchecked, ${locale}`, async ({ page }) => {
    await newCustomer(page, locale);
    await page.goto(`/${locale}/onboarding/vapi`);
    await fillIn(page, t, 'vapi', { vapi_api_key: 'down-1234' });
    await continueButton(page, t).click();
    await page.getByRole('button', { name: t.onboarding.secret.store_unchecked }).click();
    await expect(page).toHaveURL(`/${locale}/onboarding/ava`);
    await page.goto(`/${locale}/onboarding/vapi`);
    await expect(page.locator('.stored')).toContainText(t.onboarding.secret.unchecked);
    await page.getByRole('button', { name: t.onboarding.secret.check_again }).click();
    await expect(page.getByText(t.onboarding.secret.check_silent.replace('{{ vendor }}', 'Vapi'))).toBeVisible();
  });
}

test('every page says that the vendors are a sandbox', async ({ page }) => {
  const t = texts('en');
  await newCustomer(page);
  for (const path of ['', '/help', `/onboarding/${STEPS[0]}`, '/ava-studio']) {
    await page.goto(`/en${path}`);
    await expect(page.getByText(t.common.sandbox)).toBeVisible();
  }
});

test('a number of the account is chosen with its button', async ({ page }) => {
  const t = texts('en');
  await newCustomer(page);
  await save(page, 'en', 'twilio', { ...ANSWERS.twilio, account_sid: `AC${randomUUID().replaceAll('-', '')}` });
  await page.goto('/en/onboarding/telephony');
  await expect(page.locator('.numbers')).toContainText('+33123456789');
  await expect(page.locator('.numbers')).not.toContainText('+14155550122');
  await page.locator('.numbers li', { hasText: '+14155550111' }).getByRole('button').click();
  await expect(field(page, t, 'telephony', 'number')).toHaveValue('+14155550111');
  await expect(page.getByText('pbx.example.com').first()).toBeVisible();
  await goOn(page, 'en', 'integrations');
});
