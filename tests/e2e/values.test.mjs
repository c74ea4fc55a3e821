// What a person holds dear: asked in under a minute, learned from what they choose, explained, taken back, and never told to anybody.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, BANDS } from './lib/app.mjs';
import { OUT, launch, phone } from './lib/browser.mjs';
import { listenIn } from './lib/ear.mjs';
import { SHELF, node } from './lib/ledger.mjs';

/** Conformity, tradition, benevolence, universalism, self-direction, stimulation, hedonism, achievement, power, security; the environment. */
const PLANET = { answers: [1, 1, 4, 6, 4, 3, 2, 1, 1, 2, 6], cares: /Climate|Nature|Water|Pollution|Waste/, stars: ['Climate', 'Nature'] };
const OWN = { answers: [4, 3, 2, 1, 3, 3, 6, 4, 4, 6, 1], cares: /Health|Safety|Privacy/, stars: ['Health'] };
/** Known for their climate and for what they do to the body, one good and the other bad: croissants, doughnuts, lemonade. */
const SHELF_OF_BOTH = ['00000234022960', '00000209024937', '00000764001787'];

/** Prefers what they care about, then what is cheaper. */
const prefers = cares => text => (cares.test(text) ? 100 : 0) - Number(text.match(/(\d+\.\d\d)/)?.[1] ?? 0);

/** Somebody who says what they value and then looks at these products. */
async function person({ answers, cares, stars }, ledger, name) {
  const ear = await listenIn(ledger.url);
  const browser = await launch();
  try {
    const context = await phone(browser, { viewport: { width: 412, height: 915 } });
    const app = await App.open(context, ear.url);
    await app.page.getByRole('link', { name: 'What matters to you' }).waitFor();
    await app.synced();
    await app.installed();
    const started = Date.now();
    await app.firstRun(answers, prefers(cares));
    const seconds = (Date.now() - started) / 1000;
    await app.go('Values');
    const picture = app.page.getByRole('img', { name: /^Wheel of your values/ });
    await picture.waitFor();
    const learned = await picture.getAttribute('aria-label');
    // What matters most they also say by hand, and that it outranks what was learned can be seen.
    for (const topic of stars) {
      const level = app.page.getByRole('group', { name: new RegExp(`^${topic}`) });
      await level.getByRole('radio', { name: 'Matters most' }).check();
      await level.getByText('Matters most, set by you').waitFor();
    }
    await app.page.locator('summary', { hasText: 'What each topic counts' }).click();
    await app.page.getByRole('rowheader', { name: new RegExp(`^${stars[0]}.*Set by you; what you chose would make it`) }).waitFor();
    await app.page.evaluate(() => window.scrollTo(0, 0));
    await app.picture(`values-${name}`);
    const said = new Map();
    for (const code of SHELF_OF_BOTH) {
      const verdict = await app.paste(code);
      await app.page.getByRole('region', { name: 'Your choice' }).waitFor();
      const why = (await app.page.getByRole('main').innerText()).replace(/\s+/g, ' ');
      said.set(code, { ...verdict, why });
      await app.picture(`said-${name}-${code.slice(-6)}`);
    }
    // The history says of each what its verdict said.
    await app.go('History');
    for (const { fit } of said.values()) await app.page.locator(`.history [role=meter][aria-valuenow="${fit}"]`).first().waitFor();
    assert.deepEqual(app.troubles, []);
    return { said, learned, seconds, asked: ear.asked.filter(({ path }) => path !== '/sw.js').map(entry => JSON.stringify(entry)) };
  } finally {
    await browser.close();
    await ear.stop();
  }
}

const bandOf = said => Object.entries(BANDS).find(([, words]) => said.includes(words))?.[0];

