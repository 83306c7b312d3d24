import { describe, expect, test } from 'vitest';
import { createSignIn, type SignIn } from '../../../src/bot/sign-in/sign-in.ts';
import { createListingCache } from '../../../src/pim/cached-listings.ts';
import { createPimUser } from '../../../src/pim/pim-user.ts';
import { alex, lee } from '../../pim/pim-seed.ts';
import { failureOf } from '../../pim/pim-world.ts';

// Guard: `createSignIn` (src/bot/sign-in/sign-in.ts): what is kept of a person is told to nobody who has not signed in.

interface Signed {
  readonly signIn: SignIn;
  readonly signedIn: Set<string>;
  /** Whose eligible roles PIM was asked for, and with what token. */
  readonly asked: string[];
}

const credential = (token: string): { getToken: () => Promise<{ token: string; expiresOnTimestamp: number }> } =>
  ({ getToken: () => Promise.resolve({ token, expiresOnTimestamp: 0 }) });

function world(): Signed {
  const signedIn = new Set([alex, lee]);
  const asked: string[] = [];
  const signIn = createSignIn({
    tokens: {
      credentialOf: (personId) => Promise.resolve(signedIn.has(personId) ? credential('usual') : null),
      loginHintOf: () => Promise.resolve(null),
      forget: () => undefined,
    },
    createPimUser: (personId, own) => {
      const user = createPimUser({ personId, kinds: new Map(), findApprovers: () => Promise.resolve([]), findPrincipals: () => Promise.resolve([]) });
      const ask = async (): Promise<{ items: []; gaps: [] }> => {
        asked.push(`${personId} ${(await own.getToken([]))?.token}`);
        return { items: [], gaps: [] };
      };
      return { ...user, listEligible: ask };
    },
    listings: createListingCache({ clock: { now: () => new Date('2026-03-01T10:00:00Z') } }),
  });
  return { signIn, signedIn, asked };
}

describe('what is kept of a person', () => {
  test('is told to that person, once they have a token', async () => {
    const { signIn, asked } = world();
    for (const personId of [alex, alex, lee, lee, alex]) await (await signIn.pimOf(personId)).listEligible();
    expect(asked).toEqual([`${alex} usual`, `${lee} usual`]);
  });

  test('promise 6: is told to nobody who has signed out, and is gone when they come back', async () => {
    const { signIn, signedIn, asked } = world();
    await (await signIn.pimOf(alex)).listEligible();
    signedIn.delete(alex);
    expect((await failureOf(signIn.pimOf(alex))).code).toBe('signInRequired');
    signIn.forget(alex);
    signedIn.add(alex);
    await (await signIn.pimOf(alex)).listEligible();
    expect(asked).toEqual([`${alex} usual`, `${alex} usual`]);
  });

  test('promise 16: is not what a stronger sign-in goes by, nor is it told what that one learns', async () => {
    const { signIn, asked } = world();
    await (await signIn.pimOf(alex)).listEligible();
    await signIn.pimWith(alex, credential('stronger')).listEligible();
    await (await signIn.pimOf(alex)).listEligible();
    expect(asked).toEqual([`${alex} usual`, `${alex} stronger`]);
  });

  test('is dropped by what a stronger sign-in changes', async () => {
    const { signIn, asked } = world();
    await (await signIn.pimOf(alex)).listEligible();
    const scope = { id: '/subscriptions/s', name: 'S', type: 'subscription' as const };
    await failureOf(signIn.pimWith(alex, credential('stronger')).deactivate('x', { definitionId: 'r', name: 'R' }, scope));
    await (await signIn.pimOf(alex)).listEligible();
    expect(asked).toEqual([`${alex} usual`, `${alex} usual`]);
  });
});
