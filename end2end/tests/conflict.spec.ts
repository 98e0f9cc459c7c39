import type { Page } from '@playwright/test';
import { LOCALES, continueButton, expect, field, fill, goOn, newCustomer, openAwake, saveState, test, texts } from './support';

for (const locale of LOCALES) {
  const t = texts(locale);
  const savedAt = new RegExp(fill(t.onboarding.saved.saved_at, { time: '\\d\\d:\\d\\d' }));
  const name = (page: Page) => field(page, t, 'profile', 'full_name');

  /** Types in two windows of the same step; ends where the second shows both versions. */
  async function disagree(page: Page, javaScriptEnabled: boolean): Promise<Page> {
    const other = await page.context().newPage();
    if (javaScriptEnabled) {
      for (const window of [page, other]) await openAwake(window, locale, 'profile');
      await name(page).fill('Anna');
      await expect(saveState(page)).toHaveText(savedAt);
      await name(other).fill('Berta');
      await expect(saveState(other)).toHaveText(t.onboarding.saved.conflict);
      await other.getByRole('button', { name: t.onboarding.saved.compare }).click();
    } else {
      for (const window of [page, other]) await window.goto(`/${locale}/onboarding/profile`);
      await name(page).fill('Anna');
      await goOn(page, locale, 'vapi');
      await name(other).fill('Berta');
      await continueButton(other, t).click();
    }
    const summary = other.getByRole('alert', { name: t.onboarding.conflict.title });
    await expect(summary).toBeFocused();
    await expect(name(other)).toHaveValue('Berta');
    await expect(other.locator('.theirs')).toHaveText([`${t.onboarding.conflict.theirs} Anna`]);
    return other;
  }

  test(`two windows that disagree: mine is kept, ${locale}`, async ({ page, javaScriptEnabled }) => {
    await newCustomer(page, locale);
    const other = await disagree(page, javaScriptEnabled);
    await goOn(other, locale, 'vapi');
    await page.goto(`/${locale}/onboarding/profile`);
    await expect(name(page)).toHaveValue('Berta');
  });

  test(`two windows that disagree: theirs is kept, ${locale}`, async ({ page, javaScriptEnabled }) => {
    await newCustomer(page, locale);
    const other = await disagree(page, javaScriptEnabled);
    await other.getByRole('link', { name: t.onboarding.conflict.keep_theirs }).click();
    await expect(other.getByRole('alert', { name: t.onboarding.conflict.title })).toHaveCount(0);
    await expect(name(other)).toHaveValue('Anna');
  });
}
