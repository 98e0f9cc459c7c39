import { LOCALES, expect, fill, newCustomer, test, texts } from './support';

for (const locale of LOCALES) {
  const t = texts(locale);

  test(`a token is made, shown once, used and revoked, ${locale}`, async ({ page, request }) => {
    await newCustomer(page, locale);
    const address = `/${locale}/settings?section=api`;
    await page.goto(address);
    await page.getByRole('button', { name: t.settings.token_button }).click();
    await expect(page.getByRole('alert')).toContainText(t.fields.token_name.problems.required);

    await page.getByLabel(t.fields.token_name.label, { exact: true }).fill('CRM');
    await page.getByLabel(t.fields.token_days.label, { exact: true }).selectOption({ label: t.fields.token_days.choices['90'] });
    await page.getByRole('button', { name: t.settings.token_button }).click();
    const token = await page.locator('.token code').innerText();
    const ask = () => request.get('/api/v1/auth/me', { headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).status()).toBe(200);

    await page.goto(address);
    await expect(page.locator('.token')).toHaveCount(0);
    await expect(page.getByRole('listitem').filter({ hasText: 'CRM' })).toContainText(token.slice(-4));
    await page.getByRole('button', { name: fill(t.settings.token_revoke_label, { name: 'CRM' }) }).click();
    await expect(page.getByRole('status').filter({ hasText: t.settings.token_revoked })).toBeVisible();
    await expect(page.getByText(t.settings.tokens_none)).toBeVisible();
    expect((await ask()).status()).toBe(401);
  });
}

test('people can read what programs can do @script', async ({ page, baseURL }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${baseURL}/`) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  await page.goto('/api/v1/docs');
  await expect(page.getByText('/api/v1/user/complete-onboarding').first()).toBeVisible();
  expect(elsewhere).toEqual([]);
});
