import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkActivation } from '../../src/pim/check-activation.ts';
import { PimError, type PimErrorCode } from '../../src/pim/errors.ts';
import { governingScopes, isBelowEligibility, readGoverningSettings, strictest } from '../../src/pim/governing-settings.ts';
import type { RoleSettings, Scope } from '../../src/pim/model.ts';

const subscription = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const production: Scope = { id: subscription, name: 'Production', type: 'subscription' };
const web: Scope = { id: `${subscription}/resourceGroups/rg-web`, name: 'rg-web', type: 'resourceGroup' };
const scheduleAt = (scope: string): string => `${scope}/providers/Microsoft.Authorization/roleEligibilitySchedules/5a3c0000-0000-4000-8000-000000000001`;

const approver = fc.record({ id: fc.constantFrom('a', 'A', 'b', 'c'), kind: fc.constantFrom('user' as const, 'group' as const), name: fc.constant('x') });
const settings: fc.Arbitrary<RoleSettings> = fc.record({
  maximumMinutes: fc.integer({ min: 5, max: 5_000 }),
  justificationRequired: fc.boolean(),
  ticketRequired: fc.boolean(),
  mfaRequired: fc.boolean(),
  authenticationContext: fc.constantFrom(null, 'c1', 'c2'),
  approvalRequired: fc.boolean(),
  approvers: fc.array(approver, { maxLength: 3 }),
  approverJustificationRequired: fc.boolean(),
  notifiesAdministrators: fc.boolean(),
});
const times = { now: new Date('2026-11-23T14:05:00Z'), eligibleUntil: null };
const input = fc.record({
  start: fc.constant(null),
  minutes: fc.integer({ min: 1, max: 6_000 }),
  justification: fc.constantFrom('', 'because'),
  ticket: fc.constantFrom(null, { number: 'INC1', system: 'SN' }, { number: '', system: 'SN' }),
});

// Guard: `strictest` (src/pim/governing-settings.ts).
describe('promise 30 (where two settings count): the stricter of both', () => {
  it('refuses whatever either refuses for its length, its reason or its ticket', () => {
    fc.assert(fc.property(settings, settings, input, (a, b, filled) => {
      if (!checkActivation(strictest(a, b), filled, times).ok) return;
      for (const one of [a, b]) {
        const checked = checkActivation(one, filled, times);
        // A short maximum of the one lowers the floor that we put under the other; PIM's own floor is lower still.
        const reasons = checked.ok ? [] : checked.reasons.filter(({ code }) => code !== 'durationTooShort');
        expect(reasons).toEqual([]);
      }
    }));
  });

  it('asks for everything that either asks for', () => {
    fc.assert(fc.property(settings, settings, (a, b) => {
      const both = strictest(a, b);
      expect(both.maximumMinutes).toBe(Math.min(a.maximumMinutes, b.maximumMinutes));
      for (const demand of ['justificationRequired', 'ticketRequired', 'mfaRequired', 'approvalRequired', 'notifiesAdministrators'] as const) {
        expect(both[demand]).toBe(a[demand] || b[demand]);
      }
      expect(both.authenticationContext === null).toBe(a.authenticationContext === null && b.authenticationContext === null);
    }));
  });

  it('asks every approver of those that ask for approval, each once, and nobody of the other', () => {
    fc.assert(fc.property(settings, settings, (a, b) => {
      const asking = [a, b].filter(({ approvalRequired }) => approvalRequired);
      const wanted = new Set(asking.flatMap(({ approvers }) => approvers.map(({ id }) => id.toLowerCase())));
      const asked = strictest(a, b).approvers.map(({ id }) => id.toLowerCase());
      expect(new Set(asked)).toEqual(wanted);
      expect(asked).toHaveLength(wanted.size);
    }));
  });

  it('asks the approver for a reason where either that asks for approval does', () => {
    fc.assert(fc.property(settings, settings, (a, b) => {
      const asks = [a, b].some(({ approvalRequired, approverJustificationRequired }) => approvalRequired && approverJustificationRequired);
      expect(strictest(a, b).approverJustificationRequired).toBe(asks);
    }));
  });

  it('of the same settings twice is those settings', () => {
    fc.assert(fc.property(settings, (a) => {
      const twice = strictest(a, a);
      expect({ ...twice, approvers: [], approverJustificationRequired: true }).toEqual({ ...a, approvers: [], approverJustificationRequired: true });
    }));
  });
});

