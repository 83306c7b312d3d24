import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, CDPSession, Page } from 'playwright-core';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import hostConfig from './host-config.json' with { type: 'json' };

/** A page on which Microsoft's renderer shows one card after another, much as Teams would. */
export interface CardPage {
  /** Replaces the card that is shown. */
  show(card: AdaptiveCard): Promise<RenderedCard>;
  /** PNG of the card that is shown. */
  picture(): Promise<Buffer>;
  /** Fonts that draw the card's letters; a glyph that no font of ours has is drawn by another one, or as a box. */
  fonts(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface RenderedCard {
  /** Everything that can be read, inputs' values and choices included. */
  readonly text: string;
  /** How many elements of each kind the card put into the page, e.g. `a`, `script`, `button`. */
  readonly elements: Readonly<Record<string, number>>;
  readonly headings: number;
  /** Inputs that no label names. */
  readonly unlabelled: number;
}

const resolve = createRequire(import.meta.url).resolve;
const fontFolder = resolve('@fontsource/noto-sans-jp/package.json').replace(/package\.json$/u, 'files/');

export async function openCardPage(browser: Browser): Promise<CardPage> {
  const page = await browser.newPage({ viewport: { width: 480, height: 100 }, deviceScaleFactor: 1 });
  await page.setContent('<!doctype html><html><body><div id="card"></div></body></html>');
  await page.addStyleTag({ content: await fontFaces() });
  await page.addStyleTag({ path: new URL('card-page.css', import.meta.url).pathname });
  await page.addScriptTag({ path: resolve('adaptivecards/dist/adaptivecards.min.js') });
  await page.addScriptTag({ content: carelessMarkdown });
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  return {
    show: (card) => render(page, card),
    picture: () => page.screenshot({ fullPage: true, animations: 'disabled' }),
    fonts: () => fontsOf(session),
    close: () => page.close(),
  };
}

/** Markdown as the most careless of clients would render it: links, emphasis, and HTML let through. */
const carelessMarkdown = `
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = text
      .replace(/!?\\[([^\\]]*)\\]\\(([^)]*)\\)/g, '<a href="$2">$1</a>')
      .replace(/(^|\\s)((?:https?:|www\\.)\\S+)/g, '$1<a href="$2">$2</a>')
      .replace(/[*]{2}([^*]+)[*]{2}/g, '<strong>$1</strong>');
    result.didProcess = true;
  };
`;

/** Latin first, then Japanese: the font package splits one typeface by script. */
async function fontFaces(): Promise<string> {
  const faces = (['latin', 'japanese'] as const).flatMap((script) => ([400, 700] as const).map((weight) => ({ script, weight })));
  const rules = faces.map(async ({ script, weight }) => {
    const file = await readFile(`${fontFolder}noto-sans-jp-${script}-${weight}-normal.woff2`, 'base64');
    const range = script === 'latin' ? 'unicode-range: U+0000-02FF, U+2000-206F;' : 'unicode-range: U+2070-FFFF;';
    return `@font-face { font-family: Card; font-weight: ${weight}; src: url(data:font/woff2;base64,${file}) format('woff2'); ${range} }`;
  });
  return (await Promise.all(rules)).join('\n');
}

async function render(page: Page, card: AdaptiveCard): Promise<RenderedCard> {
  const script = `(async () => {
    const host = document.getElementById('card');
    const card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig(${JSON.stringify(hostConfig)});
    card.parse(${JSON.stringify(card)});
    host.lang = card.lang;
    host.replaceChildren(card.render());
    await document.fonts.ready;
    const all = [...host.querySelectorAll('*')];
    const inputs = all.filter((element) => element.matches('input, textarea, select'));
    const labelled = (input) => (input.labels?.length ?? 0) > 0 || input.getAttribute('aria-label') || input.getAttribute('aria-labelledby');
    return {
      text: [host.innerText, ...inputs.map((input) => input.value), ...all.filter((e) => e.tagName === 'OPTION').map((e) => e.value + ' ' + e.text)].join('\\n'),
      elements: all.reduce((counts, { localName }) => ({ ...counts, [localName]: (counts[localName] ?? 0) + 1 }), {}),
      headings: host.querySelectorAll('[role=heading]').length,
      unlabelled: inputs.filter((input) => !labelled(input)).length,
    };
  })()`;
  return page.evaluate<RenderedCard>(script);
}

async function fontsOf(session: CDPSession): Promise<readonly string[]> {
  const { root } = await session.send('DOM.getDocument', { depth: 0 });
  const { nodeIds } = await session.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: '#card, #card *' });
  const answers = await Promise.all(nodeIds.map((nodeId) => session.send('CSS.getPlatformFontsForNode', { nodeId })));
  return [...new Set(answers.flatMap(({ fonts }) => fonts.map(({ familyName, isCustomFont }) => (isCustomFont ? 'Card' : familyName))))];
}
