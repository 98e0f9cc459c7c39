// Takes the picture of the README from a running server: `BASE_URL=http://127.0.0.1:3000 node screenshot.mjs`.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

const server = process.env.BASE_URL ?? 'http://127.0.0.1:3000';
const file = new URL('../docs/screenshot.png', import.meta.url).pathname;

const typed = {
  en: { name: 'Maple Street Dental', job: 'Take the caller’s name and number, ask what it is about, and say that we call back today.' },
  he: { name: 'מרפאת השיניים ברחוב הארז', job: 'לרשום שם ומספר טלפון, לשאול במה מדובר, ולומר שנחזור עוד היום.' },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? ['/usr/bin/chromium'].find(existsSync),
  args: ['--no-sandbox', '--disable-gpu'],
});

async function stepThree(locale, viewport) {
  const page = await browser.newPage({ viewport, colorScheme: 'light', reducedMotion: 'reduce' });
  const press = async (intent) => {
    await page.locator(`button[name=intent][value=${intent}]`).click();
    await page.waitForLoadState();
  };
  await page.goto(`${server}/${locale}/signup`);
  await page.fill('#email', `${randomUUID()}@example.com`);
  await page.fill('#password', 'four plain words here');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/onboarding/profile');
  await page.fill('#full_name', 'Dana Levi');
  await page.fill('#organization_name', typed[locale].name);
  await page.selectOption('#timezone', 'Asia/Jerusalem');
  await page.check('#accept_terms');
  await press('continue');
  await page.waitForURL('**/onboarding/vapi');
  await press('skip');
  await page.waitForURL('**/onboarding/ava');
  await page.check('[name=persona][value=secretary]');
  await page.fill('#job_to_be_done', typed[locale].job);
  await page.locator('.save-state[data-state=saved]').waitFor();
  await page.evaluate(() => {
    document.activeElement.blur();
    scrollTo(0, 0);
  });
  const shot = await page.screenshot();
  await page.close();
  return `data:image/png;base64,${shot.toString('base64')}`;
}

const [desktop, phone] = [
  await stepThree('en', { width: 1280, height: 900 }),
  await stepThree('he', { width: 360, height: 760 }),
];
const picture = await browser.newPage({ viewport: { width: 1440, height: 800 } });
await picture.setContent(`
  <style>
    body { display: flex; gap: 32px; align-items: end; margin: 0; padding: 32px; background: #d9e6e3; box-sizing: border-box; }
    img { border-radius: 12px; box-shadow: 0 8px 32px #11343a40; }
  </style>
  <img height="720" src="${desktop}"><img height="680" src="${phone}">`);
await picture.screenshot({ path: file, fullPage: true });
await browser.close();
console.log(`${file}: ${Math.round(readFileSync(file).length / 1000)} KB`);
