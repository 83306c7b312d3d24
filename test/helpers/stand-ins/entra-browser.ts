import { send } from './entra-https.ts';

export interface Shown {
  readonly status: number;
  readonly title: string;
  readonly html: string;
  /** Where it redirects to; it is not followed. */
  readonly location: URL | null;
}

/** Somebody in front of the pages of the stand-in for Entra, without a browser. */
export class EntraBrowser {
  readonly #ca: string;
  #url = '';
  /** Of the page that was shown last. */
  #form = { action: '', id: '' };

  constructor(ca: string) {
    this.#ca = ca;
  }

  async open(url: string): Promise<Shown> {
    this.#url = url;
    return this.#show(await send(url, { ca: this.#ca }));
  }

  /** Picks an account by its object id. */
  pick(account: string): Promise<Shown> {
    return this.#submit({ account });
  }

  /** Presses the button of this value. */
  press(answer: 'approve' | 'deny' | 'accept' | 'cancel'): Promise<Shown> {
    return this.#submit({ answer });
  }

  async #submit(fields: Readonly<Record<string, string>>): Promise<Shown> {
    const url = new URL(this.#form.action, this.#url);
    return this.#show(await send(url, { ca: this.#ca, form: { id: this.#form.id, ...fields } }));
  }

  #show({ status, headers, text: html }: Awaited<ReturnType<typeof send>>): Shown {
    const [action, id] = [/<form [^>]*action="([^"]+)"/.exec(html)?.[1], /name="id" value="([^"]*)"/.exec(html)?.[1]];
    if (action !== undefined && id !== undefined) this.#form = { action, id: id.replaceAll('&amp;', '&') };
    const location = headers.location === undefined ? null : new URL(headers.location);
    return { status, title: /<title>([^<]*)/.exec(html)?.[1] ?? '', html, location };
  }
}
