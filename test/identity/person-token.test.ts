import { describe, expect, test } from 'vitest';
import { readPersonToken } from '../../src/identity/person-token.ts';
import { tokenClaims } from '../../src/identity/token-claims.ts';
import { PimError } from '../../src/pim/errors.ts';
import { everything } from './identity-world.ts';
import { unsigned } from './scripted-authority.ts';

// Guard of promise 7: `readPersonToken` (src/identity/person-token.ts) says whose a token is, and takes none of another tenant.

const oid = 'aaaaaaaa-1111-4111-8111-aaaaaaaaaaaa';
const tid = 'bbbbbbbb-2222-4222-8222-bbbbbbbbbbbb';
const app = 'cccccccc-3333-4333-8333-cccccccccccc';
const expected = { tenantId: tid, audiences: [app, `api://botid-${app}`] };
const genuine = { oid, tid, aud: app, exp: 1_800_000_000, preferred_username: 'alex@contoso.example' };

test('a token of our API says who signed in, until when, and how to hint at them', () => {
  const token = unsigned(genuine);
  expect(readPersonToken(token, expected)).toEqual({
    personId: oid, tenantId: tid, loginHint: 'alex@contoso.example', expiresAt: new Date('2027-01-15T08:00:00Z'), assertion: token,
  });
});

test('the ids are compared and given in lower case', () => {
  const token = unsigned({ ...genuine, oid: oid.toUpperCase(), tid: tid.toUpperCase(), aud: `api://botid-${app}` });
  expect(readPersonToken(token, { tenantId: tid.toUpperCase(), audiences: [`api://botid-${app.toUpperCase()}`] })).toMatchObject({ personId: oid, tenantId: tid });
});

test.each([
  [{ login_hint: 'O.opaque', preferred_username: 'a', upn: 'b' }, 'O.opaque'],
  [{ preferred_username: 'a', upn: 'b' }, 'a'],
  [{ preferred_username: undefined, upn: 'b' }, 'b'],
  [{ preferred_username: undefined }, null],
  [{ preferred_username: 7 }, null],
  [{ preferred_username: 'x'.repeat(321) }, null],
])('of %o the hint is %s', (claims, hint) => {
  expect(readPersonToken(unsigned({ ...genuine, ...claims }), expected).loginHint).toBe(hint);
});

describe('promise 7: what is not a token of one of our people for us is refused', () => {
  test.each([
    ['of another tenant', { tid: 'dddddddd-4444-4444-8444-dddddddddddd' }, 'otherAccount'],
    ['for another application', { aud: 'dddddddd-4444-4444-8444-dddddddddddd' }, 'signInRequired'],
    ['for several applications', { aud: [app, 'other'] }, 'signInRequired'],
    ['without a person', { oid: undefined }, 'signInRequired'],
    ['with a person that is no id', { oid: 'alex' }, 'signInRequired'],
    ['without a tenant', { tid: undefined }, 'signInRequired'],
    ['with a tenant that is no id', { tid: 'common' }, 'signInRequired'],
    ['without an end', { exp: undefined }, 'signInRequired'],
    ['with an end that is no time', { exp: 1e300 }, 'signInRequired'],
  ])('a token %s', (_, claims, code) => {
    const error = thrown(unsigned({ ...genuine, ...claims }));
    expect(error.code).toBe(code);
  });

  test.each(['', 'a', 'a.b', 'a.b.c', `${unsigned(genuine)}.x.y`, `x.${Buffer.from('[]').toString('base64url')}.x`])('%s', (token) => {
    expect(thrown(token).code).toBe('signInRequired');
  });
});

test('what is no token has no claims', () => {
  expect(tokenClaims('a.b.c')).toBeNull();
  expect(tokenClaims(unsigned(genuine))).toEqual(genuine);
});

test('a refusal says what is wrong with the token', () => {
  expect(thrown('').message).toBe('the token is not one of a person');
  expect(thrown(unsigned({ ...genuine, tid: app })).message).toBe('the token is of another tenant');
  expect(thrown(unsigned({ ...genuine, aud: tid })).message).toBe('the token is for another application');
});

test('promise 17: no error repeats the token', () => {
  for (const token of ['a.canary.c', `x.${Buffer.from('"canary').toString('base64url')}.x`, unsigned({ ...genuine, tid: 'canary' }), unsigned({ ...genuine, aud: 'canary' })]) {
    const text = everything(thrown(token));
    expect(text).not.toContain('canary');
    expect(text).not.toContain(token);
  }
});

function thrown(token: string): PimError {
  try {
    readPersonToken(token, expected);
  } catch (error) {
    if (error instanceof PimError) return error;
  }
  throw new Error('the token was taken');
}
