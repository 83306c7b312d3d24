import https from 'node:https';
import { json } from 'node:stream/consumers';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { z } from 'zod';
import type { PeopleTokens } from '../bot/sign-in/sign-in.ts';

export interface LocalPim {
  readonly origin: string;
  readonly caPem: string;
}

const tokenSchema = z.object({ access_token: z.string().min(1) });

/** In the embedded stack everybody is signed in: their tokens come from the local PIM service's identity endpoint. */
export function peopleTokens(pim: LocalPim): PeopleTokens {
  return {
    credentialOf: (personId) => Promise.resolve(credential(pim, { user: personId })),
    loginHintOf: () => Promise.resolve(null),
    forget: () => undefined,
  };
}

/** The bot's own, read-only identity: an application of the seed. */
export function appCredential(pim: LocalPim, app: string): TokenCredential {
  return credential(pim, { app });
}

function credential(pim: LocalPim, who: { user: string } | { app: string }): TokenCredential {
  return {
    async getToken(scopes): Promise<AccessToken> {
      const audience = String(scopes).replace(/\/\.default$/, '');
      const answer = tokenSchema.parse(await postJson(pim, '/emulator/token', { ...who, audience }));
      // The local service's clock can be moved, so a token is not kept: each call asks for its own.
      return { token: answer.access_token, expiresOnTimestamp: Date.now() };
    },
  };
}

/** A call to one of the local service's own endpoints. */
export async function postJson(pim: LocalPim, path: string, body: object): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const request = https.request(new URL(path, pim.origin), {
    method: 'POST', ca: pim.caPem, headers: { 'content-type': 'application/json' }, timeout: 10_000,
  }, (response) => {
    if (response.statusCode === 200) resolve(json(response));
    else reject(new Error(`the local PIM service answered ${response.statusCode} to ${path}`));
  });
  request.on('error', reject);
  request.on('timeout', () => { request.destroy(new Error('the local PIM service does not answer')); });
  request.end(JSON.stringify(body));
  return promise;
}
