import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVerb, verbAction } from '../../src/cards/verbs.ts';
import type { Verb } from '../../src/cards/verbs.ts';
import { guid } from './samples.ts';

const id = guid(401);

const valid: readonly Verb[] = [
  { verb: 'roles.show' },
  { verb: 'activation.choose', eligibleId: guid(1) },
  { verb: 'activation.repeat', requestId: guid(1) },
  { verb: 'activation.submit', requestId: id, version: 1, minutes: 90, justification: 'because', ticketNumber: 'INC-1', ticketSystem: 'Jira' },
  { verb: 'activation.submit', requestId: id, version: 1, scopeId: '/subscriptions/1/resourceGroups/rg-web', minutes: 90 },
  { verb: 'activation.validate', requestId: id, version: 1, scopeId: '/subscriptions/1/resourceGroups/rg-web', minutes: 90, justification: 'because' },
  { verb: 'activation.check', requestId: id },
  { verb: 'activation.begin', requestId: id, version: 2 },
  { verb: 'activation.nudge', requestId: id },
  { verb: 'activation.refresh', requestId: id },
  { verb: 'approval.refresh', requestId: id },
  { verb: 'approval.offer', requestId: id, version: 2 },
  { verb: 'approval.sendOffer', requestId: id, version: 2, minutes: 30, scopeId: 'rg-web', reason: 'enough' },
  { verb: 'activation.withdraw', requestId: id },
  { verb: 'activation.deactivate', requestId: id },
  { verb: 'active.show' },
  { verb: 'active.deactivate', activeId: guid(2) },
  { verb: 'approvals.show' },
  { verb: 'approval.open', requestId: id },
  { verb: 'approval.approve', requestId: id, version: 3, reason: 'fine' },
  { verb: 'approval.deny', requestId: id, version: 3, reason: 'no' },
  { verb: 'digest.off' },
  { verb: 'inquiry.choose', inquiryId: id, choice: 2 },
  { verb: 'assignments.show', inquiryId: id, below: true, later: false },
  { verb: 'assignments.take', inquiryId: id, below: false, later: true, assignment: `eligible/${guid(2)}` },
  { verb: 'assignment.confirm', requestId: id, version: 1, justification: 'audit' },
  { verb: 'assignment.cancel', requestId: id },
  { verb: 'assignment.check', requestId: id },
  { verb: 'assignment.undo', requestId: id },
  { verb: 'assignment.repeat', requestId: id },
  { verb: 'settings.propose', inquiryId: id, settings: '{"mfaOnElevation": true}' },
  { verb: 'settings.export', inquiryId: id },
  { verb: 'settings.confirm', requestId: id, version: 1 },
  { verb: 'settings.cancel', requestId: id },
  { verb: 'settings.recheck', requestId: id },
];

/** As Action.Execute and as Action.Submit send it. */
function bothForms(value: object): readonly unknown[] {
  const { verb, ...data } = { verb: undefined, ...value };
  return [{ action: { type: 'Action.Execute', verb, data }, trigger: 'manual' }, value];
}

describe('parseVerb', () => {
  it.each(valid)('reads $verb from Action.Execute and from Action.Submit', (verb) => {
    expect(bothForms(verb).map(parseVerb)).toEqual([verb, verb]);
  });

  it('inputs arrive as strings, untouched ones empty or not at all', () => {
    const sent = { verb: 'activation.submit', requestId: id, version: 1 };
    expect(parseVerb({ ...sent, minutes: '120', justification: '' })).toEqual({ ...sent, minutes: 120, justification: '' });
    expect(parseVerb({ ...sent, minutes: '' })).toEqual(sent);
    expect(parseVerb(sent)).toEqual(sent);
  });

  it.each([
    ['an unknown verb', { verb: 'activation.grant', requestId: id }],
    ['no verb', { requestId: id }],
    ['a request id that is none', { verb: 'activation.check', requestId: '../../roleAssignments' }],
    ['a missing request id', { verb: 'approval.approve', version: 1 }],
    ['a version that is no whole number', { verb: 'approval.approve', requestId: id, version: 1.5 }],
    ['a version as text', { verb: 'approval.approve', requestId: id, version: '1' }],
    ['a negative version', { verb: 'approval.approve', requestId: id, version: -1 }],
    ['minutes with a sign', { verb: 'activation.submit', requestId: id, version: 1, minutes: '-30' }],
    ['minutes beyond reason', { verb: 'activation.submit', requestId: id, version: 1, minutes: '100000' }],
    ['a justification beyond reason', { verb: 'activation.submit', requestId: id, version: 1, justification: 'x'.repeat(4001) }],
    ['a justification that is an object', { verb: 'activation.submit', requestId: id, version: 1, justification: { toString: 'x' } }],
    ['an empty choice', { verb: 'activation.choose', eligibleId: '' }],
    ['a number of a candidate that is none', { verb: 'inquiry.choose', inquiryId: id, choice: '1.5' }],
    ['no candidate', { verb: 'inquiry.choose', inquiryId: id, choice: '' }],
    ['a reach that is a word', { verb: 'assignments.show', inquiryId: id, below: 'yes', later: false }],
    ['an inquiry that is none', { verb: 'assignments.show', inquiryId: 'mine', below: true, later: false }],
    ['an assignment without its version', { verb: 'assignment.confirm', requestId: id }],
    ['a choice beyond reason', { verb: 'activation.choose', eligibleId: 'x'.repeat(2001) }],
    ['a scope beyond reason', { verb: 'activation.submit', requestId: id, version: 1, scopeId: 'x'.repeat(2001) }],
    ['a scope that is an object', { verb: 'activation.validate', requestId: id, version: 1, scopeId: { id: '/' } }],
    ['an array', [{ verb: 'roles.show' }]],
    ['null', null],
    ['a string', 'roles.show'],
    ['nothing', undefined],
  ])('%s is refused', (_what, value) => {
    expect(parseVerb(value)).toBeNull();
    if (typeof value === 'object' && value !== null) expect(bothForms(value).map(parseVerb)).toEqual([null, null]);
  });

  it('the verb of an Action.Execute is the button’s, not one that its data names', () => {
    expect(parseVerb({ action: { verb: 'roles.show', data: { verb: 'approval.approve', requestId: id, version: 1 } } })).toEqual({ verb: 'roles.show' });
  });
});

