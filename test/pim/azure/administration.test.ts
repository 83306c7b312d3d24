import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Assignment, AssignmentDraft, AssignmentFilter, AssignmentQuery, Expiration, Role, Scope } from '../../../src/pim/model.ts';
import type { PimAssignments, PimUser } from '../../../src/pim/pim.ts';
import { parseScope } from '../../../src/pim/scope.ts';
import { adam, alex, app, contoso, data, engineers, lee, megan, production, sandbox, site } from '../pim-seed.ts';
import { createPimWorld, draftOf, eligible, failureOf } from '../pim-world.ts';
import type { PimWorld } from '../pim-world.ts';

/** What an administrator does, at the local PIM service. */

let world: PimWorld;
let admin: PimAssignments;
let user: PimUser;

beforeAll(async () => { world = await createPimWorld({ pageSize: 2 }); });
afterAll(async () => { await world[Symbol.asyncDispose](); });
beforeEach(async () => {
  await world.control('POST', 'reset');
  admin = world.user(adam).assignments;
  user = world.user(alex);
});

function at(id: string): Scope {
  const scope = parseScope(id);
  if (scope === null) throw new Error(id);
  return scope;
}

async function roleNamed(name: string, scope: Scope): Promise<Role> {
  const [role] = await admin.findRoles(scope, name);
  if (role === undefined) throw new Error(name);
  return role;
}

async function draftFor(change: Partial<AssignmentDraft> = {}): Promise<AssignmentDraft> {
  const scope = change.scope ?? at(data);
  return {
    side: 'active', principal: { id: megan, name: 'Megan Bowen', kind: 'user' }, role: await roleNamed('Reader', scope), scope, start: null,
    expiration: { type: 'afterDuration', minutes: 24 * 60 }, justification: 'On call', ticket: null, ...change,
  };
}

const told = (assignments: readonly Assignment[]): readonly string[] =>
  assignments.map(({ principal, role, scope, how }) => `${principal.name}: ${role.name} at ${scope.name}, ${how}`).sort((a, b) => a.localeCompare(b));

async function list(where: Pick<AssignmentQuery, 'side' | 'when'>, id: string, filter: AssignmentFilter): Promise<readonly string[]> {
  return told(await admin.list({ ...where, scope: at(id), filter }));
}

const eligibleNow = { side: 'eligible', when: 'now' } as const;
const activeNow = { side: 'active', when: 'now' } as const;
const activeLater = { side: 'active', when: 'alsoLater' } as const;
const eligibleLater = { side: 'eligible', when: 'alsoLater' } as const;

