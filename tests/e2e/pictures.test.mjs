// A chosen picture instead of the camera, and every way in which a file can be bad.

import assert from 'node:assert/strict';
import { App, TITLES } from './lib/app.mjs';
import { launch, phone } from './lib/browser.mjs';
import { SHELF } from './lib/ledger.mjs';

/** The first bytes of a PNG that says it is this large. */
function head(width, height) {
  const bytes = Buffer.alloc(64);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.set([8, 2], 24);
  return bytes;
}

async function withApp(ledger, test) {
  const browser = await launch();
  try {
    await test(await (await App.open(await phone(browser), ledger.url)).justScan());
  } finally {
    await browser.close();
  }
}

/** Photographs of the printed sheet: one card, and two beside each other. */
async function photographs(app) {
  await app.page.goto(`${app.url}/shelf`);
  const cards = app.page.locator('[data-code]');
  const at = n => cards.nth(n).getByRole('img', { name: /: / });
  await at(1).waitFor();
  const one = await at(0).screenshot();
  const boxes = [await at(0).boundingBox(), await at(1).boundingBox()];
  const [left, top] = [Math.min(...boxes.map(box => box.x)), Math.min(...boxes.map(box => box.y))];
  const clip = { x: left, y: top, width: Math.max(...boxes.map(box => box.x + box.width)) - left, height: Math.max(...boxes.map(box => box.y + box.height)) - top };
  const two = await app.page.screenshot({ clip, fullPage: true });
  return { one, two };
}

export default {
  'a picture of a code gives the same verdict as the code': ledger =>
    withApp(ledger, async app => {
      const { one } = await photographs(app);
      await app.choose('card.png', one);
      const { code, said } = await app.verdict();
      assert.equal(code, SHELF[0].code);
      assert.ok(said.includes(TITLES[SHELF[0].outcome]), said);
    }),

  'two codes in one picture: the person chooses': ledger =>
    withApp(ledger, async app => {
      const { two } = await photographs(app);
      await app.choose('cards.png', two);
      await app.page.getByRole('heading', { name: '2 codes in sight. Which one?' }).waitFor();
      await app.picture('two-codes');
      await app.page.getByRole('button', { name: /No\. 2/ }).click();
      const { code } = await app.verdict();
      assert.ok(SHELF.slice(0, 2).some(card => card.code === code), code);
    }),

  'a file that is no picture, empty, cut short or a bomb is refused in plain words': ledger =>
    withApp(ledger, async app => {
      const { one } = await photographs(app);
      const files = {
        'empty.png': [Buffer.alloc(0), /is empty/],
        'letter.png': [Buffer.from('Dear reader, this is not a picture at all, whatever its name says.'), /not a picture/],
        'cut.png': [one.subarray(0, Math.floor(one.length / 3)), /cut short|damaged|No code/],
        'bomb.png': [head(60_000, 60_000), /too large/],
        'nothing.png': [head(0, 0), /cut short|damaged/],
      };
      for (const [name, [bytes, words]] of Object.entries(files)) {
        await app.choose(name, bytes);
        await app.page.getByRole('alert').filter({ hasText: words }).first().waitFor().catch(error => {
          throw new Error(`${name} is not refused with ${words}`, { cause: error });
        });
        await app.page.reload();
        await app.synced();
      }
      assert.deepEqual(app.troubles, []);
    }),
};
