import { randomUUID } from 'node:crypto';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { ANSWERS, ASKING, LOCALES, MISTAKES, PRIVATE_PAGES, PUBLIC_PAGES, type Locale, continueButton, expect, field, newCustomer, save, test, texts } from './support';

// Every rule on many pages, in two colours.
test.describe.configure({ timeout: 180_000 });

/** Checks all rules in light colours; only the rules of colour can differ in dark ones. */
async function expectAccessible(page: Page) {
  const checks: [colours: 'light' | 'dark', axe: AxeBuilder][] = [
    ['light', new AxeBuilder({ page }).options({ rules: { 'target-size': { enabled: true } } })],
    ['dark', new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block'])],
  ];
  for (const [colorScheme, axe] of checks) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await axe.setLegacyMode().analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
    expect.soft(found, `${page.url()} in ${colorScheme} colours`).toEqual([]);
  }
}

async function makeEveryMistake(page: Page, locale: Locale) {
  for (const step of ASKING) await save(page, locale, step, MISTAKES[step]);
}

for (const locale of LOCALES) {
  const t = texts(locale);

  test(`pages for visitors are accessible, ${locale} @script`, async ({ page }) => {
    for (const path of PUBLIC_PAGES) {
      await page.goto(`/${locale}${path}`);
      await expectAccessible(page);
    }
    await page.goto(`/${locale}/signup`);
    await page.getByRole('button', { name: t.account.sign_up_button }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expectAccessible(page);
  });

  test(`steps are accessible, ${locale} @script`, async ({ page }) => {
    await newCustomer(page, locale);
    for (const path of PRIVATE_PAGES.filter((path) => path.startsWith('/onboarding'))) {
      await page.goto(`/${locale}${path}`);
      await expectAccessible(page);
    }
  });

  test(`steps with mistakes are accessible, ${locale} @script`, async ({ page }) => {
    await newCustomer(page, locale);
    await makeEveryMistake(page, locale);
    for (const step of [...ASKING, 'done']) {
      await page.goto(`/${locale}/onboarding/${step}`);
      await expectAccessible(page);
    }
  });

  test(`tokens are accessible, ${locale} @script`, async ({ page }) => {
    await newCustomer(page, locale);
    await page.goto(`/${locale}/settings?section=api`);
    await page.getByLabel(t.fields.token_name.label, { exact: true }).fill('CRM');
    await page.getByRole('button', { name: t.settings.token_button }).click();
    await expect(page.locator('.token')).toBeVisible();
    await expectAccessible(page);
  });

  test(`what the vendors say is accessible, ${locale} @script`, async ({ page }) => {
    await newCustomer(page, locale);
    await save(page, locale, 'profile', { ...ANSWERS.profile, locale });
    await page.goto(`/${locale}/onboarding/vapi`);
    await field(page, t, 'vapi', 'vapi_api_key').fill('down-1234');
    await continueButton(page, t).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await expectAccessible(page);

    await save(page, locale, 'vapi', { vapi_api_key: randomUUID() });
    await save(page, locale, 'ava', { ...ANSWERS.ava, languages: [locale] });
    await save(page, locale, 'twilio', { ...ANSWERS.twilio, account_sid: `AC${randomUUID().replaceAll('-', '')}` });
    await save(page, locale, 'telephony', { ...ANSWERS.telephony, number: '+14155550111' });
    await page.goto(`/${locale}/onboarding/telephony`);
    await expect(page.locator('.numbers')).toBeVisible();
    await expectAccessible(page);
    await page.goto(`/${locale}/onboarding/assistant`);
    await continueButton(page, t).click();
    await page.goto(`/${locale}/onboarding/done`);
    await page.getByRole('button', { name: t.onboarding.done.launch, exact: true }).click();
    await expect(page.getByRole('region', { name: t.studio.live_title })).toBeVisible();
    await page.getByLabel(t.fields.customer_number.label, { exact: true }).fill('+972 3 765 4321');
    await page.getByRole('button', { name: t.studio.test_button }).click();
    await expect(page.locator('.call-status')).toHaveText(t.studio.status.ended, { timeout: 15_000 });
    await page.locator('summary').click();
    await expectAccessible(page);
    await page.goto(`/${locale}/settings?section=security`);
    await page.locator('summary').click();
    await expectAccessible(page);
  });

  test(`settings, studio and conflicts are accessible, ${locale} @script`, async ({ page, context }) => {
    await newCustomer(page, locale);
    await save(page, locale, 'vapi', ANSWERS.vapi);
    await save(page, locale, 'twilio', ANSWERS.twilio);
    for (const path of PRIVATE_PAGES.filter((path) => !path.startsWith('/onboarding'))) {
      await page.goto(`/${locale}${path}`);
      await expectAccessible(page);
    }
    await page.goto(`/${locale}/onboarding/ava`);
    await field(page, t, 'ava', 'guidelines').fill('mine');
    await save(page, locale, 'ava', { guidelines: 'theirs' });
    await continueButton(page, t).click();
    await expect(page.getByRole('alert', { name: t.onboarding.conflict.title })).toBeVisible();
    await expectAccessible(page);
    await context.clearCookies({ name: 'session' });
    await continueButton(page, t).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(t.common.held.signed_out_title);
    await expectAccessible(page);
  });

  test(`nothing runs out of 320 pixels, and targets are large, ${locale} @script`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    const look = async (path: string) => {
      await page.goto(`/${locale}${path}`);
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
      expect.soft(await page.evaluate(smallTargets), path).toEqual([]);
    };
    for (const path of PUBLIC_PAGES) await look(path);
    await newCustomer(page, locale);
    await makeEveryMistake(page, locale);
    // The review shows what was understood: words that have no place to break.
    const long = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(2);
    await save(page, locale, 'profile', { ...MISTAKES.profile, organization_name: long });
    await save(page, locale, 'twilio', ANSWERS.twilio);
    for (const path of PRIVATE_PAGES) await look(path);
  });
}