describe('the assignments at a scope', () => {
  const alexAtApp = 'Alex Wilber: Contributor at rg-app, assigned';
  const alexReads = 'Alex Wilber: Reader at Production, assigned';
  const leeReads = 'Lee Gu: Reader at Production, assigned';
  const engineersAtData = 'Engineers: Contributor at rg-data, assigned';
  const alexReadsAll = 'Alex Wilber: Reader at Contoso, assigned';

  it('are all that lie there, above it and below it', async () => {
    for (const where of [eligibleNow, eligibleLater]) {
      expect(await list(where, production, {})).toEqual([alexAtApp, alexReadsAll, alexReads, engineersAtData, leeReads]);
    }
  });

  it.each<[AssignmentFilter, readonly string[]]>([
    [{ atScope: true }, [alexReadsAll, alexReads, leeReads]],
    [{ principalId: engineers }, [engineersAtData]],
    [{ principalId: alex }, [alexAtApp, alexReadsAll, alexReads]],
    [{ assignedTo: alex }, [alexAtApp, alexReadsAll, alexReads, engineersAtData]],
    [{ assignedTo: alex, atScope: true }, [alexReadsAll, alexReads]],
    [{ asTarget: true }, []],
  ])('are narrowed by %j', async (filter, expected) => {
    for (const where of [eligibleNow, eligibleLater]) expect(await list(where, production, filter)).toEqual(expected);
  });

  it('are narrowed by role, alone and together with others', async () => {
    const { definitionId: roleDefinitionId } = await roleNamed('Contributor', at(production));
    expect(await list(eligibleNow, production, { roleDefinitionId })).toEqual([alexAtApp, engineersAtData]);
    expect(await list(eligibleNow, production, { roleDefinitionId, assignedTo: alex, atScope: true })).toEqual([]);
    expect(await list(eligibleNow, data, { roleDefinitionId, assignedTo: alex, atScope: true })).toEqual([engineersAtData]);
  });

  it('tell what was activated and what was assigned, by the request behind it', async () => {
    const activation = await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production)));
    const assigned = await admin.assign(randomUUID(), await draftFor());
    for (const where of [activeNow, activeLater]) {
      const found = await admin.list({ ...where, scope: at(production), filter: {} });
      expect(told(found)).toEqual(expect.arrayContaining(['Alex Wilber: Reader at Production, activated', 'Megan Bowen: Reader at rg-data, assigned']));
      expect(found.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining([activation.id, assigned.id]));
      expect(found.every(({ side }) => side === 'active')).toBe(true);
    }
  });

  it('to come are known to the schedules only', async () => {
    for (const side of ['active', 'eligible'] as const) {
      await admin.assign(randomUUID(), await draftFor({ side, start: new Date(Date.now() + 2 * 3_600_000) }));
      expect(await list({ side, when: 'now' }, data, { principalId: megan })).toEqual([]);
      expect(await list({ side, when: 'alsoLater' }, data, { principalId: megan })).toEqual(['Megan Bowen: Reader at rg-data, assigned']);
    }
  });

  it('are told to those who may read them; anybody else is told to ask for their own', async () => {
    for (const where of [eligibleNow, eligibleLater, activeNow, activeLater]) {
      const query = { ...where, scope: at(sandbox) };
      expect((await failureOf(user.assignments.list({ ...query, filter: {} }))).code).toBe('notPermitted');
      expect((await user.assignments.list({ ...query, filter: { asTarget: true } })).every(({ principal }) => [alex, engineers].includes(principal.id))).toBe(true);
    }
  });
});

