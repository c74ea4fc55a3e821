// The app's own measures, one JSON object per line (`cargo xtask bench app --json`).

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { App } from './lib/app.mjs';
import { launch, phone } from './lib/browser.mjs';
import { ROOT } from './lib/ledger.mjs';
import { median, watch, worst } from './lib/measure.mjs';

const WEB = process.env.ECOSPHERE_WEB ?? join(ROOT, 'target/web-dist');
/** Frames that are timed. */
const FRAMES = 40;

function say(name, value, unit, limit) {
  const met = limit === undefined ? null : value <= limit;
  console.log(JSON.stringify({ name, value, unit, peer: null, peer_value: null, ratio: null, goal: limit === undefined ? null : `at most ${limit} ${unit}`, met }));
}

const kilobytes = name => statSync(join(WEB, `${name}_bg.wasm.br`)).size / 1000;

export default {
  sizes() {
    say('page wasm in brotli', kilobytes('page'), 'kB', 350);
    say('engine wasm in brotli', kilobytes('engine'), 'kB', 900);
  },

  async start(ledger) {
    const browser = await launch();
    try {
      const context = await phone(browser);
      const timed = async (path, ready) => {
        const started = performance.now();
        const app = await App.open(context, ledger.url, path);
        await ready(app);
        return [performance.now() - started, app];
      };
      const [cold, app] = await timed('/', app => app.page.getByRole('button', { name: 'Just scan' }).waitFor());
      say('first load until it can be used', cold, 'ms');
      const paint = await app.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null);
      say('first load until the first screen is painted', paint, 'ms');
      const before = performance.now();
      await app.justScan();
      say('first sync of the sample, waited for', performance.now() - before, 'ms');
      await app.installed();
      await app.close();
      const [warm] = await timed('/history', app => app.page.getByRole('heading', { name: 'What you scanned' }).waitFor());
      say('later start until it can be used', warm, 'ms');
    } finally {
      await browser.close();
    }
  },

  async frames(ledger) {
    const browser = await launch({ camera: true });
    try {
      const context = await phone(browser);
      await context.addInitScript(watch);
      const app = await (await App.open(context, ledger.url)).justScan();
      await app.page.evaluate(() => navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } }).then(stream => void (window.held = stream)));
      await app.page.waitForTimeout(1_000);
      // From here on, so that the start of the app is not counted as scanning.
      await app.page.evaluate(() => window.measured.blocked.splice(0));
      const end = Date.now() + 60_000;
      await app.go('Scan');
      for (;;) {
        const frames = await app.page.evaluate(() => window.measured.frames.length);
        if (frames >= FRAMES || Date.now() > end) break;
        if (app.page.url().includes('/verdict')) await app.go('Scan');
        await app.page.waitForTimeout(200);
      }
      const { frames, blocked } = await app.page.evaluate(() => window.measured);
      say('1280 x 720 frame to verdict in the worker, median', median(frames), 'ms', 200);
      say('1280 x 720 frame to verdict in the worker, worst', worst(frames), 'ms');
      say('page blocked while scanning, longest', worst(blocked.map(task => task.duration)), 'ms', 50);
    } finally {
      await browser.close();
    }
  },
};