/** Controls smaller than 24 by 24 pixels, except links in a sentence and what only screen readers see. */
const smallTargets = () =>
  [...document.querySelectorAll<HTMLElement>('a, button, input, select, textarea, summary')]
    .filter((element) => element.checkVisibility() && getComputedStyle(element).display !== 'inline')
    .map((element) => element.closest<HTMLElement>('.option') ?? element)
    .filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      return width < 24 || height < 24;
    })
    .map((element) => element.outerHTML);

async function tabTo(page: Page, name: string) {
  const focused = page.locator(':focus');
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if ((await focused.getAttribute('id')) === name || (await focused.textContent()) === name) return;
  }
  throw new Error(`Tab does not reach ${name}`);
}

test('sign-up and step 1 by keyboard alone', async ({ page }) => {
  const t = texts('en');
  await page.goto('/en');
  await tabTo(page, t.common.landing.start);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/en/signup');
  await tabTo(page, 'email');
  await page.keyboard.type(`${crypto.randomUUID()}@example.com`);
  await tabTo(page, 'password');
  await page.keyboard.type('four plain words here');
  await page.keyboard.press('Enter');

  await expect(page).toHaveURL('/en/onboarding/profile');
  await tabTo(page, 'full_name');
  await page.keyboard.type('Dana Levi');
  await tabTo(page, 'organization_name');
  await page.keyboard.type('Dana & Co');
  await tabTo(page, 'industry');
  await page.keyboard.type('Beauty');
  await tabTo(page, 'timezone');
  await page.keyboard.type('Europe/Pa');
  await tabTo(page, 'accept_terms');
  await page.keyboard.press('Space');
  await tabTo(page, t.onboarding.save_and_continue);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/en/onboarding/vapi');
  await page.goto('/en/onboarding/later');
  await expect(page.locator('.tasks .status').first()).toHaveText(t.onboarding.status.done);
});

/** How the focused element is shown. */
const focus = () => {
  const element = document.activeElement!;
  const shown = element.closest('.option') ?? element;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const [{ left, top, width, height }] = element.getClientRects();
  const hit = document.elementFromPoint(left + width / 2, top + height / 2);
  return {
    element: element.outerHTML,
    isLast: element === [...document.querySelectorAll('a')].at(-1),
    isMarked: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
    isCovered: !(hit && (element.contains(hit) || shown.contains(hit))),
  };
};

for (const [path, width] of [['/he/onboarding/profile', 360], ['/en/onboarding/twilio', 1280], ['/fr/onboarding/done', 1280]] as const) {
  test(`the focus is always seen, ${path} at ${width}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 640 });
    await newCustomer(page, path.slice(1, 3) as Locale);
    await page.goto(path);
    for (let isLast = false; !isLast; ) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(focus);
      expect.soft(seen, seen.element).toMatchObject({ isMarked: true, isCovered: false });
      isLast = seen.isLast;
    }
  });
}

test('the skip link leads past the header', async ({ page }) => {
  await page.goto('/en/login');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: texts('en').common.skip_link })).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
});
