import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { sandbox } from '../playwright.config';

export { expect };

export const LOCALES = ['en', 'fr', 'he'] as const;
export type Locale = (typeof LOCALES)[number];
export const OWN_NAMES = { en: 'English', fr: 'Français', he: 'עברית' };

export const STEPS = [
  'profile', 'vapi', 'ava', 'twilio', 'telephony', 'integrations', 'assistant', 'plan', 'done',
] as const;
export type Step = (typeof STEPS)[number];
export const ASKING = STEPS.slice(0, -1);

export const SECTIONS = ['profile', 'vapi', 'twilio', 'security', 'api'];

export const PUBLIC_PAGES = ['', '/login', '/signup', '/forgot-password', '/reset-password', '/help', '/terms', '/nowhere'];
export const PRIVATE_PAGES = [
  ...STEPS.map((step) => `/onboarding/${step}`),
  '/onboarding/later',
  ...SECTIONS.map((section) => `/settings?section=${section}&returnTo=onboarding`),
  '/confirm',
  '/ava-studio',
];

export const PASSWORD = 'four plain words here';

/** The texts of a language, as the pages have them. */
export function texts(locale: Locale) {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(__dirname, `../../locales/${locale}/${name}.json`), 'utf8'));
  return {
    account: read('account'),
    common: read('common'),
    fields: read('fields'),
    onboarding: read('onboarding'),
    settings: read('settings'),
    studio: read('studio'),
  };
}
export type Texts = ReturnType<typeof texts>;

/** A text with its variables: `fill('Step {{ number }}', { number: 3 })`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return Object.entries(values).reduce((all, [name, value]) => all.replaceAll(`{{ ${name} }}`, String(value)), text);
}

/** Every test also proves that its pages throw nothing, log no error and keep to their own content policy. */
export const test = base.extend({
  context: async ({ context }, use) => {
    const errors: string[] = [];
    context.on('weberror', (error) => errors.push(String(error.error())));
    context.on('console', (message) => {
      // Chromium logs every status from 400 on, also those that a test asks for.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        errors.push(message.text());
      }
    });
    await use(context);
    expect(errors).toEqual([]);
  },
});

/** What the sandbox's Vapi holds of a key. */
export async function sandboxState(page: Page, key: string) {
  return (await page.request.get(`${sandbox}/sandbox/state?key=${key}`)).json();
}

export const newEmail = () => `${randomUUID()}@example.com`;

/** Signs up as a customer does; ends on step 1. */
export async function signUp(page: Page, locale: Locale): Promise<string> {
  const t = texts(locale);
  const email = newEmail();
  await page.goto(`/${locale}/signup`);
  await page.getByLabel(t.fields.email.label, { exact: true }).fill(email);
  await page.getByLabel(t.fields.password.label, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: t.account.sign_up_button }).click();
  await expect(page).toHaveURL(`/${locale}/onboarding/profile`);
  return email;
}

export async function logIn(page: Page, locale: Locale, email: string, password = PASSWORD) {
  const t = texts(locale);
  await page.getByLabel(t.fields.email.label, { exact: true }).fill(email);
  await page.getByLabel(t.fields.password.label, { exact: true }).fill(password);
  await page.getByRole('button', { name: t.account.log_in_button }).click();
}

/** Signs the page's visitor up without showing a page, for tests of something else. */
export async function newCustomer(page: Page, locale: Locale = 'en'): Promise<string> {
  const email = newEmail();
  await post(page, `/${locale}/signup`, { email, password: PASSWORD });
  return email;
}

type Fields = Record<string, string | string[] | true>;

/** Sends the form of a page without showing the page. */
export async function post(page: Page, path: string, fields: Fields) {
  const html = await (await page.request.get(path)).text();
  const body = new URLSearchParams();
  for (const name of ['csrf_token', 'version']) {
    const value = html.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1];
    if (value !== undefined) body.append(name, value);
  }
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) value.forEach((one) => body.append(`${name}[]`, one));
    else body.append(name, String(value));
  }
  const answer = await page.request.post(path, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    data: body.toString(),
    maxRedirects: 0,
  });
  expect(answer.status(), path).toBe(303);
}

/** Saves a step with Continue, or another intent, without showing its page. */
export const save = (page: Page, locale: Locale, step: Step, fields: Fields, intent = 'continue') =>
  post(page, `/${locale}/onboarding/${step}`, { ...fields, intent });

