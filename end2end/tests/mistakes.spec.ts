import { ANSWERS, LOCALES, MISTAKES, expect, field, fillIn, goOn, newCustomer, openAwake, option, save, test, tick, texts } from './support';

for (const locale of LOCALES) {
  const t = texts(locale);
  const { number, business_hours, fallback_email } = t.onboarding.telephony.fields;
  const problems = {
    number: number.problem,
    business_hours: business_hours.problem,
    fallback_email: fallback_email.problem,
  };

  test(`nonsense never stops Continue and is pointed out beside its field, ${locale}`, async ({ page }) => {
    await newCustomer(page, locale);
    await page.goto(`/${locale}/onboarding/telephony`);
    await fillIn(page, t, 'telephony', MISTAKES.telephony);
    await goOn(page, locale, 'integrations');

    const attention = page.getByRole('status').filter({ hasText: t.onboarding.attention_title });
    await attention.getByRole('link', { name: t.onboarding.telephony.name }).click();
    await expect(page).toHaveURL(`/${locale}/onboarding/telephony`);
    await expect(page).toHaveTitle(new RegExp(`^${t.common.title_error_prefix}`));
    const summary = page.getByRole('alert', { name: t.common.there_is_a_problem });
    await expect(summary.getByRole('listitem')).toHaveText(Object.values(problems));
    for (const [name, problem] of Object.entries(problems)) {
      const input = field(page, t, 'telephony', name);
      await expect(input).toHaveValue(MISTAKES.telephony[name] as string);
      await expect(input).toHaveAttribute('aria-invalid', 'true');
      await expect(input).toHaveAccessibleDescription(new RegExp(escaped(problem)));
      await summary.getByRole('link', { name: problem }).click();
      await expect(input).toBeFocused();
    }

    await fillIn(page, t, 'telephony', { ...ANSWERS.telephony, number: '+33 1 23 45 67 89', fallback_email: '' });
    await goOn(page, locale, 'integrations');
    await expect(page.getByText(t.onboarding.attention_title)).toHaveCount(0);
  });

  test(`a mistake is named as the field is left and goes once it is mended, ${locale} @script`, async ({ page }) => {
    await newCustomer(page, locale);
    await openAwake(page, locale, 'telephony');
    for (const [name, problem] of Object.entries(problems)) {
      const input = field(page, t, 'telephony', name);
      const error = page.locator(`#${name}-error`);
      await input.fill(MISTAKES.telephony[name] as string);
      await expect(error, 'not while typing').toBeHidden();
      await input.press('Tab');
      await expect(error).toBeVisible();
      await expect(error.locator('.error-text'), 'the words of the server').toHaveText(problem);
      await expect(input).toHaveAttribute('aria-invalid', 'true');
      await expect(input).toHaveAccessibleDescription(new RegExp(escaped(problem)));
      await input.fill({ number: '+33 1 23 45 67 89', business_hours: 'Mon-Fri 9-18' }[name] ?? 'desk@example.com');
      await expect(error).toBeHidden();
      await expect(input).not.toHaveAttribute('aria-invalid');
    }
  });
}

test('a mistake between two fields goes when either is mended @script', async ({ page }) => {
  const t = texts('en');
  await newCustomer(page);
  await openAwake(page, 'en', 'plan');
  await field(page, t, 'plan', 'seats').fill('3');
  await page.keyboard.press('Tab');
  const error = page.locator('#seats-error');
  await expect(error).toContainText(t.onboarding.plan.fields.seats.problems.conflicting);
  await tick(option(page, t, 'plan', 'plan', 'pro'));
  await expect(error).toBeHidden();
});

test('a missing choice is named until one is made @script', async ({ page }) => {
  const t = texts('en');
  await newCustomer(page);
  await save(page, 'en', 'ava', { job_to_be_done: 'Take a message' });
  await openAwake(page, 'en', 'ava');
  const tones = page.getByRole('group', { name: t.onboarding.ava.fields.tone.label });
  await expect(tones).toHaveAccessibleDescription(`${t.common.error_prefix} ${t.onboarding.ava.fields.tone.problem}`);
  await tick(option(page, t, 'ava', 'tone', 'warm'));
  await expect(page.locator('#tone-error')).toBeHidden();
  await expect(tones).toHaveAccessibleDescription('');
});

test('every step names everything that is missing or wrong', async ({ page }) => {
  const t = texts('en');
  await newCustomer(page);
  for (const [step, mistakes] of Object.entries(MISTAKES)) {
    await save(page, 'en', step as keyof typeof ANSWERS & 'profile', mistakes);
    await page.goto(`/en/onboarding/${step}`);
    const links = page.getByRole('alert', { name: t.common.there_is_a_problem }).getByRole('link');
    await expect(links.first()).toBeVisible();
    for (const link of await links.all()) {
      const target = (await link.getAttribute('href'))!.slice(1);
      await expect(page.locator(`#${target}-error`)).toContainText((await link.textContent())!);
      await link.click();
      await expect(page.locator(`#${target}`)).toBeFocused();
    }
  }
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
