import { shared } from '../playwright.config';
import { LOCALES, VAPI_KEY, expect, field, goOn, newCustomer, test, texts } from './support';

for (const locale of LOCALES) {
  test(`without accounts of one's own the shared ones are chosen, ${locale}`, async ({ page }) => {
    const t = texts(locale);
    const button = page.getByRole('button', { name: t.onboarding.secret.way_shared_button, exact: true });
    await newCustomer(page, locale);
    await page.goto(`/${locale}/onboarding/twilio`);
    await expect(button, 'only beside the shared key of Vapi').toHaveCount(0);

    await page.goto(`/${locale}/onboarding/vapi`);
    await field(page, t, 'vapi', 'vapi_api_key').fill('half a key');
    await button.click();
    await expect(page).toHaveURL(`/${locale}/onboarding/ava`);
    await page.goto(`/${locale}/onboarding/twilio`);
    await button.click();
    await expect(page).toHaveURL(`/${locale}/onboarding/telephony`);

    for (const path of ['/onboarding/vapi', '/onboarding/twilio', '/settings?section=vapi', '/settings?section=twilio']) {
      const html = await (await page.goto(`/${locale}${path}`))!.text();
      for (const secret of Object.values(shared)) expect(html, path).not.toContain(secret);
      await expect(page.getByText(t.onboarding.secret.shared_in_use), path).toBeVisible();
      await expect(button, path).toHaveCount(0);
    }
  });
}

test("a key of one's own takes the place of the shared one", async ({ page }) => {
  const t = texts('en');
  await newCustomer(page);
  await page.goto('/en/settings?section=vapi');
  await page.getByRole('button', { name: t.onboarding.secret.way_shared_button, exact: true }).click();
  await expect(page.getByText(t.onboarding.secret.shared_in_use)).toBeVisible();

  await page.goto('/en/onboarding/vapi');
  await field(page, t, 'vapi', 'vapi_api_key').fill(VAPI_KEY);
  await goOn(page, 'en', 'ava');
  await page.goto('/en/onboarding/vapi');
  await expect(page.locator('.stored bdi')).toHaveText('****1234');
  await expect(page.getByText(t.onboarding.secret.shared_in_use)).toHaveCount(0);
});