export default {
  async 'two people of opposite values answer, look at the same shelf, and get opposite, explained advice; nobody hears of it'(ledger) {
    const planet = await person(PLANET, ledger, 'planet');
    const own = await person(OWN, ledger, 'own');
    console.log(`   first runs by a machine: ${planet.seconds.toFixed(1)} s and ${own.seconds.toFixed(1)} s; ${planet.learned} | ${own.learned}`);
    let opposite = 0;
    for (const code of SHELF_OF_BOTH) {
      const [one, other] = [planet.said.get(code), own.said.get(code)];
      const bands = [bandOf(one.said), bandOf(other.said)];
      if (bands.includes('fits') && bands.includes('against')) opposite += 1;
      assert.match(one.why, /Speaks (for|against) it/, 'explained');
      assert.match(other.why, /Speaks (for|against) it/, 'explained');
      assert.notEqual(one.fit, other.fit, code);
    }
    assert.ok(opposite > 0, [...planet.said].map(([code, { fit }]) => `${code}: ${fit} ${own.said.get(code).fit}`).join('\n'));
    assert.deepEqual([...new Set(planet.asked)].sort(), [...new Set(own.asked)].sort(), 'the line carried the same for both');
    assert.ok(!planet.asked.concat(own.asked).some(entry => /"length":[1-9]/.test(entry)), 'nothing was sent');
  },

  async 'the nearest shop is found from where the device is, which nobody is told; who does not say it loses nothing'(ledger) {
    const ear = await listenIn(ledger.url);
    const browser = await launch();
    const options = async more => {
      const app = await (await App.open(await phone(browser, more), ear.url)).justScan();
      await app.paste(SHELF_OF_BOTH[0]);
      await app.page.getByRole('link', { name: 'Weigh them side by side' }).click();
      await app.page.getByRole('heading', { level: 2, name: 'Fits you better' }).waitFor();
      assert.equal(await app.page.getByText(/m away/).count(), 0, 'it is not asked before it is wanted');
      await app.page.getByRole('radio', { name: 'Nearest' }).focus();
      await app.page.keyboard.press('Space');
      return app;
    };
    try {
      // In Utrecht, at the door of a shop of the sample's.
      const app = await options({ geolocation: { latitude: 52.0943, longitude: 5.1201 }, permissions: ['geolocation'] });
      await app.page.getByText(/^Ways are straight lines/).waitFor();
      await app.page.getByText(/\d m away|\d km away/).first().waitFor();
      await app.picture('options-nearest');
      assert.deepEqual(app.troubles, []);
      assert.ok(!ear.asked.some(entry => /520?9|5\.?120/.test(JSON.stringify(entry))), 'where they are was sent');
      const other = await options({});
      await other.page.getByText(/not allowed to know where you are/).waitFor();
      assert.ok(await other.page.getByRole('radio', { name: 'Best fit' }).isChecked(), 'the order is as before');
      await other.picture('options-nowhere');
    } finally {
      await browser.close();
      await ear.stop();
    }
  },

  async 'a first run that is interrupted goes on where it was left, and any part of it can be skipped'(ledger) {
    const browser = await launch();
    try {
      const app = await App.open(await phone(browser), ledger.url);
      const { page } = app;
      await page.getByRole('link', { name: 'What matters to you' }).click();
      for (const [at, answer] of [3, 2, 5, 6].entries()) await app.answer(at, answer);
      await page.getByText('Question 5 of 11.').waitFor();
      await page.reload();
      await page.getByText('Question 5 of 11.').waitFor();
      await page.getByRole('button', { name: 'Back' }).click();
      await page.getByText('Question 4 of 11.').waitFor();
      assert.equal(await page.getByRole('button', { pressed: true }).innerText(), 'Very much like me', 'what was answered shows again');
      await page.goto(ledger.url);
      await page.getByRole('link', { name: 'Go on: what matters' }).click();
      await page.getByText('Question 5 of 11.').waitFor();
      await page.getByRole('button', { name: 'Skip these' }).click();
      // Whoever skips the questionnaire may begin as others do, or set topics by hand.
      await page.getByRole('heading', { name: 'Where shall it begin?' }).waitFor();
      await app.picture('starts');
      await page.reload();
      await page.getByRole('button', { name: /People first/ }).click();
      await page.getByRole('heading', { name: /Which would you take/ }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: /Which would you take/ }).waitFor();
      await page.getByRole('button', { name: 'Skip the rest' }).click();
      await page.getByRole('button', { name: /Done/ }).click();
      await page.getByRole('heading', { name: 'Scan a passport or barcode' }).waitFor();
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },

  async 'topics are set with stars and a slider, and what was set stays'(ledger) {
    const browser = await launch();
    try {
      const app = await (await App.open(await phone(browser, { viewport: { width: 360, height: 800 } }), ledger.url)).justScan();
      const { page } = app;
      await app.go('Values');
      await page.getByRole('radio', { name: 'Stars' }).check();
      const water = page.getByRole('group', { name: /^Water/ });
      await water.getByRole('radio', { name: '3 stars' }).check();
      await water.getByText('Counts 1.5, set by you').waitFor();
      await water.scrollIntoViewIfNeeded();
      await app.picture('stars');
      await page.getByRole('radio', { name: 'Slider' }).check();
      const slider = page.getByRole('slider', { name: 'Water' });
      assert.equal(await slider.getAttribute('aria-valuetext'), 'Counts 1.5, set by you');
      await slider.focus();
      for (const key of ['ArrowRight', 'ArrowRight', 'End', 'ArrowLeft']) await slider.press(key);
      await water.getByText('Counts 3.0, set by you').waitFor();
      assert.equal(await slider.inputValue(), '295', 'in steps of five');
      const { height, width } = await slider.boundingBox();
      assert.ok(height >= 48 && width >= 240, `${width} x ${height}: for a thumb`);
      await app.picture('slider');
      await page.reload();
      await page.getByRole('slider', { name: 'Water' }).waitFor();
      assert.equal(await page.getByRole('slider', { name: 'Water' }).inputValue(), '295', 'kept');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, 'nothing stands out');
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },

  async 'purchases add up, and an organisation is let speak, which every verdict says'(ledger) {
    const browser = await launch();
    try {
      const app = await (await App.open(await phone(browser, { viewport: { width: 412, height: 915 } }), ledger.url)).justScan();
      const { page } = app;
      await app.go('Values');
      await page.getByRole('link', { name: 'What your purchases did' }).click();
      await page.getByText('Nothing yet.').waitFor();
      const { code } = SHELF.find(card => card.outcome === 'verified');
      await app.paste(code);
      await page.getByRole('region', { name: 'Your choice' }).getByRole('button', { name: 'I take it' }).click();
      await page.getByText(/^Kept: you take it/).waitFor();
      await app.go('History');
      await page.getByRole('link', { name: 'What your purchases did' }).click();
      await page.getByText('You took 1 and scanned 1.').waitFor();
      await page.locator('summary', { hasText: 'By goal of the United Nations' }).click();
      await app.picture('months');

      await app.go('Values');
      await page.getByRole('link', { name: /organisation/ }).click();
      await page.getByRole('button', { name: 'Set its values' }).click();
      await page.locator('summary', { hasText: 'Its name, topics and lines' }).click();
      await page.getByLabel('What is it called?').fill('Village shop');
      await page.getByLabel('What is it called?').press('Tab');
      await page.getByRole('heading', { name: 'Village shop and you' }).waitFor();
      await page.getByRole('group', { name: /^Community/ }).getByRole('radio', { name: 'Matters most' }).check();
      await page.getByText('Counts more for Village shop: community and local economy.').waitFor();
      await page.getByRole('radio', { name: /organisation/ }).check();
      const strip = page.getByText('Verdicts by the values of Village shop, not yours.');
      await strip.waitFor();
      await page.evaluate(() => window.scrollTo(0, 0));
      await app.picture('ours');
      await app.paste(code);
      await page.getByText('By the values of Village shop, not yours', { exact: true }).waitFor();
      await app.picture('ours-verdict');
      await app.go('For you');
      await strip.waitFor();
      await strip.getByRole('link', { name: 'Change' }).click();
      await page.getByRole('radio', { name: 'Mine' }).check();
      await strip.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'Erase this profile' }).click();
      await page.getByRole('button', { name: 'Set its values' }).waitFor();
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },

  async 'what is blocked is offered no more, and a shopping list says how the whole of it fits'(ledger) {
    const browser = await launch();
    try {
      const app = await (await App.open(await phone(browser, { viewport: { width: 412, height: 915 } }), ledger.url)).justScan();
      const { page } = app;
      await app.go('For you');
      const first = page.locator('.cards .title').first();
      const name = await first.innerText();
      await first.click();
      const lists = page.getByRole('region', { name: 'Your lists' });
      await lists.getByRole('button', { name: 'Shopping list' }).click();
      await lists.getByRole('button', { name: 'Shopping list', pressed: true }).waitFor();
      await lists.getByText('Never offer it').click();
      await lists.getByRole('button', { name: 'Only this' }).click();
      await lists.getByText('Never offered').waitFor();
      await app.go('For you');
      await page.locator('.cards .title').first().waitFor();
      assert.ok(!(await page.locator('.cards .title').allInnerTexts()).includes(name), 'it is not offered');
      await page.getByRole('link', { name: 'Your lists' }).click();
      await page.getByText('All of it:').waitFor();
      await app.picture('lists');
      await page.reload();
      await page.locator('.cards .title').first().click();
      await page.getByText(`You blocked ${name}`).waitFor();
      await page.goto(`${ledger.url}/lists`);
      for (const list of ['Shopping list', 'Never offered']) await page.getByRole('button', { name: `Take ${name} off ${list}` }).click();
      await page.getByText('What you put here is weighed as a whole').waitFor();

      // A list that somebody signed: it is said where it speaks of, and left again.
      const { code } = SHELF.find(card => card.outcome === 'verified');
      const folder = mkdtempSync(join(OUT, 'calls-'));
      const [draft, list] = ['draft.json', 'list.json'].map(name => join(folder, name));
      const id = `(01)${code.match(/\/01\/(\d{14})/)[1]}`;
      writeFileSync(draft, JSON.stringify({ name: 'Fair shelf', boycott: [{ id, name: 'this one', why: 'Told in a report.' }] }));
      await node('call', draft, '--sample-key', 'steward-wikirate', '--out', list);
      await page.getByLabel('Follow a list from a file').setInputFiles(list);
      await page.getByText('1 not to buy, 0 to support').waitFor();
      await page.getByText('Lists of others').scrollIntoViewIfNeeded();
      await app.picture('followed');
      const { said } = await app.paste(code);
      assert.match(said, /do not buy this one/);
      await page.getByText('Told in a report.').waitFor();
      await app.picture('called');
      writeFileSync(draft, readFileSync(list, 'utf8').replace('Told in a report.', 'Made up.'));
      await page.goto(`${ledger.url}/lists`);
      await page.getByLabel('Follow a list from a file').setInputFiles(draft);
      await page.getByText(/not to be believed/).waitFor();
      await page.getByRole('button', { name: 'Follow Fair shelf no longer' }).click();
      await page.getByText('1 not to buy').waitFor({ state: 'detached' });
      rmSync(folder, { recursive: true, force: true });
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },

  async 'what is taken teaches, is named among what it was learned from, and can be taken back'(ledger) {
    const browser = await launch();
    try {
      const app = await (await App.open(await phone(browser, { viewport: { width: 412, height: 915 } }), ledger.url)).justScan();
      const { page } = app;
      // The first product of the shelf that something fits better than.
      for (const { code } of SHELF.filter(card => ['unsealed', 'verified'].includes(card.outcome))) {
        await app.paste(code);
        await page.getByRole('region', { name: 'Your choice' }).waitFor({ timeout: 5_000 }).catch(() => {});
        if (await page.locator('#better a.title').count()) break;
      }
      const before = page.url();
      await page.locator('#better a.title').first().click();
      await page.waitForURL(url => url.href !== before);
      const choice = page.getByRole('region', { name: 'Your choice' });
      await choice.getByRole('button', { name: 'I take it' }).click();
      await choice.getByText(/Kept: you take it rather than/).waitFor();
      await choice.scrollIntoViewIfNeeded();
      await app.picture('decided');
      await choice.getByRole('group', { name: /Why/ }).getByRole('button').first().click();
      await choice.getByText('Your values follow it.').waitFor();
      await app.go('Values');
      await page.getByRole('heading', { name: /What it was learned from/ }).waitFor();
      await page.getByRole('heading', { name: /What it was learned from/ }).scrollIntoViewIfNeeded();
      await app.picture('learned-from');
      for (let left = await page.locator('.past > li').count(); left > 0; left -= 1) {
        await page.getByRole('button', { name: /take it back, choice/i }).first().click();
        await page.waitForFunction(left => document.querySelectorAll('.past > li').length === left, left - 1);
      }
      await page.getByRole('link', { name: /Ask me more/ }).click();
      await page.getByRole('heading', { name: /Which would you take/ }).waitFor();
      await app.picture('question-real');
      await page.locator('.trade-off button').first().click();
      await page.getByText('1 choice learned from').waitFor();
      await page.getByRole('link', { name: 'Enough for now' }).click();
      await page.getByRole('button', { name: 'Pause learning' }).click();
      await page.getByRole('button', { name: /Go on learning/ }).waitFor();
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },
};
