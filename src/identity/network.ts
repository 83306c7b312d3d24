import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { PimError } from '../pim/errors.ts';
import type { Authority } from './authority.ts';
import { requireAnswer } from './entra-answer.ts';
import { readAnswer, timeLimitMs } from './limits.ts';

/**
 * MSAL's way out, for one exchange: to the authority's host and no other, without redirects, within the limits of time
 * and size. A connection for each call: one that was kept and closed at the other end would fail the first call after a pause.
 */
export class EntraNetwork implements INetworkModule {
  readonly #authority: Authority;
  readonly #beforeCall: () => void;
  readonly #limit = AbortSignal.timeout(timeLimitMs);
  #failure: PimError | null = null;

  /** @param beforeCall as in `AppRegistration` */
  constructor(authority: Authority, beforeCall: () => void) {
    this.#authority = authority;
    this.#beforeCall = beforeCall;
  }

  /** Why Entra did not answer; MSAL replaces what its network throws by an error that does not tell. */
  get failure(): PimError | null {
    return this.#failure;
  }

  sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send<T>('GET', url, options);
  }

  sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    return this.#send<T>('POST', url, options);
  }

  async #send<T>(method: 'GET' | 'POST', url: string, options: NetworkRequestOptions = {}): Promise<NetworkResponse<T>> {
    try {
      this.#beforeCall();
      requireHost(url, this.#authority);
      const response = await this.#answer(method, url, options);
      const [status, text] = [response.statusCode ?? 0, await readAnswer(response)];
      requireAnswer({ status, text, retryAfter: response.headers['retry-after'] });
      return { status, headers: singleHeaders(response), body: JSON.parse(text) };
    } catch (error) {
      this.#failure = unreachable(error);
      throw this.#failure;
    }
  }

  #answer(method: 'GET' | 'POST', url: string, { headers, body }: NetworkRequestOptions): Promise<IncomingMessage> {
    const { caPem } = this.#authority;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = https.request(url, {
      method,
      headers: { ...headers, accept: 'application/json', connection: 'close' },
      signal: this.#limit,
      ...(caPem === undefined ? {} : { ca: caPem }),
    }, resolve);
    request.on('error', reject);
    request.end(method === 'POST' ? (body ?? '') : undefined);
    return promise;
  }
}

/** A secret goes to the authority that it is for. @throws {PimError} */
export function requireHost(url: string, { host }: Authority): void {
  if (URL.parse(url)?.origin !== new URL(host).origin) throw new PimError('unexpected', 'a token was to be asked for at another host; it was not asked');
}

function unreachable(error: unknown): PimError {
  if (error instanceof PimError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
  return new PimError('unavailable', `Entra ID could not be reached (${code})`);
}

function singleHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}
