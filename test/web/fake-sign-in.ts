import { createHash, randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/core-auth';
import { PimError } from '../../src/pim/errors.ts';
import type { StepUpClient } from '../../src/identity/step-up-client.ts';

type Ask = Parameters<StepUpClient['signInUrl']>[0];

/** Entra ID as the page sees it: a code is good once, for the verifier, nonce and service of the sign-in that it came from. */
export class FakeSignIn implements StepUpClient {
  readonly origin: string;
  readonly asks: Ask[] = [];
  /** Codes that somebody tried to redeem. */
  readonly tried: string[] = [];
  readonly #codes = new Map<string, { readonly ask: Ask; readonly personId: string; readonly tenantId: string }>();
  /** Awaited in the middle of each redemption. */
  meanwhile: () => Promise<void> = () => Promise.resolve();

  constructor(origin: string) {
    this.origin = origin;
  }

  signInUrl(ask: Ask): Promise<string> {
    this.asks.push(ask);
    const query = new URLSearchParams({ state: ask.state, code_challenge: ask.codeChallenge });
    return Promise.resolve(`${this.origin}/tenant/oauth2/v2.0/authorize?${query.toString()}`);
  }

  /** Somebody signs in at that address; what the browser comes back with. */
  signIn(url: string, personId: string, tenantId: string): { readonly state: string; readonly code: string } {
    const state = new URL(url).searchParams.get('state') ?? '';
    const ask = this.asks.find((one) => one.state === state);
    if (ask === undefined) throw new Error('no such sign-in was begun');
    const code = randomUUID();
    this.#codes.set(code, { ask, personId, tenantId });
    return { state, code };
  }

  async redeem({ code, codeVerifier, nonce, scope }: Parameters<StepUpClient['redeem']>[0]): ReturnType<StepUpClient['redeem']> {
    this.tried.push(code);
    await this.meanwhile();
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    if (issued === undefined || issued.ask.nonce !== nonce || issued.ask.scope !== scope) throw new PimError('signInRequired', 'invalid_grant');
    if (createHash('sha256').update(codeVerifier).digest('base64url') !== issued.ask.codeChallenge) throw new PimError('signInRequired', 'invalid_grant');
    return { personId: issued.personId, tenantId: issued.tenantId, credential: credentialOf(issued.personId) };
  }
}

function credentialOf(personId: string): TokenCredential {
  return { getToken: () => Promise.resolve({ token: `token of ${personId}`, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };
}
