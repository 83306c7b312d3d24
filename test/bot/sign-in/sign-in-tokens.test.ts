import type { TokenCredential } from '@azure/core-auth';
import type { SignInUrlResponse } from 'botbuilder';
import { UnsecuredJWT } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PeopleTokens } from '../../../src/bot/sign-in/sign-in.ts';
import { teamsPeople } from '../../../src/bot/teams-people.ts';
import { createTeamsSignIn, type TeamsSignIn } from '../../../src/bot/sign-in/teams-sign-in.ts';
import type { TokenService } from '../../../src/bot/sign-in/token-service.ts';
import type { Turn } from '../../../src/bot/turn.ts';
import type { OnBehalfOf } from '../../../src/identity/on-behalf-of.ts';

// Promise 7, for what the token service may answer. Guards: `requirePerson` and `personTokenOf` (src/bot/teams-people.ts),
// `ownerOf` and `kept` in `createTeamsSignIn` (src/bot/sign-in/teams-sign-in.ts).

const tenantId = 'd4e00000-0000-4000-8000-000000000001';
const [alex, megan] = ['a1e00000-0000-4000-8000-000000000001', 'a1e00000-0000-4000-8000-000000000002'];
const appId = '11111111-1111-4111-8111-111111111111';
const audiences = [appId, `api://botid-${appId}`];
const own = { oid: alex, tid: tenantId, aud: appId, exp: 4_000_000_000 };
const tokenOf = (claims: object): string => new UnsecuredJWT({ ...own, ...claims }).encode();

/** What is kept of Alex, and what was done with it. */
let kept: string | null;
let signedOut: string[];
let forgotten: string[];
let exchanged: string[];
let asked: string[];
let people: PeopleTokens;
let signIn: TeamsSignIn;
const conversation = { personId: alex, tenantId, reference: {}, serviceUrl: 'https://smba.trafficmanager.net/', locale: null, timeZone: null };
const asAlex: Turn = {
  actor: { id: alex, name: 'Alex Wilber' }, teamsUserId: '29:alex', tenantId, conversation,
  reader: { locale: 'en', timeZone: 'UTC' }, personal: true, text: '', value: undefined, cardActivityId: null,
};

beforeEach(() => {
  [kept, signedOut, forgotten, exchanged, asked] = [null, [], [], [], []];
  const tokenService: TokenService = {
    connectionName: 'pim',
    find: () => Promise.resolve(kept),
    exchange: (_, token) => {
      exchanged.push(token);
      return Promise.resolve(kept);
    },
    signInResource: () => Promise.resolve<SignInUrlResponse>({ signInLink: 'https://token.botframework.com/' }),
    signOut: (teamsUserId) => {
      signedOut.push(teamsUserId);
      return Promise.resolve();
    },
  };
  const onBehalfOf: OnBehalfOf = {
    credentialFor: ({ personId }) => credentialOf(personId),
    forget: (personId) => { forgotten.push(personId); },
  };
  people = teamsPeople({ tenantId, audiences, tokenService, onBehalfOf, firstScope: 'arm', teamsUserIdOf: (id) => Promise.resolve(id === alex ? '29:alex' : null) });
  signIn = createTeamsSignIn({ tokenService, tenantId, audiences });
});

function credentialOf(personId: string): TokenCredential {
  return {
    getToken: (scope) => {
      asked.push(`${personId} ${String(scope)}`);
      return Promise.resolve({ token: personId, expiresOnTimestamp: 0 });
    },
  };
}

const foreign = [
  ['another person\'s', { oid: megan }],
  ['another tenant\'s', { tid: '99999999-9a3a-4f6e-8a51-8a7d3c2b1f22' }],
  ['another person\'s in another tenant', { oid: megan, tid: '99999999-9a3a-4f6e-8a51-8a7d3c2b1f22' }],
] as const;
const useless = [
  ['for another application', tokenOf({ aud: '22222222-2222-4222-8222-222222222222' })],
  ['of an application, which is nobody', tokenOf({ oid: undefined })],
  ['that cannot be read', 'x'],
] as const;

describe('a token that is kept', () => {
  test('and is the person\'s own becomes one for Azure, in whatever case it writes their id', async () => {
    for (const claims of [{}, { oid: alex.toUpperCase(), tid: tenantId.toUpperCase() }, { aud: audiences[1] }]) {
      kept = tokenOf(claims);
      expect(await people.credentialOf(alex)).not.toBeNull();
    }
    expect(asked).toEqual([`${alex} arm`, `${alex} arm`, `${alex} arm`]);
    expect(signedOut).toEqual([]);
  });

  test.each(foreign)('promise 7: and is %s is refused and removed, and nothing is asked for with it', async (_whose, claims) => {
    kept = tokenOf(claims);
    await expect(people.credentialOf(alex)).rejects.toMatchObject({ code: 'otherAccount' });
    await expect(people.loginHintOf(alex)).rejects.toMatchObject({ code: 'otherAccount' });
    expect(asked).toEqual([]);
    expect(signedOut).toEqual(['29:alex', '29:alex']);
    expect(forgotten).toEqual([alex, alex]);
  });

  test.each(useless)('%s leads to a new sign-in', async (_what, token) => {
    kept = token;
    await expect(people.credentialOf(alex)).rejects.toMatchObject({ code: 'signInRequired' });
    expect(asked).toEqual([]);
  });

  test('is not looked for where the bot has never met the person', async () => {
    kept = tokenOf({ oid: megan });
    expect(await people.credentialOf(megan)).toBeNull();
    expect(await people.loginHintOf(megan)).toBeNull();
    expect(asked).toEqual([]);
  });
});

describe('a token that arrives', () => {
  test.each(foreign)('promise 7: and is %s is refused before it is traded for one that is kept', async (_whose, claims) => {
    expect(await signIn.exchange(asAlex, tokenOf(claims))).toBe('otherAccount');
    expect(exchanged).toEqual([]);
  });

  test.each(foreign)('promise 7: as the person\'s own, and is traded for %s, is removed', async (_whose, claims) => {
    kept = tokenOf(claims);
    expect(await signIn.exchange(asAlex, tokenOf({}))).toBe('otherAccount');
    expect(signedOut).toEqual(['29:alex']);
  });

  test.each(foreign)('promise 7: with the code of a sign-in page, and is %s, is removed', async (_whose, claims) => {
    kept = tokenOf(claims);
    expect(await signIn.verify(asAlex, '123456')).toBe('otherAccount');
    expect(signedOut).toEqual(['29:alex']);
  });

  test.each(useless)('%s is not enough', async (_what, token) => {
    expect(await signIn.exchange(asAlex, token)).toBe('moreNeeded');
    expect(exchanged).toEqual([]);
    kept = token;
    expect(await signIn.verify(asAlex, '123456')).toBe('moreNeeded');
  });

  test('and is the person\'s own signs them in, and is not enough where nothing is kept for it', async () => {
    expect(await signIn.exchange(asAlex, tokenOf({}))).toBe('moreNeeded');
    expect(await signIn.verify(asAlex, '123456')).toBe('moreNeeded');
    kept = tokenOf({});
    expect(await signIn.exchange(asAlex, tokenOf({}))).toBe('signedIn');
    expect(await signIn.verify(asAlex, '123456')).toBe('signedIn');
    expect(signedOut).toEqual([]);
  });
});
