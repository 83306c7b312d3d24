import { Writable } from 'node:stream';
import type { TokenCredential } from '@azure/core-auth';
import pino from 'pino';
import type { Locale } from '../../src/cards/texts.ts';
import type { Page, PageAnswer } from '../../src/http-page.ts';
import type { Log } from '../../src/log.ts';
import { createLog } from '../../src/log.ts';
import { moveActivation, saveDraft, type NewDraft } from '../../src/store/activations.ts';
import type { Store } from '../../src/store/database.ts';
import { closeStepUp, openStepUp, type NewStepUp, type StepUpRecord } from '../../src/store/step-ups.ts';
import { createStepUpPages } from '../../src/web/step-up.ts';
import type { Outcome, StepUpPageParts } from '../../src/web/step-up-parts.ts';
import { alex, megan, noon, sampleDraft } from '../store/samples.ts';
import { FakeSignIn } from './fake-sign-in.ts';

export const tenantId = '5b9e5b0e-9a3a-4f6e-8a51-8a7d3c2b1f22';
export const publicUrl = 'https://pim.contoso.com';
export const signInSource = 'https://login.microsoftonline.com';

/** The step-up pages on a store, with a clock that the test moves and a record of everything that was carried out. */
export class StepUpWorld {
  readonly client: FakeSignIn;
  readonly carriedOut: { readonly record: StepUpRecord; readonly credential: TokenCredential }[] = [];
  readonly logged: string[] = [];
  readonly store: Store;
  readonly pages: readonly Page[];
  now = noon;
  locale: Locale = 'en';
  carryOut: () => Promise<{ outcome: Outcome }> = () => Promise.resolve({ outcome: 'done' });

  /** @param at `signsInAt`: where browsers are sent, if that is not the origin that the pages know */
  constructor(store: Store, at: { readonly publicUrl: string; readonly signInSource: string; readonly signsInAt?: string } = { publicUrl, signInSource }) {
    this.store = store;
    this.client = new FakeSignIn(at.signsInAt ?? at.signInSource);
    const parts: StepUpPageParts = {
      store, tenantId, client: this.client,
      publicUrl: at.publicUrl,
      signInSource: at.signInSource,
      clock: { now: () => this.now },
      log: this.#log(),
      carryOut: async (record, credential) => {
        if (await closeStepUp(store.db, record.id, 'carriedOut') === null) return { outcome: 'tooLate' };
        this.carriedOut.push({ record, credential });
        return this.carryOut();
      },
      loginHintOf: (personId) => Promise.resolve(`hint of ${personId}`),
      localeOf: () => Promise.resolve(this.locale),
    };
    this.pages = createStepUpPages(parts);
  }

  moveClock(minutes: number): void {
    this.now = new Date(this.now.getTime() + minutes * 60_000);
  }

  /** Alex's activation waits for a stronger sign-in. */
  async awaitingActivation(draft: Partial<NewDraft> = {}, step: Partial<NewStepUp> = {}): Promise<StepUpRecord> {
    const { requestId } = await saveDraft(this.store.db, sampleDraft({ minutes: 150, justification: 'Deploy', ...draft }));
    await moveActivation(this.store.db, requestId, { from: ['draft'] }, { state: 'awaitingStepUp' });
    return this.#open({ requestId, ...step });
  }

  /** Megan has decided on Alex's request, and PIM wants a stronger sign-in of her. */
  async awaitingDecision(action: 'approve' | 'deny', reason: string, draft: Partial<NewDraft> = {}): Promise<StepUpRecord> {
    const { requestId } = await saveDraft(this.store.db, sampleDraft({ minutes: 60, justification: 'Deploy', ...draft }));
    await moveActivation(this.store.db, requestId, { from: ['draft'] }, { state: 'pending' });
    return this.#open({ requestId, person: megan, action, reason });
  }

  #open(step: Pick<NewStepUp, 'requestId'> & Partial<NewStepUp>): Promise<StepUpRecord> {
    return openStepUp(this.store.db, {
      person: alex, action: 'activate', reason: '', requestVersion: 2, stepUp: { kind: 'authenticationContext', value: 'c1' }, createdAt: this.now, ...step,
    });
  }

  get(id: string, headers: Record<string, string> = {}): Promise<PageAnswer> {
    return this.#page('GET', '/step-up/:id').handle({ params: { id }, query: new URLSearchParams(), form: new URLSearchParams(), headers });
  }

  post(id: string, headers: Record<string, string> = fromOurPage): Promise<PageAnswer> {
    return this.#page('POST', '/step-up/:id').handle({ params: { id }, query: new URLSearchParams(), form: new URLSearchParams(), headers });
  }

  callback(query: Record<string, string> | URLSearchParams, headers: Record<string, string>): Promise<PageAnswer> {
    return this.#page('GET', '/step-up/callback').handle({ params: {}, query: new URLSearchParams(query), form: new URLSearchParams(), headers });
  }

  /** The button was pressed: where the browser is sent, and the cookie that it got. */
  async begin({ id }: StepUpRecord): Promise<{ readonly url: string; readonly cookie: string }> {
    const { status, headers } = await this.post(id);
    if (status !== 303) throw new Error(`the sign-in did not begin: ${status}`);
    return { url: headers['location'] ?? '', cookie: (headers['set-cookie'] ?? '').split(';', 1)[0] ?? '' };
  }

  #page(method: Page['method'], path: string): Page {
    const page = this.pages.find((one) => one.method === method && one.path === path);
    if (page === undefined) throw new Error(`there is no ${method} ${path}`);
    return page;
  }

  #log(): Log {
    return createLog('debug', pino.multistream([{ level: 'debug', stream: new Writable({ write: (line, _encoding, done) => { this.logged.push(String(line)); done(); } }) }]));
  }
}

/** What a browser sends with a form of our own page, whose referrer policy is `no-referrer`. */
export const fromOurPage = { 'sec-fetch-site': 'same-origin', origin: 'null' };

export function titleOf({ body }: PageAnswer): string {
  return /<h1>(.*?)<\/h1>/.exec(body)?.[1] ?? '';
}
