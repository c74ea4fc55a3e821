// The app as a person uses it: by what is written on it and read out, never by its inner names.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT } from './browser.mjs';
import { ROOT } from './ledger.mjs';

/** What each outcome is called on the screen. */
export const TITLES = {
  'not-a-passport': 'Not a passport',
  altered: 'Passport altered',
  'wrong-product': 'Wrong product',
  'unknown-issuer': 'Unknown signer',
  'not-accredited': 'Signer not accredited',
  revoked: 'Passport revoked',
  suspended: 'Passport on hold',
  superseded: 'Replaced or ended',
  expired: 'Passport expired',
  'not-in-snapshot': 'Not in your snapshot',
  unsealed: 'No seal',
  verified: 'Passport verified',
};

/** What each band is called on the screen. */
export const BANDS = {
  fits: 'Fits you',
  mixed: 'Mixed for you',
  against: 'Against your values',
  'crosses-line': 'Crosses your line',
  'not-enough-known': 'Not enough known',
};

/** The six answers of the questionnaire, from 1 to 6. */
const LIKENESS = ['Not like me at all', 'Not like me', 'A little like me', 'Somewhat like me', 'Like me', 'Very much like me'];

export class App {
  /** Opens the app in a new tab; errors of the page are collected in `troubles`. */
  static async open(context, url, path = '/') {
    const page = await context.newPage();
    const app = new App(page, url);
    page.on('pageerror', error => app.troubles.push(error.message));
    page.setDefaultTimeout(40_000);
    await page.goto(url + path);
    return app;
  }

  constructor(page, url) {
    this.page = page;
    this.url = url;
    this.troubles = [];
  }

  /** The first run in one tap, and the first sync. */
  async justScan() {
    await this.page.getByRole('button', { name: 'Just scan' }).click();
    await this.page.getByRole('heading', { name: 'Scan a passport or barcode' }).waitFor();
    await this.synced();
    return this;
  }

  /** The whole first run: the answers from 1 to 6, of the ten items and the one on the environment; which side of a trade-off, by its text; no line. */
  async firstRun(answers, prefers, look = async () => {}) {
    await this.page.getByRole('link', { name: 'What matters to you' }).click();
    for (const [at, answer] of answers.entries()) await this.answer(at, answer, answers.length, look);
    await this.tradeOffs(prefers, look);
    await this.page.getByRole('heading', { name: 'Any lines you do not cross?' }).waitFor();
    await look('start-lines');
    await this.page.getByRole('button', { name: /Done/ }).click();
    await this.page.getByRole('heading', { name: 'Scan a passport or barcode' }).waitFor();
  }

  /** Answers an item of the questionnaire, the first being 0. */
  async answer(at, answer, of = 11, look = async () => {}) {
    await this.page.getByText(`Question ${at + 1} of ${of}.`).waitFor();
    await look(`start-item-${at + 1}`);
    await this.page.getByRole('button', { name: LIKENESS[answer - 1], exact: true }).click();
  }

  /** Answers trade-offs until there is enough to begin with; says how many there were. */
  async tradeOffs(prefers, look = async () => {}) {
    const { page } = this;
    const lines = page.getByRole('heading', { name: 'Any lines you do not cross?' });
    const question = page.getByRole('heading', { name: 'Which would you take, all else alike?' });
    for (let asked = 0, before = ''; ; asked += 1) {
      assert.ok(asked < 10, 'a first run ends');
      // The next question, or the end: whichever comes.
      await page.waitForFunction(
        before => {
          const sides = [...document.querySelectorAll('.trade-off > li')].map(side => side.innerText).join('|');
          return document.querySelector('h1')?.innerText.startsWith('Any lines') || (sides && sides !== before);
        },
        before,
      );
      if (await lines.count()) return asked;
      await question.waitFor();
      const sides = page.locator('.trade-off > li');
      const texts = await sides.allInnerTexts();
      before = texts.join('|');
      await look(`start-trade-off-${asked + 1}`);
      await sides.nth(prefers(texts[1]) > prefers(texts[0]) ? 1 : 0).getByRole('button').click();
    }
  }

  /** Waits until the phone holds a snapshot. */
  async synced() {
    await this.page.getByText('These keys are public').waitFor({ timeout: 60_000 });
  }

  /** Waits until the app can start with no network at all. */
  async installed() {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller) await new Promise(resolve => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
    });
  }

  /** Goes to a place in the bar. */
  async go(place) {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place, exact: true }).click();
  }

  /** Pastes a code's text and waits for what is said of it. */
  async paste(code) {
    await this.go('Scan');
    const field = this.page.getByRole('textbox', { name: 'Link of the passport' });
    // On a busy machine a tap can fall into the moment in which the view changes; a person would tap again.
    for (let tap = 0; tap < 3 && !(await field.isVisible()); tap += 1) {
      await this.page.getByRole('button', { name: 'Paste link' }).click();
      await field.waitFor({ timeout: 5_000 }).catch(() => {});
    }
    await field.fill(code);
    await this.page.getByRole('button', { name: 'Check' }).click();
    return this.verdict();
  }

  /** Chooses a picture file. */
  async choose(name, bytes, mimeType = 'image/png') {
    await this.go('Scan');
    await this.page.getByLabel('Choose a picture').setInputFiles({ name, mimeType, buffer: bytes });
  }

  /** What the verdict on the screen says: { code, said }, the whole text in one line. */
  async verdict() {
    const { page } = this;
    await page.waitForURL(/\/verdict#/);
    await page.getByRole('region', { name: 'Verdict' }).waitFor();
    const code = decodeURIComponent(new URL(page.url()).hash.slice(1)).replace(/^c:/, '');
    const text = async name => (await page.getByRole('region', { name }).innerText()).replace(/\s+/g, ' ');
    const meter = page.getByRole('region', { name: 'Verdict' }).getByRole('meter');
    const fit = (await meter.count()) ? Number(await meter.first().getAttribute('aria-valuenow')) : null;
    return { code, fit, said: `${await text('Verdict')} ${await text('Passport')}` };
  }

  /** Lets the engine panic: a real panic in its wasm, asked for by the request that is there for this. */
  async crash() {
    const [worker] = this.page.workers().filter(worker => worker.url().endsWith('/worker.js'));
    assert.ok(worker, 'the engine has a worker');
    await worker.evaluate(variant => {
      self.dispatchEvent(new MessageEvent('message', { data: [4_000_000_000, Uint8Array.of(variant)] }));
    }, panicVariant());
  }

  async picture(name) {
    await this.page.screenshot({ path: join(OUT, `${name}.png`) });
  }

  close() {
    return this.page.close();
  }
}

/** The number of `Request::Panic` on the wire: its place in the enum. */
function panicVariant() {
  const source = readFileSync(join(ROOT, 'src/engine/wire.rs'), 'utf8');
  const [, body] = source.match(/pub enum Request \{\n([\s\S]*?)\n\}/);
  const variants = [...body.matchAll(/^ {4}([A-Z]\w*)/gm)].map(([, name]) => name);
  return variants.indexOf('Panic');
}
