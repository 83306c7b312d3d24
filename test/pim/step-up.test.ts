import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoleSettings } from '../../src/pim/model.ts';
import { claimsOfStepUp, fulfilsStepUp, stepUpOfClaims, stepUpOfRules, stepUpOfSettings, withOwnMfa } from '../../src/pim/step-up.ts';
import type { StepUp } from '../../src/pim/step-up.ts';

// Guard of promise 16's claims injection: `stepUpOfClaims` and `claimsOfStepUp` (src/pim/step-up.ts): a challenge is read
// into a closed union, and the claims of a sign-in are written from it.

const context = (value: string): StepUp => ({ kind: 'authenticationContext', value });
const canonical = new Set([
  ...Array.from({ length: 99 }, (_, index) => `{"access_token":{"acrs":{"essential":true,"value":"c${index + 1}"}}}`),
  ...Array.from({ length: 9 }, (_, index) => `{"access_token":{"acrs":{"essential":true,"values":["p${index + 1}"]}}}`),
  '{"access_token":{"amr":{"essential":true,"values":["mfa"]}}}',
]);

describe('a challenge is understood', () => {
  test.each([
    ['as PIM writes it', '{"access_token":{"acrs":{"essential":true, "value":"c1"}}}', 'c1'],
    ['as Azure Resource Manager writes it', '{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}', 'p1'],
    ['with the client capability before it', '{"access_token":{"xms_cc":{"values":["cp1"]},"acrs":{"essential":true,"value":"c25"}}}', 'c25'],
    ['with the client capability after it', '{"access_token":{"acrs":{"value":"c99","essential":true},"xms_cc":{"values":["cp1"]}}}', 'c99'],
    ['over several lines', '{\n  "access_token": {\r\n\t"acrs": { "essential": true, "value": "p9" }\n  }\n}\n', 'p9'],
    ['at its greatest length', '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'.padEnd(2_000), 'c1'],
  ])('%s', (_, claims, value) => {
    expect(stepUpOfClaims(claims)).toEqual(context(value));
  });

  test.each(['xc1', 'c1x', 'c0', 'c100', 'p0', 'p10', '', 'C1', 'a c1'])('but no context of the name "%s"', (value) => {
    expect(stepUpOfClaims(JSON.stringify({ access_token: { acrs: { essential: true, value } } }))).toBeNull();
  });

  test('every authentication context that Entra ID has', () => {
    for (const value of [...Array.from({ length: 99 }, (_, index) => `c${index + 1}`), ...Array.from({ length: 9 }, (_, index) => `p${index + 1}`)]) {
      expect(stepUpOfClaims(claimsOfStepUp(context(value)))).toEqual(context(value));
    }
  });
});

describe('promise 16: a challenge of another shape is for the portal', () => {
  const acrs = (content: string): string => `{"access_token":{"acrs":${content}}}`;
  test.each([
    ['nothing', ''],
    ['no JSON', '{"access_token":'],
    ['no object', '[]'],
    ['null', 'null'],
    ['a text', '"c1"'],
    ['an empty object', '{}'],
    ['no claims', '{"access_token":{}}'],
    ['the client capability alone', '{"access_token":{"xms_cc":{"values":["cp1"]}}}'],
    ['another capability', '{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1","cp2"]}}}'],
    ['a member beside the access token', '{"access_token":{"acrs":{"essential":true,"value":"c1"}},"id_token":{}}'],
    ['a claim beside the context', '{"access_token":{"acrs":{"essential":true,"value":"c1"},"nbf":{"essential":true,"value":"1"}}}'],
    ['a member inside the context', acrs('{"essential":true,"value":"c1","extra":1}')],
    ['a value and a list', acrs('{"essential":true,"value":"c1","values":["c1"]}')],
    ['several values', acrs('{"essential":true,"values":["c1","c2"]}')],
    ['an empty list', acrs('{"essential":true,"values":[]}')],
    ['a list as the value', acrs('{"essential":true,"value":["c1"]}')],
    ['a context that is not essential', acrs('{"essential":false,"value":"c1"}')],
    ['a context that does not say whether it is essential', acrs('{"value":"c1"}')],
    ['essential as a text', acrs('{"essential":"true","value":"c1"}')],
    ['c0', acrs('{"essential":true,"value":"c0"}')],
    ['c100', acrs('{"essential":true,"value":"c100"}')],
    ['c01', acrs('{"essential":true,"value":"c01"}')],
    ['p0', acrs('{"essential":true,"value":"p0"}')],
    ['p10', acrs('{"essential":true,"value":"p10"}')],
    ['a capital letter', acrs('{"essential":true,"value":"C1"}')],
    ['a space in the value', acrs('{"essential":true,"value":" c1"}')],
    ['a line break after the value', acrs(String.raw`{"essential":true,"value":"c1\n"}`)],
    ['a number', acrs('{"essential":true,"value":1}')],
    ['digits of another script', acrs('{"essential":true,"value":"c١"}')],
    ['the multi-factor claim', '{"access_token":{"amr":{"essential":true,"values":["mfa"]}}}'],
    ['policies of Conditional Access', '{"access_token":{"capolids":{"essential":true,"values":["00000000-0000-0000-0000-000000000000"]}}}'],
    ['a member twice', '{"access_token":{"acrs":{"essential":true,"value":"c2"}},"access_token":{"acrs":{"essential":true,"value":"c1"}}}'],
    ['a value twice', acrs('{"essential":true,"value":"c2","value":"c1"}')],
    ['escapes', acrs(String.raw`{"essential":true,"value":"\u00631"}`)],
    ['a prototype', '{"__proto__":{"access_token":{"acrs":{"essential":true,"value":"c1"}}}}'],
    ['a prototype beside the access token', '{"access_token":{"acrs":{"essential":true,"value":"c1"}},"__proto__":{}}'],
    ['a prototype inside the context', acrs('{"essential":true,"__proto__":{"value":"c1"}}')],
    ['a constructor', acrs('{"essential":true,"value":"c1","constructor":{}}')],
    ['more than 2,000 characters', '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'.padEnd(2_001)],
    ['something after it', '{"access_token":{"acrs":{"essential":true,"value":"c1"}}} &scope=x'],
  ])('%s', (_, claims) => {
    expect(stepUpOfClaims(claims)).toBeNull();
  });

  test('whatever JSON comes, the claims of the sign-in are one of 109 texts', () => {
    const value = fc.oneof(fc.constantFrom('c1', 'c99', 'c100', 'p1', 'p10', 'mfa', 'C1', ''), fc.string());
    const claim = fc.oneof(
      fc.record({ essential: fc.oneof(fc.constant(true), fc.boolean(), fc.jsonValue()), value: fc.oneof(value, fc.jsonValue()) }, { requiredKeys: [] }),
      fc.record({ essential: fc.constant(true), values: fc.array(value, { maxLength: 3 }) }),
      fc.record({ essential: fc.constant(true), value }),
    );
    const names = fc.constantFrom('acrs', 'amr', 'xms_cc', 'nbf', '__proto__', 'capolids');
    const claims = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record({ access_token: fc.dictionary(names, claim, { maxKeys: 2 }) }).map((object) => JSON.stringify(object)),
      fc.record({ access_token: fc.record({ acrs: claim }) }).map((object) => JSON.stringify(object, null, 1)),
    );
    let understood = 0;
    fc.assert(fc.property(claims, (text) => {
      const stepUp = stepUpOfClaims(text);
      if (stepUp === null) return;
      understood += 1;
      expect(canonical).toContain(claimsOfStepUp(stepUp));
    }), { numRuns: 5_000 });
    expect(understood).toBeGreaterThan(0);
  });
});

