import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Somebody's browser: the step-up page, and Entra's sign-in. */
export class StepUpWindow {
  readonly page: Page;
  readonly context: BrowserContext;

  private constructor(page: Page) {
    this.page = page;
    this.context = page.context();
  }

  /** Stays open as long as the browser: the packaged Chromium does not survive the end of one of its contexts. */
  static async open(browser: Browser): Promise<StepUpWindow> {
    const context = await browser.newContext({ viewport: { width: 640, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return new StepUpWindow(page);
  }

  /** @returns the page's headline */
  async opens(link: string): Promise<string> {
    await this.page.goto(link);
    return this.headline();
  }

  headline(): Promise<string> {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  text(): Promise<string> {
    return this.page.locator('main').innerText();
  }

  /** Presses the page's button, up to Entra's list of accounts. */
  async begins(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign in and continue' }).click();
    await this.page.getByRole('heading', { name: 'Pick an account' }).waitFor();
  }

  /** @param name as Entra has it; without it the account that is picked already */
  async picks(name?: string): Promise<void> {
    if (name !== undefined) await this.page.getByRole('radio', { name }).check();
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** @returns the headline of our page, to which Entra leads back */
  async answersOnPhone(answer: 'Approve' | 'Deny'): Promise<string> {
    await this.page.getByRole('heading', { name: 'Approve the sign-in on your phone' }).waitFor();
    await this.page.getByRole('button', { name: answer }).click();
    await this.page.waitForURL(/\/step-up\/callback\?/u);
    return this.headline();
  }

  /** From the link to the result, as an honest person does it. */
  async confirms(link: string): Promise<string> {
    await this.opens(link);
    await this.begins();
    await this.picks();
    return this.answersOnPhone('Approve');
  }
}
