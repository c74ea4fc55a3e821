// A real Chromium, driven by playwright-core; what it wrote and what went wrong in it is kept.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './ledger.mjs';

const NPM = process.env.ECOSPHERE_NPM ?? join(ROOT, 'target/npm');
export const OUT = process.env.ECOSPHERE_OUT ?? join(ROOT, 'target/e2e');
const require = createRequire(`${NPM}/`);
const { chromium } = require('playwright-core');
export const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
mkdirSync(OUT, { recursive: true });

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'];
const { existsSync } = await import('node:fs');

/** The video that the fake camera plays, over and over. */
export const VIDEO = join(OUT, 'shelf.y4m');

/** Starts Chromium; with `camera`, every camera it finds plays the shelf, or the video of that name. */
export function launch({ camera = false } = {}) {
  return chromium.launch(options(camera));
}

/** A phone whose memory is kept in a folder: a browser of its own, which is its own context. */
export function launchIn(folder, { camera = false, ...more }) {
  return chromium.launchPersistentContext(folder, { ...options(camera), ...PHONE, ...more });
}

function options(camera) {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  args.push('--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream');
  if (camera) args.push(`--use-file-for-fake-video-capture=${camera === true ? VIDEO : camera}`);
  const executablePath = process.env.CHROMIUM ?? PLACES.find(existsSync);
  if (!executablePath) throw new Error('no Chromium was found; install one, or name it in the variable CHROMIUM');
  return { executablePath, args };
}

/** What a phone is. */
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, reducedMotion: 'reduce' };

/** A phone with an empty memory. */
export function phone(browser, { dark = false, ...more } = {}) {
  return browser.newContext({ ...PHONE, colorScheme: dark ? 'dark' : 'light', ...more });
}
