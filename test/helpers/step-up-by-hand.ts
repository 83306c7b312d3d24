import { EntraBrowser } from './stand-ins/entra-browser.ts';
import { send, type HttpsAnswer } from './stand-ins/entra-https.ts';
import type { Production } from './stand-ins/production.ts';

/** A page of ours, as it came. */
export interface StepUpAnswer {
  readonly status: number;
  readonly headline: string;
  readonly html: string;
  /** Where it sends the browser. */
  readonly location: URL | null;
}

/** What a browser does between the step-up page and Entra's, by hand: each request may be another than a browser's. */
export class StepUpByHand {
  readonly #production: Production;
  readonly #origin: string;
  readonly #seen: string[];
  /** `name=value`, as the page has set it last. */
  cookie = '';

  /** @param seen gets every page of ours, with its headers but for cookie and redirect, which are the browser's own */
  constructor(production: Production, seen: string[] = []) {
    this.#production = production;
    this.#seen = seen;
    const [, place = ''] = /MAP pim-bot\.contoso\.example (127\.0\.0\.1:\d+)/u.exec(production.hostResolverRules) ?? [];
    this.#origin = `https://${place}`;
  }

  async opens(link: string): Promise<StepUpAnswer> {
    return this.#shown(await send(this.#here(link), { ca: this.#production.tls.caPem }));
  }

  /** Presses the page's button. @returns where the browser is sent: Entra's page */
  async begins(link: string): Promise<URL> {
    const answer = await send(this.#here(link), { ca: this.#production.tls.caPem, form: {}, headers: { 'sec-fetch-site': 'same-origin', origin: 'null' } });
    this.cookie = answer.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
    const { status, location } = this.#shown(answer);
    if (location === null) throw new Error(`no sign-in was begun: ${status}`);
    return location;
  }

  /** Signs in on Entra's page, with a second factor where one is asked. @returns where Entra sends the browser back to */
  async signsIn(page: URL, accountId: string): Promise<URL> {
    const entra = new EntraBrowser(this.#production.tls.caPem);
    await entra.open(page.href.replace('https://login.microsoftonline.com', this.#production.entra.origin));
    const picked = await entra.pick(accountId);
    const { location } = picked.location === null ? await entra.press('approve') : picked;
    if (location === null) throw new Error(`the sign-in did not lead back: ${picked.title}`);
    return location;
  }

  async comesBack(to: URL, cookie = this.cookie): Promise<StepUpAnswer> {
    return this.#shown(await send(this.#here(to.href), { ca: this.#production.tls.caPem, headers: cookie === '' ? {} : { cookie } }));
  }

  #here(address: string): string {
    const { pathname, search } = new URL(address);
    return `${this.#origin}${pathname}${search}`;
  }

  #shown({ status, headers, text: html }: HttpsAnswer): StepUpAnswer {
    this.#seen.push(JSON.stringify({ ...headers, 'set-cookie': '', location: '' }), html);
    return { status, html, headline: /<h1>([^<]*)/u.exec(html)?.[1] ?? '', location: headers.location === undefined ? null : new URL(headers.location) };
  }
}
