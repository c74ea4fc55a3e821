// The main path: a shelf in front of the camera, a verdict on each product, with and without a network.

import assert from 'node:assert/strict';
import { App, BANDS, TITLES } from './lib/app.mjs';
import { launch, phone } from './lib/browser.mjs';
import { SHELF, serve, terminal } from './lib/ledger.mjs';
import { median, watch, worst } from './lib/measure.mjs';

/** The longest a walk along the shelf may take, in milliseconds. */
const WALK = 240_000;

/** A barcode's number in 14 digits, since an EAN-13 that begins with 0 is read as the UPC-A it also is; any other code as it is. */
const same = code => (/^\d+$/.test(code) ? code.padStart(14, '0') : code);

const CODES = new Set(SHELF.map(card => same(card.code)));

/** Holds the camera on, so that the video goes on while the app shows a verdict. */
const hold = page => page.evaluate(() => navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } }).then(stream => void (window.held = stream)));

/** Scans until every code of `codes` was seen; gives back what was said of each. */
async function walk(app, codes) {
  const said = new Map();
  const end = Date.now() + WALK;
  await app.go('Scan');
  await hold(app.page);
  while ([...codes].some(code => !said.has(code))) {
    assert.ok(Date.now() < end, `not seen by the camera: ${[...codes].filter(code => !said.has(code)).join('\n')}`);
    const verdict = await app.verdict();
    said.set(same(verdict.code), verdict);
    await app.go('Scan');
  }
  return said;
}

/** The app says of each card what the card is an example of, and the same as the command line. */
async function check(said) {
  const codes = SHELF.map(card => card.code);
  const answers = await terminal(codes);
  assert.equal(answers.length, codes.length, 'the command line answers each code');
  for (const [at, { code, outcome, title }] of SHELF.entries()) {
    const text = said.get(same(code)).said;
    assert.ok(text.includes(TITLES[outcome]), `${title}: "${TITLES[outcome]}" is not said in: ${text}`);
    assert.equal(answers[at].outcome, outcome, `${title}: the command line`);
    const band = answers[at].verdict?.band ?? answers[at].verdict;
    if (typeof band === 'string') assert.ok(text.includes(BANDS[band]), `${title}: "${BANDS[band]}" is not said in: ${text}`);
    if (answers[at].alignment) assert.equal(said.get(same(code)).fit, answers[at].alignment.value, `${title}: the fit`);
  }
}

export default {
  async 'a video of the shelf through the camera gives the right verdict for each product'(ledger) {
    const browser = await launch({ camera: true });
    try {
      const context = await phone(browser);
      await context.addInitScript(watch);
      const app = await (await App.open(context, ledger.url)).justScan();
      // From here on, so that the start of the app is not counted as scanning.
      await app.page.evaluate(() => window.measured.blocked.splice(0));
      const said = await walk(app, CODES);
      await app.page.waitForTimeout(300);
      const { frames, blocked } = await app.page.evaluate(() => window.measured);
      await app.picture('scan');
      await check(said);
      console.log(`   frame to verdict: median ${median(frames).toFixed(0)} ms, worst ${worst(frames).toFixed(0)} ms of ${frames.length}; page blocked at most ${worst(blocked.map(task => task.duration)).toFixed(0)} ms`);
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },

  async 'the same with no network at all after the first sync'() {
    const mine = await serve();
    const browser = await launch({ camera: true });
    try {
      const context = await phone(browser);
      const first = await (await App.open(context, mine.url)).justScan();
      await first.installed();
      await first.close();
      await mine.stop();
      await context.setOffline(true);
      const app = await App.open(context, mine.url);
      await app.synced();
      await check(await walk(app, CODES));
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
      await mine.stop();
    }
  },

  async 'every card of the shelf pasted as text gives its own outcome'(ledger) {
    const browser = await launch();
    try {
      const app = await (await App.open(await phone(browser), ledger.url)).justScan();
      const said = new Map();
      for (const { code, outcome } of SHELF) {
        said.set(same(code), await app.paste(code));
        await app.picture(`verdict-${outcome}`);
      }
      await check(said);
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },
};
