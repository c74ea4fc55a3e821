// Nothing is lost: reload, crash, a second tab.

import assert from 'node:assert/strict';
import { App } from './lib/app.mjs';
import { launch, phone } from './lib/browser.mjs';
import { SHELF } from './lib/ledger.mjs';

const products = SHELF.filter(card => card.outcome === 'verified').slice(0, 3);
const rounds = process.env.ECOSPHERE_SOAK ? 25 : 2;

/** The names in the history, newest first. */
async function history(app) {
  await app.go('History');
  await app.page.getByRole('heading', { name: 'What you scanned' }).waitFor();
  await app.page.getByRole('listitem').filter({ has: app.page.getByRole('button', { name: /^Forget / }) }).first().waitFor();
  return app.page.getByRole('button', { name: /^Forget (?!all)/ }).count();
}

async function withApp(ledger, test) {
  const browser = await launch();
  try {
    const context = await phone(browser);
    await test(await (await App.open(context, ledger.url)).justScan(), context);
  } finally {
    await browser.close();
  }
}

export default {
  'a reload finds profile and history': ledger =>
    withApp(ledger, async (app, context) => {
      await app.go('Values');
      const vegan = app.page.getByRole('checkbox').first();
      await vegan.check({ force: true });
      await app.page.getByText('Kept. Every verdict follows.').waitFor({ state: 'attached' });
      for (const { code } of products) await app.paste(code);
      await app.close();
      const again = await App.open(context, app.url, '/history');
      assert.equal(await history(again), products.length);
      await again.picture('history');
      await again.go('Values');
      assert.ok(await again.page.getByRole('checkbox').first().isChecked(), 'the line is still drawn');
      assert.deepEqual(again.troubles, []);
    }),

  'a panic in the engine is survived and loses nothing': ledger =>
    withApp(ledger, async app => {
      for (let round = 1; round <= rounds; round += 1) {
        await app.paste(products[round % products.length].code);
        await app.crash();
        // A product that is scanned again moves up; it does not stand there twice.
        assert.equal(await history(app), Math.min(round, products.length));
        await app.page.getByText('stopped and was started again').waitFor();
        // Restarts are capped per minute and page; a new page counts anew.
        if (round % 2 === 0) await app.page.reload();
      }
      assert.deepEqual(app.troubles, []);
    }),

  'a panic while a request waits fails that request and nothing else': ledger =>
    withApp(ledger, async app => {
      const { page } = app;
      await app.go('Scan');
      await page.getByRole('button', { name: 'Paste link' }).click();
      await page.getByRole('textbox', { name: 'Link of the passport' }).fill(products[0].code);
      await app.crash();
      await page.getByRole('button', { name: 'Check' }).click();
      await page.getByRole('region', { name: 'Verdict' }).or(page.getByRole('button', { name: 'Try again' })).first().waitFor();
      await app.paste(products[1].code);
    }),

  'an engine that keeps dying is not restarted for ever, and the app says so': ledger =>
    withApp(ledger, async app => {
      // However slow the machine, it all happens within the same minute; and a worker that does not listen yet is asked to die again.
      await app.page.clock.setFixedTime(Date.now());
      let deaths = 0;
      app.page.on('console', line => {
        if (line.text().startsWith("EcoSphere's engine stopped")) deaths += 1;
      });
      for (const started = Date.now(); deaths < 4; await app.page.waitForTimeout(400)) {
        assert.ok(Date.now() - started < 120_000, `only ${deaths} deaths`);
        await app.crash().catch(() => 'between two workers');
      }
      await app.go('History');
      await app.page.getByText(/stopped 4 times within a minute/).first().waitFor();
      await app.page.reload();
      await app.synced();
    }),

  'a second tab is told, and takes over when the first is closed': ledger =>
    withApp(ledger, async (app, context) => {
      await app.paste(products[0].code);
      const second = await App.open(context, app.url, '/history');
      await second.page.getByRole('heading', { name: 'EcoSphere is open in another tab' }).waitFor();
      await second.picture('second-tab');
      await app.close();
      const use = second.page.getByRole('button', { name: /use EcoSphere here/ });
      const list = second.page.getByRole('heading', { name: 'What you scanned' });
      await use.or(list).first().waitFor();
      if (await use.isVisible()) await use.click().catch(() => {});
      assert.equal(await history(second), 1);
    }),
};