const base: RoleSettings = {
  maximumMinutes: 480, justificationRequired: false, ticketRequired: false, mfaRequired: false, authenticationContext: null,
  approvalRequired: false, approvers: [], approverJustificationRequired: false, notifiesAdministrators: false,
};
const below = { role: { definitionId: 'x', name: 'Contributor' }, scope: web, eligibilityScheduleId: scheduleAt(subscription) };

/** Who reads them may read all but those that are refused, by scope. */
function readBut(refused: Readonly<Record<string, PimErrorCode>>): Promise<RoleSettings> {
  return readGoverningSettings(below, async (_role, { id }) => {
    const code = refused[id];
    if (code !== undefined) throw new PimError(code, `${id} cannot be read`);
    return { ...base, maximumMinutes: id === web.id ? 60 : 120 };
  });
}

describe('an activation below its eligibility', () => {
  it('is held to the settings of both scopes, its own first', () => {
    const where = { scope: web, eligibilityScheduleId: scheduleAt(subscription.toUpperCase()) };
    expect(governingScopes(where).map(({ id }) => id.toLowerCase())).toEqual([web.id.toLowerCase(), subscription]);
    expect(isBelowEligibility(where)).toBe(true);
  });

  it('may be below a management group, whose name is in none of its paths', () => {
    const group = '/providers/Microsoft.Management/managementGroups/contoso';
    expect(governingScopes({ scope: web, eligibilityScheduleId: scheduleAt(group) })).toEqual([web, { id: group, name: 'contoso', type: 'managementGroup' }]);
  });

  it('is not one where the eligibility lies at the same scope, whatever its spelling', () => {
    expect(isBelowEligibility({ scope: production, eligibilityScheduleId: scheduleAt(`/${subscription.toUpperCase()}/`.replace(/\/$/u, '')) })).toBe(false);
  });

  it.each(['', '5a3c0000-0000-4000-8000-000000000001', 'b2e00000-0000-4000-8000-000000000001_member_5a3c', `x\n${scheduleAt(subscription)}`, `${scheduleAt(subscription)}/x`])('is not one where "%s" names the eligibility', (eligibilityScheduleId) => {
    expect(governingScopes({ scope: { id: '/', name: 'Directory', type: 'directory' }, eligibilityScheduleId })).toHaveLength(1);
  });

  it('reads the settings of each scope once and takes the strictest', async () => {
    const asked: string[] = [];
    const found = await readGoverningSettings(below, async (_role, scope) => {
      asked.push(scope.id);
      return scope.id === web.id ? { ...base, maximumMinutes: 60 } : { ...base, ticketRequired: true };
    });
    expect(asked).toEqual([web.id, subscription]);
    expect(found).toMatchObject({ maximumMinutes: 60, ticketRequired: true });
  });

  // Guard: `refusalOf` in `readGoverningSettings` (src/pim/governing-settings.ts).
  it.each(['notPermitted', 'consentRequired', 'notFound'] as const)('is held to the settings that may be read, where the others are refused as %s', async (code) => {
    expect(await readBut({ [subscription]: code })).toMatchObject({ maximumMinutes: 60 });
    expect(await readBut({ [web.id]: code })).toMatchObject({ maximumMinutes: 120 });
  });

  it('has no settings that are known where none may be read, or while one cannot be read for the moment', async () => {
    await expect(readBut({ [web.id]: 'notPermitted', [subscription]: 'notFound' })).rejects.toMatchObject({ code: 'notPermitted' });
    await expect(readBut({ [subscription]: 'unavailable' })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(readBut({ [web.id]: 'notPermitted', [subscription]: 'throttled' })).rejects.toMatchObject({ code: 'throttled' });
  });
});
