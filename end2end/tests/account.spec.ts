import { LOCALES, PASSWORD, continueButton, expect, field, logIn, newCustomer, newEmail, signUp, test, texts } from './support';

for (const locale of LOCALES) {
  const t = texts(locale);

  test(`a wrong log-in keeps the address and says so, ${locale}`, async ({ page }) => {
    const email = newEmail();
    await page.goto(`/${locale}/login`);
    await logIn(page, locale, email, 'a wrong password');
    const summary = page.getByRole('alert', { name: t.common.there_is_a_problem });
    await expect(summary).toBeFocused();
    await expect(summary).toContainText(t.account.wrong);
    await expect(page).toHaveTitle(new RegExp(`^${t.common.title_error_prefix}`));
    await expect(page.getByLabel(t.fields.email.label, { exact: true })).toHaveValue(email);
    await expect(page.getByLabel(t.fields.password.label, { exact: true })).toHaveValue('');
    await summary.getByRole('link').click();
    await expect(page.getByLabel(t.fields.email.label, { exact: true })).toBeFocused();
  });

  test(`the page that was asked for is reached through log-in, ${locale}`, async ({ page, context }) => {
    const email = await newCustomer(page, locale);
    await context.clearCookies();
    const wanted = `/${locale}/onboarding/plan?return=done`;
    await page.goto(wanted);
    await expect(page).toHaveURL(`/${locale}/login?returnTo=${encodeURIComponent(wanted)}`);
    await expect(page.getByRole('status')).toHaveText(t.account.log_in_first);
    await logIn(page, locale, email, 'a wrong password');
    await logIn(page, locale, email);
    await expect(page).toHaveURL(wanted);
  });

  test(`a password can be shown and hidden again, ${locale} @script`, async ({ page }) => {
    await page.goto(`/${locale}/login`);
    const password = page.getByLabel(t.fields.password.label, { exact: true });
    await password.fill(PASSWORD);
    await page.getByRole('button', { name: t.common.show, exact: true }).click();
    await expect(password).toHaveAttribute('type', 'text');
    await page.getByRole('button', { name: t.common.hide, exact: true }).click();
    await expect(password).toHaveAttribute('type', 'password');
    await expect(password).toHaveValue(PASSWORD);
  });
}

const t = texts('en');

test('managers can fill in the forms, and passwords can be pasted', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  for (const [path, email, password] of [['login', 'username', 'current-password'], ['signup', 'email', 'new-password']]) {
    await page.goto(`/en/${path}`);
    await expect(page.getByLabel(t.fields.email.label)).toHaveAttribute('autocomplete', email);
    await expect(page.getByLabel(t.fields.password.label, { exact: true })).toHaveAttribute('autocomplete', password);
  }
  await page.getByLabel(t.fields.email.label).fill('anna@example.com');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+C');
  await page.getByLabel(t.fields.password.label, { exact: true }).focus();
  await page.keyboard.press('Control+V');
  await expect(page.getByLabel(t.fields.password.label, { exact: true })).toHaveValue('anna@example.com');
});

test('without scripts there is no button that would do nothing @no-script', async ({ page }) => {
  await page.goto('/en/login');
  await expect(page.getByRole('button', { name: t.common.show })).toHaveCount(0);
});

test('a form of another account is shown and not taken', async ({ page, context }) => {
  await newCustomer(page);
  await page.goto('/en/onboarding/plan');
  const other = await context.newPage();
  await other.goto('/en/onboarding/profile');
  await other.getByRole('button', { name: t.common.log_out }).click();
  const email = await signUp(other, 'en');
  await field(page, t, 'plan', 'seats').fill('7');
  await continueButton(page, t).click();
  // The token of the form is that of the session before.
  await page.getByRole('button', { name: t.common.held.send_again }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(t.common.held.other_account_title);
  await expect(page.getByRole('main')).toContainText(email);
  await expect(page.getByRole('definition').filter({ hasText: '7' })).toBeVisible();
  await other.goto('/en/onboarding/plan');
  await expect(field(other, t, 'plan', 'seats')).not.toHaveValue('7');
});

for (const locale of LOCALES) {
  const t = texts(locale);

  test(`another device is seen and logged out, ${locale}`, async ({ page, browser }) => {
    const email = await newCustomer(page, locale);
    const phone = await browser.newContext({
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    });
    const there = await phone.newPage();
    await there.goto(`/${locale}/login`);
    await logIn(there, locale, email);
    await expect(there).toHaveURL(`/${locale}/onboarding/profile`);

    await page.goto(`/${locale}/settings?section=security`);
    const sessions = page.getByRole('region', { name: t.settings.sessions_title });
    await expect(sessions.getByText(t.settings.sessions_this)).toHaveCount(1);
    const item = sessions.getByRole('listitem').filter({ hasText: 'Safari, iPhone' });
    await item.getByRole('button').click();
    await expect(page.getByRole('status')).toHaveText(t.settings.sessions_ended);
    await expect(item).toHaveCount(0);
    await there.reload();
    await expect(there).toHaveURL(new RegExp(`/${locale}/login`));
    await phone.close();
  });
}

test('log-out ends the session', async ({ page }) => {
  await newCustomer(page);
  await page.goto('/en/onboarding/profile');
  await page.getByRole('button', { name: t.common.log_out }).click();
  await expect(page.getByRole('status')).toHaveText(t.account.signed_out);
  await page.goto('/en/onboarding/profile');
  await expect(page).toHaveURL(/\/en\/login\?returnTo=/);
});
