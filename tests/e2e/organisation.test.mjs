// The organisation's desk: a supplier's own files, read on the device; and that who shops never downloads it.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, TITLES } from './lib/app.mjs';
import { OUT, launch, phone } from './lib/browser.mjs';
import { SUPPLIERS, bring, desk, introduced, memory, saved, serious, size, written } from './lib/desk.mjs';
import { node, serve } from './lib/ledger.mjs';

/** How many serial numbers an order has: at least 300, in hundreds. A round needs the same memory whatever the number. */
const SERIALS = Number(process.env.ECOSPHERE_SERIALS ?? 1_000);

export default {
  async 'an organisation sees what was understood of its files and what not, says what the columns are, and shoppers download none of it'(ledger) {
    const browser = await launch();
    try {
      for (const dark of [false, true]) {
        const app = await desk(await phone(browser, { dark, bypassCSP: true }), ledger.url);
        const { page } = app;
        const shade = dark ? 'dark' : 'light';
        assert.deepEqual(await serious(app), []);
        for (const [name, file] of [['epcis', 'podere-luna-rossa.epcis.jsonld'], ['untp', 'bottega-filo-e-ago.untp.json'], ['xlsx', 'conceria-castagno.xlsx'], ['csv', 'conserve-tre-torri.csv']]) {
          await bring(app, join(SUPPLIERS, 'good', file));
          await page.getByRole('heading', { name: 'Do the events agree?' }).waitFor();
          assert.deepEqual(await serious(app), [], file);
          await app.picture(`desk-${name}-${shade}`);
        }
        // The columns of the last one were guessed; one is set right, with the keyboard, and the table read again.
        const measured = page.getByRole('combobox', { name: 'What "Energy (kWh)" is' });
        await measured.focus();
        await measured.selectOption('Leave out');
        await page.getByRole('button', { name: 'That is right: read it so' }).press('Enter');
        await page.getByText('Read as you said.').waitFor();
        assert.equal(await page.getByRole('combobox', { name: 'What "Energy (kWh)" is' }).locator('option:checked').innerText(), 'Leave out');
        await bring(app, join(SUPPLIERS, 'faulty', 'conserve-tre-torri.csv'));
        await page.getByText(/^Line \d/).first().waitFor();
        assert.deepEqual(await serious(app), []);
        await app.picture(`desk-faulty-${shade}`);
        // What reads Parquet is fetched only for such a file; a damaged one is said to be so.
        const reader = app.page.context().waitForEvent('request', request => request.url().endsWith('/organisation/parquet_bg.wasm'));
        await bring(app, join(SUPPLIERS, 'parquet', 'duckdb.parquet'));
        await reader;
        await page.getByRole('combobox', { name: 'What "Bemerkung" is' }).waitFor();
        await page.getByRole('heading', { name: 'Do the events agree?' }).waitFor();
        await app.picture(`desk-parquet-${shade}`);
        await page.getByLabel('Choose a file').setInputFiles(join(SUPPLIERS, 'parquet', 'damaged.parquet'));
        await page.getByRole('alert').filter({ hasText: /damaged|not a Parquet file/ }).waitFor();
        await app.picture(`desk-damaged-${shade}`);
        // Reviews are scored on the device.
        const before = [];
        page.on('request', request => before.push(request.url()));
        await page.getByLabel('Or write or paste them').fill("The sauce is very good.\nIt isn't good at all.\nI love it.");
        await page.getByRole('button', { name: 'Score these texts' }).press('Enter');
        await page.getByText(/^3 texts: [\d.]+ % count as glad/).waitFor();
        await page.getByText('The texts, as they were felt').click();
        await page.getByText("It isn't good at all.", { exact: false }).last().waitFor();
        assert.deepEqual(before.filter(url => !url.startsWith('blob:') && !/\/organisation\//.test(url)), []);
        assert.deepEqual(await serious(app), []);
        await app.picture(`desk-moods-${shade}`);
        assert.deepEqual(app.troubles, []);
        await app.close();
      }
      const shopper = await phone(browser);
      const fetched = [];
      shopper.on('request', request => fetched.push(request.url()));
      const app = await (await App.open(shopper, ledger.url)).justScan();
      await app.installed();
      await app.go('Ledger');
      await app.page.getByRole('link', { name: 'Open the desk' }).waitFor();
      assert.deepEqual(fetched.filter(url => url.includes('/organisation')), []);
      // From there, and past the service worker that keeps the app, it opens.
      await app.page.getByRole('link', { name: 'Open the desk' }).click();
      await app.page.getByRole('heading', { level: 1, name: /desk/ }).waitFor();
    } finally {
      await browser.close();
    }
  },

  async 'the desk issues a passport from answers, says something in it to a named reader only, and that reader opens it there'() {
    const folder = mkdtempSync(join(OUT, 'readers-'));
    const data = join(folder, 'ledger');
    await node('init', '--sample', '--data', data);
    const own = await serve('--data', data, '--batch', '2');
    const browser = await launch();
    try {
      const app = await desk(await phone(browser, { bypassCSP: true }), own.url);
      const { page } = app;
      await introduced(app, 'Podere Pero', own.url);
      // A reader makes a key at their desk: its name is for the issuer, its file stays with them.
      const reading = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What a passport says to you only' }) });
      const keys = [];
      for (const name of ['reader.key', 'other.key']) {
        if (keys.length === 0) await reading.getByText('No reader’s key yet?').click();
        await reading.getByRole('button', { name: 'Make a reader’s key' }).click();
        const last = keys.at(-1)?.name;
        await reading.locator('.code', { hasText: /^age1/, ...(last && { hasNotText: last }) }).waitFor();
        const file = join(folder, name);
        writeFileSync(file, await saved(app, 'Save the reader’s key'));
        keys.push({ file, name: await reading.locator('.code', { hasText: /^age1/ }).innerText() });
      }

      // Answers to a form, with a name, are a passport; two lines of it are for one reader.
      await page.getByText('No file? Answer questions instead').click();
      await page.getByLabel(/^About which one/).fill('(01)09526001000906(10)P7');
      await page.getByLabel('As of which day').fill('2026-11-20');
      await page.getByLabel(/^Can you name every step/).selectOption('Yes');
      await page.getByText('To issue a passport of it from these answers').click();
      await page.getByLabel('What it is called').fill('Pear juice of Podere Pero');
      await page.getByLabel(/^Address of the facility/).fill('https://podere.example/press');
      await page.getByLabel(/^The facility’s name/).fill('Press, Langhirano');
      await page.getByLabel(/^Country it was made in/).fill('IT');
      await page.getByLabel('Day it was made').fill('2026-11-18');
      assert.deepEqual(await serious(app), []);
      await page.getByRole('button', { name: 'Read these answers' }).click();
      await page.getByText('Everything in it was understood.').waitFor();
      await page.getByText('Say something to named readers only').click();
      await page.getByLabel(/^What it says, one a line/).fill('price: 9.50 EUR\nsupplier: Mill & Son');
      await page.getByLabel(/^For whom/).fill('bob');
      const sign = page.getByRole('button', { name: 'Sign the passport and publish it' });
      await sign.click();
      await page.getByText(/bob is not a reader’s age1… name|bob is not a reader's age1… name/).waitFor();
      await page.getByLabel(/^For whom/).fill(keys[0].name);
      assert.deepEqual(await serious(app), []);
      await app.picture('desk-private');
      await sign.press('Enter');
      await page.getByText('1 passport is on the ledger.').waitFor();
      const link = (await saved(app, 'Save their links (CSV)')).toString().trim().split('\n').at(-1).split(',').at(-1);

      // Found on the ledger, everybody sees that there is something; only the reader it is for can read it.
      const number = reading.getByLabel(/^Its passport: the number/);
      for (let tries = 0; ; tries += 1) {
        await number.fill(link);
        await reading.getByRole('button', { name: 'Find it' }).click();
        const found = reading.getByText('Issued by');
        if (await found.waitFor({ timeout: 2_000 }).then(() => true, () => false)) break;
        assert.ok(tries < 20, 'the passport is not found');
      }
      await reading.getByRole('button', { name: 'Is there anything?' }).click();
      await reading.getByText('2 private attributes, for 1 reader:').waitFor();
      const open = reading.getByLabel('Open it with your reader’s key');
      await open.setInputFiles(keys[1].file);
      await reading.getByText(/is for the reader with this key/).waitFor();
      await open.setInputFiles(keys[0].file);
      await reading.getByText('Opened, and found in the passport as its issuer signed it.').waitFor();
      await reading.getByText('9.50 EUR').waitFor();
      await reading.getByText('Mill & Son').waitFor();
      assert.deepEqual(await serious(app), []);
      await reading.scrollIntoViewIfNeeded();
      await app.picture('desk-reader');
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },

  async 'a table of 200 000 rows is read as a stream, with progress, and a file of no known kind is refused'(ledger) {
    const browser = await launch();
    try {
      const app = await desk(await phone(browser), ledger.url);
      const large = join(OUT, 'large.csv');
      const rows = Array.from({ length: 200_000 }, (_, n) => `2026-08-20;farm;lot-${n};12${n % 20_000 ? '' : 'x'};some remark\n`);
      writeFileSync(large, `Datum;Betrieb;Los;Menge (kg);Bemerkung\n${rows.join('')}`);
      await app.page.getByLabel('Choose a file').setInputFiles(large);
      await app.page.getByText(/^[\d.]+ [kM]B of [\d.]+ MB read$/).waitFor();
      await app.page.getByRole('heading', { name: /^What was understood/ }).waitFor({ timeout: 240_000 });
      await app.page.getByText(/^199\u{202f}990$/u).waitFor();
      await app.page.getByText(/only the first were/).waitFor();
      await app.page.getByLabel('Choose a file').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([0xff, 0xd8, 0xff]) });
      await app.page.getByRole('alert').getByText(/neither JSON nor a table/).waitFor();
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },

  async 'an organisation issues a passport for each of many serial numbers, prints the codes, a phone verifies one, and it confirms a hand-over'() {
    const folder = mkdtempSync(join(OUT, 'desk-'));
    const data = join(folder, 'ledger');
    await node('init', '--sample', '--data', data);
    const own = await serve('--data', data, '--batch', '2');
    const browser = await launch();
    try {
      const app = await desk(await phone(browser, { bypassCSP: true }), own.url);
      const { page } = app;
      // A key is made here, introduced, and vouched for by a registrar.
      const did = await introduced(app, 'Alte Presse', own.url);

      // One passport for each row of a table.
      const before = await size(own.url);
      await bring(app, join(SUPPLIERS, 'passports/pear-juice.untp.json'));
      const rows = Array.from({ length: SERIALS }, (_, n) => `${String(n + 1).padStart(6, '0')},L26`);
      const table = join(folder, 'bottles.csv');
      writeFileSync(table, `serial,lot\n${rows.slice(0, 3).join('\n')}\n000002,L26\n`);
      await page.getByLabel('Bring serial numbers').setInputFiles(table);
      const sign = page.getByRole('button', { name: 'Sign a passport for each serial number' });
      await sign.click();
      await page.getByText(/line 5: .* stands twice/).waitFor();
      writeFileSync(table, `serial,lot\n${rows.join('\n')}\n`);
      await page.getByLabel('Bring serial numbers').setInputFiles(table);
      const begun = Date.now();
      await sign.press('Enter');
      await page.getByText(new RegExp(`^[\\d\\u202f]+ of ${written(SERIALS)} issued`)).waitFor();
      const done = page.getByText(`${written(SERIALS)} passports are on the ledger.`);
      let most = 0;
      while (!(await done.isVisible())) {
        assert.ok(Date.now() - begun < 240 * Math.max(SERIALS, 1_000), 'it takes too long');
        most = Math.max(most, await memory(app).catch(() => 0));
        await page.waitForTimeout(200);
      }
      console.log(`# ${SERIALS} passports in ${((Date.now() - begun) / 1000).toFixed(1)} s; their worker held ${most >> 20} MB`);
      assert.ok(most > 0 && most < 32 << 20, `the worker held ${most} bytes`);
      assert.deepEqual(await serious(app), []);
      await app.picture('desk-issued');
      const links = (await saved(app, 'Save their links (CSV)')).toString().trim().split('\n');
      assert.equal(links.length, SERIALS + 1);
      const sheet = (await saved(app, /codes to print/)).toString('latin1');
      assert.ok(sheet.startsWith('%PDF-1.7') && sheet.trimEnd().endsWith('%%EOF'));
      assert.equal(sheet.split('/Type /Page ').length - 1, Math.ceil(SERIALS / 24));

      // A phone that syncs from there verifies the last of them.
      for (let tries = 0; (await size(own.url)) < before + SERIALS; tries += 1) {
        assert.ok(tries < 120, 'what was taken is not published');
        await page.waitForTimeout(500);
      }
      const shopper = await (await App.open(await phone(browser), own.url)).justScan();
      const { said } = await shopper.paste(links.at(-1).split(',').at(-1));
      assert.ok(said.includes(TITLES.verified) && said.includes('Pear juice'), said);

      // Another organisation hands something over to this one.
      const offer = join(folder, 'offer.json');
      await node('passport', 'transfer', '09526001000012', '--to-owner', did, '--data', data, '--sample-key', 'orchard-and-loom', '--out', offer);
      await page.getByLabel('Bring what is to be confirmed').setInputFiles(offer);
      await page.getByText(/hands the passport [0-9a-f]{64} over to did:key:/).waitFor();
      assert.deepEqual(await serious(app), []);
      await page.getByRole('button', { name: 'Sign it too and publish it' }).click();
      await page.getByText('Confirmed and taken by the ledger.').waitFor();
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
