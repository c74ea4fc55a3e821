// The organisation's desk and what it puts on a ledger beside passports: steps of a way, hand-overs, a passport's later life, certificates, answers;
// signed with a key that only a passphrase opens.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, TITLES } from './lib/app.mjs';
import { OUT, launch, phone } from './lib/browser.mjs';
import { PASSPHRASE, SUPPLIERS, bring, desk, introduced, kept, saved, serious } from './lib/desk.mjs';
import { ROOT, node, serve } from './lib/ledger.mjs';

/** Finds a passport by the fields of this id, as often as it takes the ledger to know it. */
async function find(app, section, named) {
  for (let tries = 0; tries < 30; tries += 1) {
    await section.getByLabel(/^Its passport/).fill(named);
    await section.getByRole('button', { name: 'Find it' }).click();
    const found = section.getByText('Owned by');
    const none = section.getByText(/^this ledger has no passport/);
    await found.or(none).waitFor();
    // What an earlier try found stands there until this one is answered.
    await section.getByRole('button', { name: 'Find it', disabled: false }).waitFor();
    if (await found.isVisible()) return;
    await app.page.waitForTimeout(1_000);
  }
  assert.fail(`passport ${named} is not found`);
}

export default {
  async 'an organisation locks its key, records what happened, hands over, suspends, certifies and answers a form at its desk'() {
    const folder = mkdtempSync(join(OUT, 'records-'));
    const data = join(folder, 'ledger');
    await node('init', '--sample', '--data', data);
    const own = await serve('--data', data, '--batch', '2');
    const browser = await launch();
    try {
      const context = await phone(browser, { bypassCSP: true });
      let app = await desk(context, own.url);
      let { page } = app;
      const block = heading => page.locator('section.block').filter({ has: page.getByRole('heading', { name: heading }) });
      await introduced(app, 'Alte Presse', own.url);

      // The browser keeps nothing that signs: the key opens with its passphrase and no other.
      const [locked] = await kept(app);
      assert.equal((await saved(app, 'Save a locked copy')).toString(), locked);
      await page.getByText('For the terminal').click();
      const seed = (await saved(app, 'Save it unlocked')).toString();
      assert.match(seed, /^[0-9a-f]{64}$/);
      assert.ok((await kept(app)).length === 1 && !locked.includes(seed));
      await app.close();
      app = await desk(context, own.url);
      page = app.page;
      await page.getByLabel('Its passphrase').fill('another');
      await page.getByRole('button', { name: 'Open the key' }).click();
      await page.getByRole('alert').getByText(/passphrase is wrong/).waitFor();
      assert.deepEqual(await serious(app), []);
      await app.picture('desk-locked');
      await page.getByLabel('Its passphrase').fill(PASSPHRASE);
      await page.getByRole('button', { name: 'Open the key' }).press('Enter');
      await page.getByText('knows it as Alte Presse').waitFor();

      // A passport of its own, on whose way things happen.
      await bring(app, join(SUPPLIERS, 'passports/pear-juice.untp.json'));
      await page.getByRole('button', { name: 'Sign the passport and publish it' }).click();
      await page.getByText('1 passport is on the ledger.').waitFor();
      const link = (await saved(app, 'Save their links (CSV)')).toString().trim().split(',').at(-1);

      // What a table says happened is recorded once a person has said what its columns are; the hand-over is offered.
      const offered = join(folder, 'theirs.json');
      const did = await page.getByText(/^did:key:z/).first().innerText();
      await node('passport', 'transfer', '09526001000012', '--to-owner', did, '--data', data, '--sample-key', 'orchard-and-loom', '--out', offered);
      const { actor: receiver } = JSON.parse(readFileSync(offered));
      await bring(app, join(SUPPLIERS, 'good/podere-luna-rossa.epcis.jsonld'));
      const way = block('Record it on a product’s way');
      await find(app, way, link);
      await way.getByLabel(/^Who takes the goods over/).fill(receiver);
      assert.deepEqual(await serious(app), []);
      await way.getByRole('button', { name: /^Sign (\d+ steps|it)/ }).click();
      await way.getByText(/steps? (is|are) on the ledger\.$/).waitFor();
      await way.getByText(/hands the goods over\. It counts once/).waitFor();
      await way.scrollIntoViewIfNeeded();
      await app.picture('desk-recorded');
      const offer = join(folder, 'offer.json');
      writeFileSync(offer, await saved(app, 'Save the offer'));
      await node('confirm', offer, '--sample-key', 'orchard-and-loom', '--to', own.url);

      // A faulty file records nothing, and says why.
      await bring(app, join(SUPPLIERS, 'faulty/podere-luna-rossa.epcis.jsonld'));
      await page.getByText(/it is told twice/).first().waitFor();
      await find(app, block('Record it on a product’s way'), link);
      await block('Record it on a product’s way').getByRole('button', { name: /^Sign/ }).click();
      await page.getByText(/^Nothing was recorded: /).waitFor();

      // Answers to a form are read like a file, and become a step of another passport's way.
      await page.getByText('No file? Answer questions instead').click();
      await page.getByLabel(/^About which one/).fill('(01)09526001000906(10)L1');
      await page.getByLabel('As of which day').fill('2026-11-20');
      await page.getByLabel(/^Can you name every step/).selectOption('Yes');
      await page.getByLabel(/^How many cubic metres of fresh water/).fill('1,25');
      await page.getByLabel(/^What you received/).fill('600');
      assert.deepEqual(await serious(app), []);
      await app.picture('desk-form');
      await page.getByRole('button', { name: 'Read these answers' }).click();
      await page.getByText('answers to a questionnaire', { exact: true }).waitFor();
      await page.getByText('Everything in it was understood.').waitFor();

      // On hold: whoever scans it is told.
      const life = block('A passport’s later life');
      await find(app, life, link);
      await life.getByLabel(/^Why, in a sentence/).fill('A batch with leaking lids');
      await life.getByRole('button', { name: 'Sign it and publish it' }).click();
      await life.getByText('Stated and taken by the ledger.').waitFor();
      assert.deepEqual(await serious(app), []);
      await life.scrollIntoViewIfNeeded();
      await app.picture('desk-life');
      // With the next snapshot that a phone fetches.
      for (let tries = 0, said = ''; !said.includes(TITLES.suspended); tries += 1) {
        assert.ok(tries < 15, said);
        await page.waitForTimeout(2_000);
        const shopper = await (await App.open(await phone(browser), own.url)).justScan();
        ({ said } = await shopper.paste(link));
        await shopper.close();
      }

      // In force again, then handed to a new owner, who confirms.
      await life.getByLabel('What you state').selectOption('Put it in force again');
      await life.getByRole('button', { name: 'Sign it and publish it' }).click();
      await life.getByText('Stated and taken by the ledger.').waitFor();
      await life.getByLabel('What you state').selectOption('Hand it to a new owner');
      await life.getByLabel(/^The new owner/).fill(receiver);
      await life.getByRole('button', { name: 'Sign the offer' }).click();
      await life.getByText(/^Nothing has changed hands yet/).waitFor();
      const [download] = await Promise.all([page.waitForEvent('download'), life.getByRole('link', { name: 'Save the offer' }).click()]);
      await node('confirm', await download.path(), '--sample-key', 'orchard-and-loom', '--to', own.url);

      // A certifier's word.
      await page.getByLabel('Sign a certificate').setInputFiles(join(ROOT, 'tests/data/vectors/untp/ConformityCredential_battery_instance.json'));
      await page.getByText(/^Signed: \d+ assessments?\.$/).waitFor();
      const certificate = JSON.parse(await saved(app, 'Save the signed certificate'));
      assert.equal(certificate.issuer.id, did);
      assert.equal(certificate.proof.cryptosuite, 'eddsa-jcs-2022');
      assert.deepEqual(app.troubles, []);

      await page.getByRole('button', { name: 'Lock it now' }).click();
      await page.getByRole('button', { name: 'Open the key' }).waitFor();
    } finally {
      await browser.close();
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },

  async 'what an organisation reported gives it a label on the phone, and a passport says whose it is'() {
    const folder = mkdtempSync(join(OUT, 'reported-'));
    const data = join(folder, 'ledger');
    await node('init', '--sample', '--data', data);
    const report = join(folder, 'report.json');
    const shop = 'retailer:greenbasket';
    writeFileSync(report, JSON.stringify({
      version: 1, kind: 'organisation', subject: shop, by: { id: shop, name: 'GreenBasket Co-op' }, at: '2025-12-31T00:00:00Z',
      paid: { minor: 60_000_000, currency: 'EUR' }, received: { minor: 90_000_000, currency: 'EUR' }, answers: { carbon: '120' },
    }));
    await node('import', '--format', 'answers', report, '--data', data, '--sample-key', shop, '--passport', shop);
    const own = await serve('--data', data);
    const browser = await launch();
    try {
      const app = await (await App.open(await phone(browser, { bypassCSP: true }), own.url)).justScan();
      const { page } = app;
      await page.goto(`${own.url}/for-you#retailer`);
      await page.getByRole('link', { name: /GreenBasket/ }).first().click();
      const label = page.getByRole('region', { name: 'S/E label' });
      await label.waitFor();
      assert.match(await label.innerText(), /more harm than good/);
      assert.deepEqual(await serious(app), []);
      await label.scrollIntoViewIfNeeded();
      await app.picture('organisation-label');
      await page.getByText('What the code says').click();
      await page.getByText('Owner of the passport').waitFor();
      await page.getByText('Owner of the passport').scrollIntoViewIfNeeded();
      await app.picture('organisation-owner');
      await label.getByRole('link', { name: 'What the label is made of' }).click();
      await page.getByRole('heading', { level: 1, name: 'S/E label' }).waitFor();
      await page.getByText(/Recomputed here/).waitFor();
      assert.deepEqual(await serious(app), []);
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