// Guard: `parseVerb` with `verbSchema` in src/cards/verbs.ts.
describe('promise 13 (the card’s part): a forged payload cannot change role, scope or person', () => {
  const known = new Set(['verb', 'requestId', 'version', 'eligibleId', 'activeId', 'scopeId', 'minutes', 'justification', 'ticketNumber', 'ticketSystem', 'reason', 'inquiryId', 'choice', 'below', 'later', 'assignment']);

  it('whatever is added to a click is dropped', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valid), fc.dictionary(fc.string(), fc.jsonValue()), (verb, extra) => {
        const forged = { ...extra, role: 'Owner', scope: '/', personId: guid(9), principalId: guid(9), approvalId: guid(8), ...verb };
        for (const parsed of bothForms(forged).map(parseVerb)) expect(parsed).toEqual(verb);
      }),
    );
  });

  it('any value is read without throwing, and only known members come out', () => {
    const names = fc.constantFrom(...known, 'action', 'data', '__proto__', 'constructor', 'scope');
    const values = fc.oneof(fc.jsonValue(), fc.string(), fc.constant(id), fc.integer(), fc.constantFrom(...valid.map(({ verb }) => verb)));
    const objects = fc.array(fc.tuple(names, values)).map((entries) => Object.fromEntries(entries) as object);
    const clicks = fc.oneof(objects, objects.map((data) => ({ action: data })), fc.tuple(objects, values).map(([data, verb]) => ({ action: { verb, data } })), fc.anything());
    fc.assert(
      fc.property(clicks, (value) => {
        const parsed = parseVerb(value);
        if (parsed === null) return;
        expect(valid.map(({ verb }) => verb)).toContain(parsed.verb);
        for (const name of Object.keys(parsed)) expect(known).toContain(name);
      }),
      { numRuns: 2000 },
    );
  });

  it('a mutated id, version or duration is either refused or exactly what was sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('requestId', 'version', 'minutes'), (value, member) => {
        const parsed = parseVerb({ verb: 'activation.submit', requestId: id, version: 1, minutes: '60', [member]: value });
        if (parsed === null || parsed.verb !== 'activation.submit') return;
        if (member === 'requestId') expect(parsed.requestId).toBe(value);
        if (member === 'version') expect(parsed.version).toBe(value);
        if (member === 'minutes') expect([parsed.minutes, String(parsed.minutes ?? '')]).toContain(value);
      }),
    );
  });
});

describe('verbAction', () => {
  it('is an Action.Execute that falls back to the same Action.Submit', () => {
    expect(verbAction({ verb: 'approval.deny', requestId: id, version: 3 }, 'Deny', 'destructive')).toEqual({
      type: 'Action.Execute',
      title: 'Deny',
      style: 'destructive',
      associatedInputs: 'auto',
      verb: 'approval.deny',
      data: { requestId: id, version: 3 },
      fallback: {
        type: 'Action.Submit',
        title: 'Deny',
        style: 'destructive',
        associatedInputs: 'auto',
        data: { verb: 'approval.deny', requestId: id, version: 3 },
      },
    });
  });

  it.each([
    [{ verb: 'roles.show' }, 'none'],
    [{ verb: 'activation.check', requestId: id }, 'none'],
    [{ verb: 'activation.choose', eligibleId: guid(1) }, 'none'],
    [{ verb: 'activation.choose' }, 'auto'],
    [{ verb: 'approval.open', requestId: id }, 'none'],
    [{ verb: 'approval.open' }, 'auto'],
    [{ verb: 'active.deactivate' }, 'auto'],
    [{ verb: 'active.deactivate', activeId: id }, 'none'],
    [{ verb: 'activation.submit', requestId: id, version: 1 }, 'auto'],
    [{ verb: 'inquiry.choose', inquiryId: id }, 'auto'],
    [{ verb: 'assignments.take', inquiryId: id, below: false, later: false }, 'auto'],
    [{ verb: 'assignments.show', inquiryId: id, below: true, later: false }, 'none'],
    [{ verb: 'assignment.confirm', requestId: id, version: 1 }, 'auto'],
    [{ verb: 'assignment.cancel', requestId: id }, 'none'],
    [{ verb: 'activation.validate', requestId: id, version: 1 }, 'auto'],
  ] as const)('%j: an empty required field holds up only a button that reads it (%s)', (sends, inputs) => {
    expect(verbAction(sends, 'x')).toMatchObject({ associatedInputs: inputs });
  });
});
