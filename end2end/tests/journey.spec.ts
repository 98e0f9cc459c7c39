import { randomUUID } from 'node:crypto';
import { ANSWERS, ASKING, LOCALES, choice, continueButton, expect, field, fill, fillIn, goOn, option, sandboxState, signUp, test, tick, texts } from './support';

const VOICES = { en: 'Jenny', fr: 'Denise', he: 'Hila' };
const USUAL_HOURS = { en: 'Mon-Fri 09:00-18:00', fr: 'lun-ven 9h-18h', he: 'א׳-ה׳ 09:00-18:00' };
const HOURS = { ...USUAL_HOURS, he: 'ב׳-ו׳ 09:00-18:00' };

for (const locale of LOCALES) {
  const t = texts(locale);
  const words = (step: string, name: string) => choice(t, step, name, ANSWERS[step][name] as string);

  test(`sign-up to a number that Ava answers, ${locale}`, async ({ page }) => {
    test.slow();
    // Accounts of their own at both vendors.
    const key = `${randomUUID().slice(0, -4)}1234`;
    const twilio = { ...ANSWERS.twilio, account_sid: `AC${randomUUID().replaceAll('-', '')}` };
    const email = await signUp(page, locale);

    await expect(option(page, t, 'profile', 'locale', locale)).toBeChecked();
    await expect(field(page, t, 'profile', 'accept_terms')).not.toBeChecked();
    await expect(field(page, t, 'profile', 'marketing_opt_in')).not.toBeChecked();
    await fillIn(page, t, 'profile');
    await goOn(page, locale, 'vapi');

    await fillIn(page, t, 'vapi', { vapi_api_key: key });
    await goOn(page, locale, 'ava');

    await expect(option(page, t, 'ava', 'languages', locale)).toBeChecked();
    await fillIn(page, t, 'ava');
    await goOn(page, locale, 'twilio');

    await fillIn(page, t, 'twilio', twilio);
    await goOn(page, locale, 'telephony');

    await expect(field(page, t, 'telephony', 'number')).toHaveValue('+97231234567');
    await expect(field(page, t, 'telephony', 'business_hours')).toHaveValue(USUAL_HOURS[locale]);
    await expect(field(page, t, 'telephony', 'fallback_email')).toHaveValue(email);
    await fillIn(page, t, 'telephony');
    await goOn(page, locale, 'integrations');

    await fillIn(page, t, 'integrations');
    await goOn(page, locale, 'assistant');

    const greeting = fill(t.onboarding.assistant.default_greeting, { organization: 'Dana & Co' });
    await expect(field(page, t, 'assistant', 'voice').locator('option:checked')).toHaveText(VOICES[locale]);
    await expect(field(page, t, 'assistant', 'first_message')).toHaveValue(greeting);
    await expect(field(page, t, 'assistant', 'instructions')).toHaveValue(/Never give prices on the phone/);
    await goOn(page, locale, 'plan');

    await expect(option(page, t, 'plan', 'plan', 'free')).toBeChecked();
    await fillIn(page, t, 'plan');
    await goOn(page, locale, 'done');

    const { done } = t.onboarding.status;
    const reviews: Record<string, (string | RegExp)[]> = {
      profile: ['Dana Levi', 'Dana & Co', t.onboarding.profile.fields.industry.choices.beauty, 'Asia/Jerusalem',
        choice(t, 'profile', 'locale', locale), t.onboarding.done.yes, t.onboarding.done.no],
      vapi: ['****1234'],
      ava: [words('ava', 'persona'), 'Take the caller’s name and number', choice(t, 'ava', 'languages', locale),
        words('ava', 'tone'), 'Never give prices on the phone'],
      twilio: [twilio.account_sid, '****9876', '+97231234567'],
      telephony: ['+97231234567', HOURS[locale], email],
      integrations: [words('integrations', 'calendar'),
        ['slack', 'google-calendar'].map((app) => choice(t, 'integrations', 'workspace_apps', app)).join(', '),
        words('integrations', 'crm')],
      assistant: [t.common.product, VOICES[locale], greeting, /Never give prices on the phone/],
      plan: [words('plan', 'plan'), '3'],
    };
    for (const step of ASKING) {
      const review = page.getByRole('region', { name: t.onboarding[step].name, exact: true });
      await expect(review.locator('dd')).toHaveText(reviews[step]);
      await expect(review.locator('.status')).toHaveText(done);
      const change = `${t.onboarding.done.change} ${t.onboarding[step].name}`;
      await expect(review.getByRole('link', { name: change })).toHaveAttribute(
        'href', `/${locale}/onboarding/${step}?return=done`);
    }

    await page.getByRole('button', { name: t.onboarding.done.launch, exact: true }).click();
    await expect(page).toHaveURL(`/${locale}/ava-studio`);
    const live = page.getByRole('region', { name: t.studio.live_title });
    await expect(live).toContainText('+97231234567');
    await expect(live.locator('bdi, p').first()).toBeVisible();
    const { assistants, phone_numbers: numbers } = await sandboxState(page, key);
    expect(assistants).toHaveLength(1);
    expect(numbers).toMatchObject([{ number: '+97231234567', assistantId: assistants[0].id }]);
    expect(assistants[0]).toMatchObject({
      firstMessage: greeting,
      transcriber: { language: locale },
      voice: { voiceId: expect.stringContaining(VOICES[locale]) },
    });

    await page.getByLabel(t.fields.customer_number.label, { exact: true }).fill('+972 3 765 4321');
    await page.getByRole('button', { name: t.studio.test_button }).click();
    const call = page.getByRole('region', { name: t.studio.calls_title }).getByRole('listitem');
    await expect(async () => {
      if (!test.info().project.use.javaScriptEnabled) await page.reload();
      await expect(call.locator('.call-status')).toHaveText(t.studio.status.ended, { timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await page.goto(`/${locale}/onboarding`);
    await expect(page, 'the studio is home now').toHaveURL(`/${locale}/ava-studio`);
  });

  test(`skip everything and finish, ${locale}`, async ({ page }) => {
    await signUp(page, locale);
    for (const step of ASKING) {
      await expect(page).toHaveURL(`/${locale}/onboarding/${step}`);
      await page.getByRole('button', { name: t.onboarding.skip, exact: true }).click();
    }
    await expect(page).toHaveURL(`/${locale}/onboarding/done`);
    await expect(page.locator('.review .status')).toHaveText(ASKING.map(() => t.onboarding.status.skipped));
    await expect(field(page, t, 'profile', 'accept_terms')).not.toBeChecked();

    await page.getByRole('button', { name: t.onboarding.done.finish }).click();
    await expect(page).toHaveURL(`/${locale}/ava-studio`);
    const missing = page.getByRole('region', { name: t.studio.not_live_title });
    const blockers = ['terms', 'vapi_key', 'twilio_credentials', 'number', 'assistant'];
    await expect(missing.getByRole('link')).toHaveText(blockers.map((name) => t.onboarding.blockers[name].link));

    await missing.getByRole('link', { name: t.onboarding.blockers.number.link }).click();
    await expect(page.getByText(t.onboarding.skipped_notice)).toBeVisible();
    await expect(continueButton(page, t)).toBeVisible();

    for (const [step, next] of [['profile', 'vapi'], ['ava', 'twilio']] as const) {
      await page.goto(`/${locale}/onboarding/${step}`);
      await fillIn(page, t, step);
      await goOn(page, locale, next);
    }
    await page.goto(`/${locale}/onboarding/assistant`);
    const greeting = fill(t.onboarding.assistant.default_greeting, { organization: 'Dana & Co' });
    await expect(field(page, t, 'assistant', 'first_message'), 'made of what came later').toHaveValue(greeting);
    await expect(field(page, t, 'assistant', 'instructions')).toHaveValue(/Never give prices on the phone/);
  });
}

test('the terms can be accepted at the very end', async ({ page }) => {
  const t = texts('en');
  await signUp(page, 'en');
  await page.goto('/en/onboarding/done');
  await tick(field(page, t, 'profile', 'accept_terms'));
  await page.getByRole('button', { name: t.onboarding.done.finish }).click();
  const missing = page.getByRole('region', { name: t.studio.not_live_title });
  await expect(missing).not.toContainText(t.onboarding.blockers.terms.text);
  await expect(missing).toContainText(t.onboarding.blockers.vapi_key.text);
});
