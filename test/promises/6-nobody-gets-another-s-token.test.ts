import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { teamsPeople } from '../../src/bot/teams-people.ts';
import type { PeopleTokens } from '../../src/bot/sign-in/sign-in.ts';
import type { TokenService } from '../../src/bot/sign-in/token-service.ts';
import { createOnBehalfOf } from '../../src/identity/on-behalf-of.ts';
import { PimError } from '../../src/pim/errors.ts';
import { alex, lee, megan } from '../emulator/people.ts';
import { armScope, botId, clock, createIdentityWorld, graphScope, tenantId, type IdentityWorld } from '../identity/identity-world.ts';

// Guards: `personTokenOf` and `requirePerson` (src/bot/teams-people.ts), `keyOf`, `get` and `forget` of `TokenCache`
// (src/identity/token-cache.ts). Each part of the key alone: test/identity/token-cache.test.ts. An Entra that gives another
// person's token: test/identity/odd-answers.test.ts.
// Entra is the stand-in over TLS; the token service is a table here, so that it can answer late and keep what it should not.

const people = [alex, megan, lee] as const;
let world: IdentityWorld;
beforeAll(async () => { world = await createIdentityWorld(); });
afterAll(() => world[Symbol.asyncDispose]());

/** The way from a person to their tokens, as production has it. */
interface Way {
  readonly tokens: PeopleTokens;
  readonly kept: Map<string, string>;
  readonly signedOut: string[];
}

function openWay(mostTokens: number, lateness: () => number): Way {
  const kept = new Map<string, string>();
  const signedOut: string[] = [];
  const unused = (): never => { throw new Error('nobody asks for this here'); };
  const tokenService: TokenService = {
    connectionName: 'pim', exchange: unused, signInResource: unused,
    find: async (teamsUserId) => {
      const token = kept.get(teamsUserId) ?? null;
      await delay(lateness());
      return token;
    },
    signOut: (teamsUserId) => {
      kept.delete(teamsUserId);
      signedOut.push(teamsUserId);
      return Promise.resolve();
    },
  };
  const onBehalfOf = createOnBehalfOf(world.bot, { clock, mostTokens });
  const tokens = teamsPeople({ tenantId, audiences: [botId], tokenService, onBehalfOf, firstScope: armScope, teamsUserIdOf: (personId) => Promise.resolve(`29:${personId}`) });
  return { tokens, kept, signedOut };
}

const who = fc.constantFrom(...people);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), who, scope: fc.constantFrom(armScope, graphScope), renew: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('signIn' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('signOut' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('keepForeign' as const), who, of: who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 20 }) }) },
);
const nbf = JSON.stringify({ access_token: { nbf: { essential: true, value: '1' } } });

test('promise 6: whoever asks, signs in and signs out at the same time, nobody gets another\'s token, nor their own after signing out', { timeout: 120_000 }, async () => {
  let served = 0;
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), fc.integer({ min: 1, max: 4 }), fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 5 }), async (steps, mostTokens, latenesses) => {
    let asks = 0;
    const { tokens, kept } = openWay(mostTokens, () => latenesses[asks++ % latenesses.length] ?? 0);
    const asking: Promise<void>[] = [];
    const ask = async (personId: string, scope: string, renew: boolean): Promise<void> => {
      const signedIn = kept.has(`29:${personId}`);
      try {
        const credential = await tokens.credentialOf(personId);
        if (credential === null) return;
        const answer = await credential.getToken(scope, renew ? { claims: nbf } : {});
        expect(decodeJwt(answer?.token ?? '')).toMatchObject({ oid: personId, aud: scope.replace('/.default', ''), tid: tenantId });
        expect(signedIn).toBe(true);
        served += 1;
      } catch (error) {
        if (!(error instanceof PimError) || error.code !== 'otherAccount') throw error;
      }
    };
    for (const action of steps) {
      switch (action.do) {
        case 'ask': asking.push(ask(action.who, action.scope, action.renew)); break;
        case 'signIn': kept.set(`29:${action.who}`, await world.entra.ssoToken(action.who)); tokens.forget(action.who); break;
        case 'signOut': kept.delete(`29:${action.who}`); tokens.forget(action.who); break;
        case 'keepForeign': kept.set(`29:${action.who}`, await world.entra.ssoToken(action.of)); break;
        case 'wait': await delay(action.ms); break;
      }
    }
    const outcomes = await Promise.allSettled(asking);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }), { numRuns: 60, endOnFailure: true });
  expect(served).toBeGreaterThan(100);
});

test('promise 6: where a person\'s place holds another\'s sign-in, all who ask are refused, and it is cleared', async () => {
  const { tokens, kept, signedOut } = openWay(1, () => 1);
  kept.set(`29:${alex}`, await world.entra.ssoToken(megan));
  kept.set(`29:${megan}`, await world.entra.ssoToken(megan));
  const outcomes = await Promise.allSettled([tokens.credentialOf(alex), tokens.credentialOf(megan), tokens.credentialOf(alex)]);
  expect(outcomes.map((outcome) => outcome.status === 'rejected' ? outcome.reason.code : 'served')).toEqual(['otherAccount', 'served', 'otherAccount']);
  expect(new Set(signedOut)).toEqual(new Set([`29:${alex}`]));
  expect(await tokens.credentialOf(alex)).toBeNull();
});
