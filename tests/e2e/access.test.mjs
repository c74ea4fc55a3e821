// Everyone can use it: axe-core on every screen in light and dark at 360 px, and a walk with the keyboard alone.

import assert from 'node:assert/strict';
import { App, TITLES } from './lib/app.mjs';
import { AXE, launch, phone } from './lib/browser.mjs';
import { SHELF } from './lib/ledger.mjs';

const SCREENS = {
  values: '/values',
  questions: '/questions',
  'for-you': '/for-you',
  'for-you-shops': '/for-you#retailer',
  lists: '/lists',
  history: '/history',
  ledger: '/ledger-status',
  shelf: '/shelf',
  scan: '/scan',
  lost: '/no-such-place',
};
/** The passport whose every step from field to shelf is signed. */
const TOMATO = SHELF.find(card => card.title.startsWith('Tomato sauce')).code;
const example = outcome => SHELF.find(card => card.outcome === outcome).code;

/** From the verdict to the label, and on to the journey: the name of the picture, the link, the heading there. */
const STORIES = [
  ['label', 'What the label is made of', 'S/E label'],
  ['journey', 'See every step and its proof', 'Its way'],
];

async function audit(app, name) {
  await app.page.waitForTimeout(250);
  await app.picture(name);
  const [violations, overflow] = await app.page.evaluate(async axe => {
    if (!window.axe) (0, eval)(axe);
    const { violations } = await window.axe.run({ resultTypes: ['violations'] });
    return [violations, document.documentElement.scrollWidth - document.documentElement.clientWidth];
  }, AXE).catch(async () => {
    // The page's policy allows no eval: the checker comes in from outside.
    await app.page.addScriptTag({ content: AXE });
    return app.page.evaluate(async () => {
      const { violations } = await window.axe.run({ resultTypes: ['violations'] });
      return [violations, document.documentElement.scrollWidth - document.documentElement.clientWidth];
    });
  });
  assert.ok(overflow <= 0, `${name}: ${overflow} px wider than the phone`);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].any[0]?.message ?? ''}`);
}

async function everyScreen(ledger, dark) {
  const browser = await launch();
  try {
    const context = await phone(browser, { dark, bypassCSP: true });
    const shade = dark ? 'dark' : 'light';
    const found = [];
    const app = await App.open(context, ledger.url);
    await app.page.getByRole('link', { name: 'What matters to you' }).waitFor();
    found.push(...(await audit(app, `welcome-${shade}`)));
    const look = async name => {
      // One screen of each kind is enough.
      if (/(item-1|item-11|trade-off-1|lines)$/.test(name)) found.push(...(await audit(app, `${name}-${shade}`)));
    };
    await app.firstRun([1, 2, 4, 6, 4, 3, 3, 1, 1, 2, 6], text => Number(/Climate|Nature|Water/.test(text)), look);
    await app.synced();
    await app.paste(example('verified'));
    await app.page.getByRole('button', { name: 'Shopping list' }).click();
    await app.page.getByRole('button', { name: 'Shopping list', pressed: true }).waitFor();
    for (const outcome of ['verified', 'altered', 'not-in-snapshot', 'unsealed']) {
      await app.paste(example(outcome));
      found.push(...(await audit(app, `said-${outcome}-${shade}`)));
    }
    await app.paste(example('verified'));
    await app.page.getByRole('link', { name: 'Weigh them side by side' }).click();
    await app.page.getByRole('heading', { level: 1, name: 'Options' }).waitFor();
    await app.page.getByRole('heading', { level: 2 }).first().waitFor();
    found.push(...(await audit(app, `options-${shade}`)));
    await app.paste(TOMATO);
    found.push(...(await audit(app, `said-tomato-${shade}`)));
    for (const [name, link, heading] of STORIES) {
      await app.page.getByRole('link', { name: link }).click();
      await app.page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await app.page.getByRole('heading', { level: 2 }).first().waitFor();
      found.push(...(await audit(app, `${name}-${shade}`)));
      // Everything that is folded away can be read too.
      await app.page.evaluate(() => document.querySelectorAll('details').forEach(folded => (folded.open = true)));
      found.push(...(await audit(app, `${name}-open-${shade}`)));
    }
    for (const [name, path] of Object.entries(SCREENS)) {
      await app.page.goto('about:blank');
      await app.page.goto(app.url + path);
      await app.synced();
      await app.page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
      await app.page.waitForTimeout(400);
      found.push(...(await audit(app, `${name}-${shade}`)));
    }
    assert.deepEqual(found, []);
  } finally {
    await browser.close();
  }
}

/** Presses Tab until this has the focus. */
async function tabTo(page, target) {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await target.evaluate(element => element === document.activeElement || element.contains(document.activeElement)).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${target}`);
}