export const VAPI_KEY = '3b1d9c5e-77aa-4f0c-9d52-1f2e3d4c1234';
export const TWILIO_TOKEN = 'f0e1d2c3b4a5968778695a4b3c2d9876';

/** Valid answers to every step; what a step proposes by itself is left out. */
export const ANSWERS: Record<string, Fields> = {
  profile: {
    full_name: 'Dana Levi',
    organization_name: 'Dana & Co',
    industry: 'beauty',
    timezone: 'Asia/Jerusalem',
    accept_terms: true,
  },
  vapi: { vapi_api_key: VAPI_KEY },
  ava: {
    persona: 'concierge',
    job_to_be_done: 'Take the caller’s name and number',
    tone: 'warm',
    guidelines: 'Never give prices on the phone',
  },
  twilio: { account_sid: `AC${'0123456789abcdef'.repeat(2)}`, auth_token: TWILIO_TOKEN, phone_number: '+972 3 123 4567' },
  telephony: { business_hours: 'Mon-Fri 9-18' },
  integrations: { calendar: 'google', workspace_apps: ['slack', 'google-calendar'], crm: 'none' },
  assistant: {},
  plan: { plan: 'pro', seats: '3' },
};

/** Wrong or missing answers in every field that can be wrong. */
export const MISTAKES: Record<string, Fields> = {
  profile: { full_name: '', organization_name: 'D' },
  vapi: {},
  ava: { job_to_be_done: 'x', guidelines: 'x'.repeat(4001) },
  twilio: { account_sid: 'AC12', phone_number: 'none' },
  telephony: { number: 'my number', business_hours: 'whenever', fallback_email: 'nobody' },
  integrations: {},
  assistant: { name: 'A', first_message: '', instructions: '' },
  plan: { plan: 'free', seats: '3' },
};

const OPTIONAL = ['industry', 'guidelines', 'phone_number', 'fallback_email', 'workspace_apps'];
const LISTS = ['persona', 'tone', 'calendar', 'workspace_apps', 'crm', 'plan'];
const SELECTS = ['industry', 'timezone', 'voice'];

/** The words of a field's label. */
export function label(t: Texts, step: string, field: string): string {
  const words = t.onboarding[step].fields[field].label;
  return OPTIONAL.includes(field) ? `${words} ${t.common.optional}` : words;
}

/** The words of one choice. */
export function choice(t: Texts, step: string, field: string, value: string): string {
  if (field === 'languages' || field === 'locale') return OWN_NAMES[value as Locale];
  return t.onboarding[step].fields[field].choices[value];
}

/** A field of text or a list of a step. */
export const field = (page: Page, t: Texts, step: string, name: string): Locator =>
  page.getByLabel(label(t, step, name), { exact: true });

/** The radio button or tick box of a choice. */
export const option = (page: Page, t: Texts, step: string, name: string, value: string): Locator =>
  page
    .getByRole('group', { name: label(t, step, name), exact: true })
    .getByLabel(choice(t, step, name, value), { exact: true });

/** Ticks a box or chooses a radio button. Its label lies over it, so that the whole row is the target. */
export async function tick(box: Locator) {
  await box.locator('xpath=../label').click();
  await expect(box).toBeChecked();
}

/** Fills in a step as a customer does, finding every field by its label. */
export async function fillIn(page: Page, t: Texts, step: string, answers = ANSWERS[step]) {
  for (const [name, value] of Object.entries(answers)) {
    if (value === true) await tick(field(page, t, step, name));
    else if (LISTS.includes(name)) for (const one of [value].flat()) await tick(option(page, t, step, name, one));
    else if (SELECTS.includes(name)) await field(page, t, step, name).selectOption(value);
    else await field(page, t, step, name).fill(value as string);
  }
}

export const continueButton = (page: Page, t: Texts) =>
  page.getByRole('button', { name: t.onboarding.save_and_continue, exact: true });

/** Presses Continue and arrives at the next step. */
export async function goOn(page: Page, locale: Locale, next: Step) {
  await continueButton(page, texts(locale)).click();
  await expect(page).toHaveURL(`/${locale}/onboarding/${next}`);
}

/** Where the page says how saving goes. */
export const saveState = (page: Page) => page.locator('.save-state').getByRole('status');

/** Opens a page of a step and waits until its script runs. */
export async function openAwake(page: Page, locale: Locale, step: Step) {
  await page.goto(`/${locale}/onboarding/${step}`);
  await expect(saveState(page)).toHaveText(texts(locale).onboarding.saved.automatic);
}
