// The organisation's desk as a person uses it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from './app.mjs';
import { AXE } from './browser.mjs';
import { ROOT, node } from './ledger.mjs';

/** Suppliers' files, good and faulty. */
export const SUPPLIERS = join(ROOT, 'tests/data/suppliers');
/** What the desk's key is locked with in these tests. */
export const PASSPHRASE = 'old press, four juicy pears';
/** A number as the desk writes it. */
export const written = number => String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** Opens the desk; errors of the page are collected in `troubles`. */
export async function desk(context, url) {
  const app = await App.open(context, url, '/organisation/index.html');
  await app.page.getByRole('heading', { level: 1, name: /desk/ }).waitFor();
  // The heading is there a moment before its style sheet is worked in; what is looked at is the styled page.
  await app.page.waitForFunction(() => getComputedStyle(document.body).backgroundColor !== 'rgba(0, 0, 0, 0)');
  return app;
}

/** Chooses a file and waits until it is read to its end. */
export async function bring(app, file) {
  await app.page.getByLabel('Choose a file').setInputFiles(file);
  await app.page.getByRole('heading', { name: /^What was understood/ }).waitFor();
}

/** Takes what a link saves. */
export async function saved(app, name) {
  const [download] = await Promise.all([app.page.waitForEvent('download'), app.page.getByRole('link', { name }).click()]);
  return readFileSync(await download.path());
}

/** How many entries a ledger's published checkpoint covers. */
export async function size(url) {
  return Number((await (await fetch(`${url}/ledger/checkpoint`, { cache: 'no-store' })).text()).split('\n')[1]);
}

/** Bytes of memory that the desk's worker holds. */
export async function memory(app) {
  const [worker] = app.page.workers();
  return worker.evaluate(async () => {
    const { default: init } = await import('/organisation/organisation.js');
    return (await init()).memory.buffer.byteLength;
  });
}

export async function serious(app) {
  await app.page.evaluate(axe => (0, eval)(axe), AXE);
  const { violations, wide } = await app.page.evaluate(async () => ({
    violations: (await window.axe.run({ resultTypes: ['violations'] })).violations,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  assert.ok(wide <= 0, `${wide} px wider than the phone`);
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
}

/** Makes a key on the desk, locked with the passphrase, has it introduced by this name and vouched for; its did:key. */
export async function introduced(app, name, url) {
  const { page } = app;
  await page.getByLabel('A passphrase for it').fill('short');
  assert.ok(await page.getByRole('button', { name: 'Make a key here' }).isDisabled(), 'a short passphrase locks nothing');
  await page.getByLabel('A passphrase for it').fill(PASSPHRASE);
  await page.getByLabel('The same again').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Make a key here' }).click();
  const did = await page.getByText(/^did:key:z/).first().innerText();
  await page.getByRole('textbox', { name: /organisation.s name/ }).fill(name);
  await page.getByRole('button', { name: 'Introduce it' }).click();
  for (let tries = 0; !(await page.getByText(`knows it as ${name}`).isVisible()); tries += 1) {
    assert.ok(tries < 60, 'the ledger does not learn of the key');
    await page.waitForTimeout(1_000);
    const again = page.getByRole('button', { name: 'Ask again' });
    // It goes by itself when the ledger has learned of the key meanwhile.
    if (await again.isVisible()) await again.click({ timeout: 2_000 }).catch(() => {});
  }
  await node('actor', 'accredit', '--subject', did, '--role', 'supplier', '--sample-key', 'registrar', '--to', url);
  return did;
}

/** What the browser keeps of the key. */
export async function kept(app) {
  return app.page.evaluate(() => new Promise((resolve, reject) => {
    const opening = indexedDB.open('ecosphere-organisation', 1);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asked = opening.result.transaction('key').objectStore('key').getAll();
      asked.onsuccess = () => resolve(asked.result);
    };
  }));
}