describe('assigning', () => {
  it.each<[string, Expiration, number | null]>([
    ['for a time', { type: 'afterDuration', minutes: 90 }, 90],
    ['until a moment', { type: 'afterDateTime', end: new Date(Math.ceil(Date.now() / 1000) * 1000 + 7_200_000) }, 120],
    ['for good', { type: 'noExpiration' }, null],
  ])('%s gives the role on either side', async (_, expiration, minutes) => {
    for (const side of ['active', 'eligible'] as const) {
      const requestId = randomUUID();
      const request = await admin.assign(requestId, await draftFor({ side, expiration, ticket: { number: 'INC7', system: 'ServiceNow' } }));
      expect(request).toMatchObject({ id: requestId, action: 'other', pimStatus: 'Provisioned', requester: { id: megan }, justification: 'On call', ticket: { number: 'INC7', system: 'ServiceNow' } });
      const [held] = await admin.list({ side, when: 'now', scope: at(data), filter: { principalId: megan } });
      expect(held).toMatchObject({ side, how: 'assigned', requestId, role: { name: 'Reader' }, principal: { id: megan, kind: 'user' } });
      const lasts = held?.until === null || held?.until === undefined ? null : (held.until.getTime() - (held.start?.getTime() ?? 0)) / 60_000;
      if (minutes === null) expect(lasts).toBeNull();
      else expect(Math.abs((lasts ?? 0) - minutes)).toBeLessThan(1);
    }
  });

  it('an eligibility lets its holder activate the role', async () => {
    await admin.assign(randomUUID(), await draftFor({ side: 'eligible', scope: at(app) }));
    const holder = world.user(megan);
    expect(await holder.activate(randomUUID(), draftOf(await eligible(holder, 'Reader', app)))).toMatchObject({ pimStatus: 'Provisioned', requester: { id: megan } });
  });

  it('at a resource, and to a group', async () => {
    const principal = { id: engineers, name: 'Engineers', kind: 'group' as const };
    await admin.assign(randomUUID(), await draftFor({ scope: at(site), principal }));
    expect(await list(activeNow, site, { assignedTo: alex })).toEqual(['Engineers: Reader at shop, assigned']);
  });

  it('again under the same GUID reaches the same request; under another it is there already', async () => {
    const requestId = randomUUID();
    const draft = await draftFor();
    const first = await admin.assign(requestId, draft);
    expect(await admin.assign(requestId, draft)).toEqual(first);
    expect((await failureOf(admin.assign(randomUUID(), draft))).code).toBe('alreadyActive');
    expect(await list(activeNow, data, { principalId: megan })).toHaveLength(1);
  });

  it.each(['active', 'eligible'] as const)('is taken back on its own side: %s', async (side) => {
    const draft = await draftFor({ side });
    await admin.assign(randomUUID(), draft);
    await world.advance('PT6M');
    const requestId = randomUUID();
    const removed = await admin.unassign(requestId, draft);
    expect(removed).toMatchObject({ id: requestId, pimStatus: 'Revoked' });
    expect(await admin.unassign(requestId, draft)).toEqual(removed);
    expect(await list({ side, when: 'now' }, data, { principalId: megan })).toEqual([]);
    expect((await failureOf(admin.unassign(randomUUID(), draft))).code).toBe('notActive');
  });

  // Guard: readOwn in src/pim/azure/schedule-requests.ts.
  it.each(['active', 'eligible'] as const)('promise 15: is read by its GUID on its own side, as long as it is ours: %s', async (side) => {
    const draft = await draftFor({ side });
    const requestId = randomUUID();
    const reference = { ...draft, requestId, pimId: null, action: 'assign', sentAt: new Date() } as const;
    expect(await admin.readRequest(reference)).toBeNull();
    const made = await admin.assign(requestId, draft);
    expect(await admin.readRequest(reference)).toEqual(made);
    expect(await admin.readRequest({ ...reference, side: side === 'active' ? 'eligible' : 'active' })).toBeNull();
    expect((await failureOf(admin.readRequest({ ...reference, action: 'unassign' }))).code).toBe('requestNameTaken');
  });

  // Guards: submit and readBack in src/pim/azure/schedule-requests.ts.
  it.each(['active', 'eligible'] as const)('promise 15: whose answer was lost is told from PIM’s own record: %s', async (side) => {
    await world.fault({ method: 'PUT', path: 'ScheduleRequests' }, { dropAfterCommit: true });
    const requestId = randomUUID();
    expect(await admin.assign(requestId, await draftFor({ side }))).toMatchObject({ id: requestId, pimStatus: 'Provisioned' });
    await world.fault({ method: 'PUT', path: 'ScheduleRequests' }, { status: 500 });
    expect(await failureOf(admin.assign(randomUUID(), await draftFor({ side, scope: at(app) })))).toMatchObject({ code: 'outcomeUnknown', effect: 'unknown' });
  });

  // Guard: the administrator's own token, which createAzureAssignments in src/pim/azure/assignments.ts is given.
  it('promise 5: is for those who may administer the scope', async () => {
    for (const side of ['active', 'eligible'] as const) {
      expect((await failureOf(user.assignments.assign(randomUUID(), await draftFor({ side, principal: { id: alex, name: 'Alex', kind: 'user' } })))).code).toBe('notPermitted');
      expect((await failureOf(admin.assign(randomUUID(), await draftFor({ side, scope: at(sandbox) })))).code).toBe('notPermitted');
      expect((await failureOf(user.assignments.unassign(randomUUID(), await draftFor({ side, scope: at(production), principal: { id: lee, name: 'Lee', kind: 'user' } })))).code).toBe('notPermitted');
    }
    expect(await list(activeNow, production, { principalId: alex })).toEqual([]);
  });

  it('to nobody whom the directory knows, or of a role that there is not, is refused', async () => {
    const nobody = { id: randomUUID(), name: 'Nobody', kind: 'user' as const };
    expect((await failureOf(admin.assign(randomUUID(), await draftFor({ principal: nobody })))).code).toBe('principalUnknown');
    const role = { definitionId: `/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}`, name: 'No such role' };
    expect((await failureOf(admin.assign(randomUUID(), await draftFor({ role })))).code).toBe('invalidRequest');
  });
});

