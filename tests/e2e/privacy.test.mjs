// What leaves the phone is the same whatever was scanned. A proxy in between sees every byte, from page, worker and service worker alike.

import assert from 'node:assert/strict';
import { App } from './lib/app.mjs';
import { launch, phone } from './lib/browser.mjs';
import { listenIn } from './lib/ear.mjs';
import { SHELF } from './lib/ledger.mjs';

/** Everything a phone asks for while its owner pastes these codes and looks around. */
async function day(ledger, codes) {
  const ear = await listenIn(ledger.url);
  const browser = await launch();
  try {
    const context = await phone(browser);
    const foreign = [];
    context.on('request', sent => {
      if (!sent.url().startsWith(ear.url) && !/^(data|blob):/.test(sent.url())) foreign.push(sent.url());
    });
    const app = await (await App.open(context, ear.url)).justScan();
    await app.installed();
    for (const code of codes) await app.paste(code);
    await app.go('For you');
    await app.page.getByRole('heading', { name: 'What fits you best' }).waitFor();
    await app.go('History');
    await app.page.getByRole('heading', { name: 'What you scanned' }).waitFor();
    await app.page.reload();
    await app.page.getByRole('heading', { name: 'What you scanned' }).waitFor();
    await app.page.waitForTimeout(1500);
    assert.deepEqual(foreign, [], 'nobody else is asked for anything');
    // The browser itself asks for a newer service worker when it sees fit.
    return ear.asked.filter(({ path }) => path !== '/sw.js').map(entry => JSON.stringify(entry)).sort();
  } finally {
    await browser.close();
    await ear.stop();
  }
}

export default {
  async 'the requests are the same whatever was scanned'(ledger) {
    const qr = SHELF.filter(card => card.symbology === 'qr').map(card => card.code);
    const one = await day(ledger, qr.slice(0, 4));
    const other = await day(ledger, [...qr.slice(-3), '4006381333931']);
    assert.ok(one.length > 5, 'the proxy heard the first load');
    assert.deepEqual([...new Set(one)], [...new Set(other)]);
    for (const { code } of SHELF) {
      const digits = code.match(/\d{8,14}/)?.[0] ?? code;
      assert.ok(!one.concat(other).some(entry => entry.includes(digits)), `${digits} left the phone`);
    }
  },
};
