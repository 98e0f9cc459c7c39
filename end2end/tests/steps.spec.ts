import { ANSWERS, LOCALES, STEPS, type Step, continueButton, expect, field, fill, fillIn, goOn, logIn, newCustomer, save, signUp, test, tick, texts } from './support';

const t = texts('en');

for (const locale of LOCALES) {
  test(`wide windows list the steps as links, narrow ones say only which it is, ${locale}`, async ({ page }) => {
    // Each page twice.
    test.slow();
    const { onboarding } = texts(locale);
    await newCustomer(page, locale);
    await page.goto(`/${locale}/onboarding/done`);
    const list = page.getByRole('navigation', { name: onboarding.steps_nav });
    for (const [index, step] of STEPS.entries()) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await list.getByRole('link', { name: onboarding[step].name, exact: true }).click();
      await expect(page).toHaveURL(`/${locale}/onboarding/${step}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(onboarding[step].title);
      await expect(list.locator('[aria-current=step]')).toContainText(onboarding[step].name);
      await expect(list.getByRole('link')).toHaveCount(STEPS.length - 1);

      await page.setViewportSize({ width: 360, height: 800 });
      await expect(list).toBeHidden();
      await expect(page.getByText(fill(onboarding.progress, { number: index + 1, steps: STEPS.length }), { exact: true })).toBeVisible();
      if (step === 'profile') await page.goto(`/${locale}/onboarding/done`);
    }
  });
}

test('the list says where each step stands, on any device', async ({ page, browser }) => {
  const email = await newCustomer(page);
  await save(page, 'en', 'profile', { ...ANSWERS.profile, locale: 'en' });
  await save(page, 'en', 'vapi', {}, 'skip');
  await save(page, 'en', 'ava', { job_to_be_done: 'x' }, 'later');
  await save(page, 'en', 'plan', { plan: 'free', seats: '99' });

  const elsewhere = await browser.newPage();
  await elsewhere.goto('/en/login');
  await logIn(elsewhere, 'en', email);
  await expect(elsewhere, 'the first step neither done nor skipped').toHaveURL('/en/onboarding/ava');
  await elsewhere.goto('/en/onboarding/later');
  const { done, skipped, in_progress, not_started, cannot_start, needs_attention } = t.onboarding.status;
  const statuses: Partial<Record<Step, string>> = {
    profile: done, vapi: skipped, ava: in_progress, assistant: cannot_start, plan: needs_attention,
  };
  await expect(elsewhere.locator('.tasks .status')).toHaveText(STEPS.map((step) => statuses[step] ?? not_started));
  await elsewhere.close();
});

test('a double click on Continue saves and goes on once', async ({ page }) => {
  await newCustomer(page);
  await page.goto('/en/onboarding/profile');
  await fillIn(page, t, 'profile');
  await continueButton(page, t).dblclick();
  await expect(page).toHaveURL('/en/onboarding/vapi');
  await page.goto('/en/onboarding/profile');
  await expect(field(page, t, 'profile', 'full_name')).toHaveValue('Dana Levi');
  await expect(page.locator('.theirs')).toHaveCount(0);
});

test('a double click on Finish finishes once', async ({ page }) => {
  await newCustomer(page);
  await page.goto('/en/onboarding/done');
  await page.getByRole('button', { name: t.onboarding.done.finish }).dblclick();
  await expect(page).toHaveURL('/en/ava-studio');
  await page.goto('/en/onboarding/done');
  await expect(page.getByText(t.onboarding.done.completed_notice)).toBeVisible();
});

test('Enter in a field means Continue', async ({ page }) => {
  await newCustomer(page);
  await page.goto('/en/onboarding/profile');
  await fillIn(page, t, 'profile');
  await field(page, t, 'profile', 'full_name').press('Enter');
  await expect(page).toHaveURL('/en/onboarding/vapi');
});

// Without scripts Chromium puts typed text back by itself; a page cannot ask it not to.
test('Back in the browser shows the earlier step as it was saved last @script', async ({ page }) => {
  await signUp(page, 'en');
  await field(page, t, 'profile', 'full_name').fill('Dana');
  await goOn(page, 'en', 'vapi');
  await save(page, 'en', 'profile', { full_name: 'Dana Levi' }, 'later');
  await page.goBack();
  await expect(page).toHaveURL('/en/onboarding/profile');
  await expect(field(page, t, 'profile', 'full_name')).toHaveValue('Dana Levi');
  await field(page, t, 'profile', 'organization_name').fill('Dana & Co');
  await goOn(page, 'en', 'vapi');
});

test('an answer changed from the review leads back there', async ({ page }) => {
  await newCustomer(page);
  await page.goto('/en/onboarding/done');
  await page.getByRole('link', { name: `${t.onboarding.done.change} ${t.onboarding.plan.name}` }).click();
  await fillIn(page, t, 'plan');
  await goOn(page, 'en', 'done');
  const plan = page.getByRole('region', { name: t.onboarding.plan.name, exact: true });
  await expect(plan.locator('dd')).toHaveText([t.onboarding.plan.fields.plan.choices.pro, '3']);
});

test('later says how to come back and leads back to the step', async ({ page }) => {
  const email = await newCustomer(page);
  await page.goto('/en/onboarding/profile');
  await field(page, t, 'profile', 'full_name').fill('Dana');
  await page.getByRole('button', { name: t.onboarding.later }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(t.onboarding.later_page.title);
  await expect(page.locator('main .lead')).toContainText(email);
  await page.getByRole('link', { name: t.onboarding.later_page.continue_button }).click();
  await expect(page).toHaveURL('/en/onboarding/profile');
  await expect(field(page, t, 'profile', 'full_name')).toHaveValue('Dana');
});
