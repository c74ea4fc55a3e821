// The browser tests: every `*.test.mjs` here against the real node and a real Chromium. `cargo xtask test` runs it with everything in place;
// alone: `node tests/e2e/run.mjs [part of a test's name]`. With ECOSPHERE_MEASURE it only measures (benches, group `app`).

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { ROOT, serve } from './lib/ledger.mjs';
import { VIDEO } from './lib/browser.mjs';

/** The longest a test may take, in milliseconds; longer where more serial numbers are asked for than usual. */
const PATIENCE = 300_000 * Math.max(1, Number(process.env.ECOSPHERE_SERIALS ?? 0) / 1_000);
const here = new URL('.', import.meta.url);
const [wanted = ''] = process.argv.slice(2);
const measuring = Boolean(process.env.ECOSPHERE_MEASURE);

const tests = [];
for (const file of readdirSync(here).filter(name => name.endsWith(measuring ? '.measure.mjs' : '.test.mjs')).sort()) {
  const { default: group } = await import(new URL(file, here));
  tests.push(...Object.entries(group).map(([name, test]) => ({ name, test })));
}

// The picture in front of the camera is made anew, because the shelf may have changed.
execFileSync('cargo', ['run', '--quiet', '--features', 'ui', '--example', 'shelf-video', 'assets/sample/ledger/shelf.json', VIDEO], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });

const ledger = await serve();
let [passed, failed] = [0, 0];
for (const { name, test } of tests.filter(({ name }) => name.includes(wanted))) {
  const started = Date.now();
  let timer;
  try {
    const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error('it takes too long')), PATIENCE)));
    await Promise.race([test(ledger), late]);
    passed += 1;
    if (!measuring) console.log(`ok ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${name}\n${error?.stack ?? error}`);
  } finally {
    clearTimeout(timer);
  }
}
await ledger.stop();
console.log(`e2e result: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