describe('finding', () => {
  it('roles, by a full name or a part of it, in any case', async () => {
    expect((await admin.findRoles(at(data), 'reader')).map(({ name }) => name)).toEqual(['Reader']);
    expect((await admin.findRoles(at(data), 'access admin')).map(({ name }) => name)).toContain('User Access Administrator');
    expect(await admin.findRoles(at(data), 'no such role')).toEqual([]);
    expect((await admin.findRoles(at(contoso), '')).length).toBeGreaterThan(10);
  });

  it('scopes: the administrator’s subscription, and resource groups in it', async () => {
    expect((await admin.findScopes('production')).items).toMatchObject([{ id: production, name: 'Production', type: 'subscription' }]);
    expect((await admin.findScopes(production.slice('/subscriptions/'.length))).items).toMatchObject([{ id: production }]);
    expect((await admin.findScopes('rg-data')).items).toMatchObject([{ id: data, type: 'resourceGroup' }]);
    expect((await admin.findScopes('sandbox')).items).toEqual([]);
  });
});

describe('validating', () => {
  it('tells what PIM would say, and keeps nothing', async () => {
    const [free, approved] = [await eligible(user, 'Reader', production), await eligible(user, 'Contributor', app)];
    expect(await user.validate(draftOf(free))).toBe('granted');
    expect(await user.validate(draftOf(approved))).toBe('needsApproval');
    expect((await user.listPending()).items).toEqual([]);
    expect(await list(activeNow, production, { principalId: alex })).toEqual([]);
    expect(await user.activate(randomUUID(), draftOf(free))).toMatchObject({ pimStatus: 'Provisioned' });
  });

  it('is refused as the activation would be', async () => {
    const held = await eligible(user, 'Reader', production);
    expect(await failureOf(user.validate(draftOf(held, { minutes: 999 })))).toMatchObject({ code: 'policyRefused', details: { rules: ['ExpirationRule'] } });
    expect((await failureOf(user.validate(draftOf(held, { minutes: 4 })))).code).toBe('tooSoon');
    expect((await failureOf(user.validate(draftOf(await eligible(user, 'User Access Administrator', sandbox))))).code).toBe('stepUpRequired');
    await user.activate(randomUUID(), draftOf(held));
    expect((await failureOf(user.validate(draftOf(held)))).code).toBe('alreadyActive');
  });

  it('promise 24: changes nothing, so a lost answer leaves nothing open', async () => {
    const held = await eligible(user, 'Reader', production);
    await world.fault({ method: 'POST', path: 'validate' }, { status: 500 });
    expect(await failureOf(user.validate(draftOf(held)))).toMatchObject({ code: 'unavailable', effect: 'none' });
    await world.fault({ method: 'POST', path: 'validate' }, { dropAfterCommit: true });
    expect(await failureOf(user.validate(draftOf(held)))).toMatchObject({ code: 'unavailable', effect: 'none' });
  });
});

describe('just-enough access', () => {
  it('offers the children of what a person is eligible for, over several pages', async () => {
    const ids = async (scope: string): Promise<readonly string[]> => (await user.listChildren(at(scope))).map(({ id }) => id);
    expect(await ids(contoso)).toEqual([production, sandbox]);
    expect(await ids(production)).toEqual([app, data]);
    expect(await ids(site)).toEqual([]);
    expect((await world.user(adam).listChildren(at(production)))).toEqual([]);
  });

  it.each([
    ['a subscription, at its resource group', production, app], ['a subscription, at a resource', production, site],
    ['a management group, at a subscription below it', contoso, production], ['a management group, at a resource group below it', contoso, data],
  ])('lets an eligibility at %s be activated', async (_, parent, child) => {
    const held = await eligible(user, 'Reader', parent);
    const request = await user.activate(randomUUID(), draftOf(held, { scope: at(child) }));
    expect(request).toMatchObject({ pimStatus: 'Provisioned', scope: { id: child }, role: { name: 'Reader' } });
    expect(request.role.definitionId.startsWith(`${production}/`)).toBe(true);
    const active = (await user.listActive([{ ...held, scope: at(child) }])).items;
    expect(active.map(({ scope }) => scope.id)).toEqual([child]);
  });

  it('gives nothing beside or above the eligibility', async () => {
    const held = await eligible(user, 'Contributor', app);
    for (const scope of [data, production, contoso]) {
      expect(await failureOf(user.activate(randomUUID(), draftOf(held, { scope: at(scope) })))).toMatchObject({ code: 'policyRefused', details: { rules: ['EligibilityRule'] } });
    }
  });
});
