import { ANSWERS, expect, field, newCustomer, save, signUp, test, texts } from './support';

const t = texts('en');
const HOSTILE = `</textarea><script>alert(1)</script>"'><img src=x onerror=alert(2)> \u200fשלום\u200e 👩🏽‍🔧 & &amp; {{ name }}`;

test('text comes back exactly as typed and never runs', async ({ page }) => {
  const dialogs: string[] = [];
  page.on('dialog', async (dialog) => {
    dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  await newCustomer(page);
  const lines = `${HOSTILE}\n\n  second line\n${HOSTILE}`;

  await page.goto('/en/onboarding/profile');
  await field(page, t, 'profile', 'organization_name').fill(HOSTILE);
  await page.getByRole('button', { name: t.onboarding.later }).click();
  await page.goto('/en/onboarding/ava');
  await field(page, t, 'ava', 'job_to_be_done').fill(lines);
  await page.getByRole('button', { name: t.onboarding.later }).click();

  await page.goto('/en/onboarding/profile');
  await expect(field(page, t, 'profile', 'organization_name')).toHaveValue(HOSTILE);
  await page.goto('/en/onboarding/ava');
  await expect(field(page, t, 'ava', 'job_to_be_done')).toHaveValue(lines);
  await page.goto('/en/onboarding/done');
  const shown = page.getByRole('region', { name: t.onboarding.ava.name, exact: true }).locator('dd').nth(1);
  expect(await shown.textContent()).toBe(lines);
  await page.goto('/en/onboarding/assistant');
  await expect(field(page, t, 'assistant', 'first_message')).toHaveValue(new RegExp(`from ${escaped(HOSTILE)}\\.`));
  await page.goto('/en/ava-studio');
  expect(dialogs).toEqual([]);
});

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Phone numbers on the page whose plus sign does not stand left of its digits, and how many there are at all. */
const turnedNumbers = () => {
  const turned: string[] = [];
  let count = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const match of node.textContent!.matchAll(/\+\d[\d ]+\d/g)) {
      const left = (index: number) => {
        const range = document.createRange();
        range.setStart(node!, index);
        range.setEnd(node!, index + 1);
        return range.getClientRects()[0]?.left;
      };
      const [plus, digit] = [left(match.index), left(match.index + 1)];
      const last = left(match.index + match[0].length - 1);
      if (plus === undefined) continue;
      count += 1;
      if (!(plus < digit! && digit! < last!)) turned.push(match[0]);
    }
  }
  return { turned, count };
};

test('Hebrew runs right to left, phone numbers the right way round', async ({ page }) => {
  const he = texts('he');
  await signUp(page, 'he');
  await save(page, 'he', 'twilio', ANSWERS.twilio);
  await save(page, 'he', 'telephony', { number: '00972 3-123-4567', business_hours: 'א׳-ה׳ 9-18' });

  for (const path of ['twilio', 'telephony', 'done'].map((step) => `/onboarding/${step}`).concat('/ava-studio')) {
    await page.goto(`/he${path}`);
    const direction = await page.evaluate(() => getComputedStyle(document.documentElement).direction);
    expect(direction).toBe('rtl');
    const { turned, count } = await page.evaluate(turnedNumbers);
    expect(turned, path).toEqual([]);
    expect(count, `${path} shows a number`).toBeGreaterThan(0);
  }

  await page.goto('/he/onboarding/telephony');
  const number = field(page, he, 'telephony', 'number');
  await expect(number).toHaveValue('+97231234567');
  for (const [step, names] of [['telephony', ['number', 'fallback_email']], ['twilio', ['account_sid', 'auth_token', 'phone_number']]] as const) {
    await page.goto(`/he/onboarding/${step}`);
    for (const name of names) await expect(field(page, he, step, name)).toHaveCSS('direction', 'ltr');
  }
  await page.goto('/he/onboarding/profile');
  const label = await page.getByText(he.onboarding.profile.fields.full_name.label, { exact: true }).boundingBox();
  const input = await field(page, he, 'profile', 'full_name').boundingBox();
  expect(label!.x + label!.width, 'label and field share the right edge').toBeCloseTo(input!.x + input!.width, 0);
});