describe('the settings of a role', () => {
  const settings = (change: Partial<RoleSettings>): RoleSettings => ({
    maximumMinutes: 60, justificationRequired: false, ticketRequired: false, mfaRequired: false, authenticationContext: null,
    approvalRequired: false, approvers: [], approverJustificationRequired: false, notifiesAdministrators: false, ...change,
  });

  test.each([
    ['ask for nothing', settings({}), null],
    ['could not be read', null, null],
    ['ask for MFA', settings({ mfaRequired: true }), { kind: 'mfa' }],
    ['ask for a context', settings({ authenticationContext: 'c7' }), context('c7')],
    ['ask for both', settings({ authenticationContext: 'c7', mfaRequired: true }), context('c7')],
    ['ask for a context that is none', settings({ authenticationContext: 'urn:strong', mfaRequired: true }), null],
    ['name an empty context', settings({ authenticationContext: '' }), null],
  ])('%s', (_, given, stepUp) => {
    expect(stepUpOfSettings(given)).toEqual(stepUp);
  });
});

test('a refusal by the MFA rule alone is met by a stronger sign-in, and by no other rule', () => {
  expect(stepUpOfRules(['MfaRule'])).toEqual({ kind: 'mfa' });
  expect(stepUpOfRules([])).toBeNull();
  expect(stepUpOfRules(['JustificationRule'])).toBeNull();
  expect(stepUpOfRules(['MfaRule', 'ExpirationRule'])).toBeNull();
});

test('a token meets a challenge by holding the very value', () => {
  expect(fulfilsStepUp(context('c1'), { acrs: ['c2', 'c1'], amr: [] })).toBe(true);
  expect(fulfilsStepUp(context('c1'), { acrs: ['c10', 'p1'], amr: ['mfa', 'c1'] })).toBe(false);
  expect(fulfilsStepUp({ kind: 'mfa' }, { acrs: [], amr: ['pwd', 'mfa'] })).toBe(true);
  expect(fulfilsStepUp({ kind: 'mfa' }, { acrs: ['mfa', 'c1'], amr: ['pwd'] })).toBe(false);
});

// Guards: `withOwnMfa`, `claimsOfStepUp` and `fulfilsStepUp` (src/pim/step-up.ts).
test('promise 30: our second factor is asked for beside a context of PIM, and a token has to have both', () => {
  const both = withOwnMfa(context('c1'));
  expect(both).toEqual({ ...context('c1'), alsoMfa: true });
  expect(withOwnMfa(null)).toEqual({ kind: 'mfa' });
  expect(withOwnMfa({ kind: 'mfa' })).toEqual({ kind: 'mfa' });
  expect(JSON.parse(claimsOfStepUp(both))).toEqual({ access_token: { amr: { essential: true, values: ['mfa'] }, acrs: { essential: true, value: 'c1' } } });
  expect(fulfilsStepUp(both, { acrs: ['c1'], amr: ['mfa'] })).toBe(true);
  expect(fulfilsStepUp(both, { acrs: ['c1'], amr: ['pwd'] })).toBe(false);
  expect(fulfilsStepUp(both, { acrs: ['c2'], amr: ['mfa'] })).toBe(false);
});

test('a context of Azure’s own is asked for as one of several, one of Conditional Access alone', () => {
  expect(claimsOfStepUp(context('p1'))).toBe('{"access_token":{"acrs":{"essential":true,"values":["p1"]}}}');
  expect(claimsOfStepUp(context('c1'))).toBe('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}');
  expect(claimsOfStepUp({ kind: 'mfa' })).toBe('{"access_token":{"amr":{"essential":true,"values":["mfa"]}}}');
});
