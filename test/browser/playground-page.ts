import type { Browser, Locator, Page } from 'playwright-core';

/** One person's window of the Agents Playground, in a browser. Cards are found by what is written on them. */
export interface PlaygroundPage {
  readonly page: Page;
  /** Writes into the chat and sends. */
  type(text: string): Promise<void>;
  /** The card that stands lowest in the chat. */
  lastCard(): Locator;
  /** Writes into a text field; of the last card, unless another is named. */
  fill(label: string, value: string, card?: Locator): Promise<void>;
  /** Picks from a list, be it folded or not; of the last card, unless another is named. */
  choose(label: string, option: string, card?: Locator): Promise<void>;
  /** Presses a button; of the last card, unless another is named. */
  click(button: string, card?: Locator): Promise<void>;
  /** Waits until a card contains the text. @throws {Error} which prints what the cards say instead */
  waitForCardText(text: string, timeoutMs?: number): Promise<Locator>;
  /** Saves what is seen, as PNG. */
  screenshot(file: string): Promise<void>;
}

const loopbackHosts = new Set(['127.0.0.1', 'localhost']);

/**
 * Opens the window and waits until the bot has answered the events by which it learns of the person. It stays open as long
 * as the browser: the packaged Chromium is one process and does not survive the end of one of its contexts.
 */
export async function openPlayground(browser: Browser, url: string): Promise<PlaygroundPage> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  // The client asks for fonts on the network and does well without them.
  await context.route(({ hostname }) => !loopbackHosts.has(hostname), (route) => route.abort());
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText(/^conversationUpdate 2\d\d$/u).waitFor();
  await page.getByRole('button', { name: 'Hide log panel' }).click();

  const cards = page.locator('.ac-adaptiveCard');
  const lastCard = (): Locator => cards.last();
  return {
    page,
    lastCard,
    async type(text) {
      await page.locator('[role=textbox][contenteditable=true]').first().click();
      await page.keyboard.type(text);
      await page.getByLabel('Send Message').click();
    },
    fill: (label, value, card = lastCard()) => card.getByLabel(label).fill(value),
    choose: (label, option, card = lastCard()) => choose(label, option, card),
    click: (button, card = lastCard()) => card.getByRole('button', { name: button, exact: true }).click(),
    waitForCardText: (text, timeoutMs = 15_000) => waitForCard(cards, text, timeoutMs),
    async screenshot(file) { await page.screenshot({ path: file }); },
  };
}

/** The options of a folded list lie outside the card. */
async function choose(label: string, option: string, card: Locator): Promise<void> {
  const folded = card.getByRole('combobox', { name: label });
  const unfolded = card.getByRole('radiogroup', { name: label });
  await folded.or(unfolded).waitFor();
  if ((await folded.count()) === 0) {
    await unfolded.getByRole('radio', { name: option, exact: true }).click();
    return;
  }
  await folded.click();
  await card.page().getByRole('option', { name: option, exact: true }).click();
}

async function waitForCard(cards: Locator, text: string, timeoutMs: number): Promise<Locator> {
  const card = cards.filter({ hasText: text }).last();
  try {
    await card.waitFor({ timeout: timeoutMs });
    return card;
  } catch (error) {
    const shown = await cards.allInnerTexts();
    const instead = shown.length === 0 ? 'no card is shown' : `the cards say:\n${shown.join('\n---\n')}`;
    throw new Error(`no card with "${text}" was shown in ${timeoutMs} ms; ${instead}`, { cause: error });
  }
}
