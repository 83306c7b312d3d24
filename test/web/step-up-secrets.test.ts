import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { clearCookie, derivedSecrets, hashOf, isSameHash, newFlowSecrets, readCookie, setCookie } from '../../src/web/step-up-secrets.ts';

// Guard of promise 16: src/web/step-up-secrets.ts.

const secret = /^[\w-]{43}$/;

test('promise 16: the secrets of two sign-ins have nothing in common', () => {
  const [one, other] = [newFlowSecrets(), newFlowSecrets()];
  const all = [one, other].flatMap((flow) => [flow.state, flow.cookie, ...Object.values(derivedSecrets(flow))]);
  expect(all.filter((text) => !secret.test(text))).toEqual([]);
  expect(new Set(all).size).toBe(10);
});

test('promise 16: what is made again is the same, and comes from state and cookie both', () => {
  const [one, other] = [newFlowSecrets(), newFlowSecrets()];
  expect(derivedSecrets({ ...one })).toEqual(derivedSecrets(one));
  for (const mixed of [{ ...one, state: other.state }, { ...one, cookie: other.cookie }]) {
    const [derived, before] = [derivedSecrets(mixed), derivedSecrets(one)];
    expect([derived.codeVerifier === before.codeVerifier, derived.nonce === before.nonce]).toEqual([false, false]);
  }
});

test('a sign-in that has begun ends after an update of the bot, too', () => {
  expect(derivedSecrets({ state: 'A'.repeat(43), cookie: 'B'.repeat(43) })).toMatchInlineSnapshot(`
    {
      "codeChallenge": "ebXqMyMlGdPvJhzyWuv5itHHXM2lkof-yPeAmwmI8qI",
      "codeVerifier": "-XqfZ8X-fohhg2zRd08mbvUGY9ThECImfAgblAX_ioU",
      "nonce": "MQKhUIL7kHZGLTWgq8iyxFNgbVSrEnNCzLCtYXjqP_M",
    }
  `);
});

test('the challenge is the SHA-256 of the verifier', () => {
  const { codeVerifier, codeChallenge } = derivedSecrets(newFlowSecrets());
  expect(codeChallenge).toBe(createHash('sha256').update(codeVerifier).digest('base64url'));
});

test('promise 16: only the same hash is the same', () => {
  expect(isSameHash(hashOf('a'), hashOf('a'))).toBe(true);
  expect(isSameHash(hashOf('a'), hashOf('b'))).toBe(false);
  expect(isSameHash(hashOf('a'), hashOf('a').slice(1))).toBe(false);
  expect(isSameHash('', hashOf('a'))).toBe(false);
});

test('promise 16: the cookie is for this site alone, its scripts do not see it, and it goes with its five minutes', () => {
  expect(setCookie('value')).toEqual({ 'set-cookie': '__Host-pim-step-up=value; Max-Age=300; Path=/; Secure; HttpOnly; SameSite=Lax' });
  expect(clearCookie()).toEqual({ 'set-cookie': '__Host-pim-step-up=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax' });
});

const value = `a_-Z9${'x'.repeat(38)}`;

test.each([`__Host-pim-step-up=${value}`, `a=b; __Host-pim-step-up=${value}; c=d`, `a=b;  __Host-pim-step-up=${value} `])('the cookie is found in "%s"', (header) => {
  expect(readCookie(header)).toBe(value);
});

test.each([
  undefined, '', 'a=b', `pim-step-up=${value}`, `x__Host-pim-step-up=${value}`, '__Host-pim-step-up=', `__Host-pim-step-up=${value}x`,
  `__Host-pim-step-up=${value.slice(1)}`, `__Host-pim-step-up=x${value}`, `__Host-pim-step-up=$${value.slice(1)}`, `__Host-pim-step-upx${value}`,
  `__Host-pim-step-up=${value}; __Host-pim-step-up=${value}`, `__Host-pim-step-up=${value}; __Host-pim-step-up=`,
])('promise 16: none is found in "%s"', (header) => {
  expect(readCookie(header)).toBeNull();
});