export default {
  'axe-core finds nothing serious on any screen in light': ledger => everyScreen(ledger, false),
  'axe-core finds nothing serious on any screen in dark': ledger => everyScreen(ledger, true),

  async 'the keyboard alone leads from the shelf to a label, its journey and the signed statement of a step'(ledger) {
    const browser = await launch();
    try {
      const app = await (await App.open(await phone(browser), ledger.url)).justScan();
      const { page } = app;
      await page.goto(`${app.url}/shelf`);
      await app.synced();
      await page.getByRole('heading', { name: /^Tomato sauce/ }).waitFor();
      await app.paste(TOMATO);
      const verdict = page.url();
      const into = async (role, name, heading) => {
        const target = page.getByRole(role, { name });
        await target.waitFor();
        await tabTo(page, target);
        await page.keyboard.press('Enter');
        const title = page.getByRole('heading', { level: 1, name: heading });
        await title.waitFor();
        assert.ok(await title.evaluate(element => element === document.activeElement), `"${heading}" is read out first`);
      };
      const letter = await page.getByRole('region', { name: 'S/E label' }).getByRole('img', { name: /of A to E$/ }).getAttribute('aria-label');
      await into('link', 'What the label is made of', 'S/E label');
      assert.equal(await page.getByRole('img', { name: /of A to E$/ }).getAttribute('aria-label'), letter, 'one label on both screens');
      assert.equal(await page.getByRole('table').count(), 3);
      await page.getByRole('rowheader', { name: '13. Climate action' }).waitFor();
      await into('link', 'See every step and its proof', 'Its way');
      await page.getByRole('img', { name: /^Map of the way/ }).waitFor();
      const how = page.locator('summary', { hasText: 'How do we know? Step 3' });
      await tabTo(page, how);
      await page.keyboard.press('Enter');
      await page.locator('details[open] li', { hasText: /It is entry .* in the ledger/ }).waitFor();
      const detail = page.locator('summary', { hasText: 'Technical detail Step 3' });
      await tabTo(page, detail);
      await page.keyboard.press('Enter');
      await page.locator('details[open] dd.code', { hasText: /^did:key:/ }).first().waitFor();
      const back = page.getByRole('link', { name: 'Back to the verdict' });
      await tabTo(page, back);
      await page.keyboard.press('Enter');
      await page.waitForURL(url => url.href === verdict);
      await app.verdict();
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },

  async 'the keyboard alone leads from the first screen to a verdict and to better options'(ledger) {
    const browser = await launch();
    try {
      const app = await App.open(await phone(browser), ledger.url);
      const { page } = app;
      const start = page.getByRole('button', { name: 'Just scan' });
      await start.waitFor();
      await tabTo(page, start);
      await page.keyboard.press('Enter');
      await app.synced();
      const paste = page.getByRole('button', { name: 'Paste link' });
      await tabTo(page, paste);
      await page.keyboard.press('Enter');
      const field = page.getByRole('textbox', { name: 'Link of the passport' });
      await field.waitFor();
      await tabTo(page, field);
      await page.keyboard.insertText(example('verified'));
      await page.keyboard.press('Enter');
      const { said } = await app.verdict();
      assert.ok(said.includes(TITLES.verified), said);
      const heading = page.getByRole('heading', { level: 1 });
      assert.ok(await heading.evaluate(element => element === document.activeElement), 'the verdict is read out first');
      const forYou = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'For you' });
      await tabTo(page, forYou);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'What fits you best' }).waitFor();
      assert.deepEqual(app.troubles, []);
    } finally {
      await browser.close();
    }
  },
};
