import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect, sdkFor, sdkScope } from './arm-sdk.ts';
import { assignedSeed } from './assigned-seed.ts';
import { EmulatorClient, items, outcome, text } from './emulator-client.ts';
import { alex, contoso, diego, guest, lee, megan, nestor, onCall, platform, production, rgApp, rgWeb, roleAt, roleIds, site } from './people.ts';
import type { RoleName } from './people.ts';

/** Schedules and instances of both sides, through Microsoft's own client and over the wire. */

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start({ seed: assignedSeed });
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const types = ['roleAssignmentSchedules', 'roleAssignmentScheduleInstances', 'roleEligibilitySchedules', 'roleEligibilityScheduleInstances'] as const;
type Type = (typeof types)[number];

interface Entry {
  readonly principalId: string;
  readonly role: string;
  readonly scope: string;
}

/** What the seed has for a listing; instances are those of today. */
function entriesOf(type: Type): readonly Entry[] {
  const entries = type.startsWith('roleAssignment') ? assignedSeed.assigned : assignedSeed.eligible;
  const shown = (entries ?? []).filter(({ kind, start }) => kind === 'azure' && (start !== '2098-01-01T00:00:00Z' || type.endsWith('Schedules')));
  return shown.map(({ principalId, role, scope }) => ({ principalId, role, scope }));
}

const lineages: readonly (readonly string[])[] = [[site, rgApp, production, contoso], [rgWeb, production, contoso]];

function isBelow(scope: string, other: string): boolean {
  return lineages.some((lineage) => lineage.includes(scope) && lineage.indexOf(other) > lineage.indexOf(scope));
}

function keys(entries: readonly Entry[]): readonly string[] {
  return entries.map(({ principalId, role, scope }) => `${role} on ${scope} of ${principalId}`).toSorted();
}

function keysOf(answer: unknown[] | readonly unknown[]): readonly string[] {
  return keys(
    answer.map((item) => ({
      principalId: text(item, 'properties', 'principalId'),
      role: text(item, 'properties', 'expandedProperties', 'roleDefinition', 'displayName'),
      scope: text(item, 'properties', 'scope'),
    })),
  );
}

const asLee = [lee, onCall, platform];

describe.each(types)('the filters of %s', (type) => {
  const all = entriesOf(type);
  const atScope = (entry: Entry): boolean => entry.scope === rgWeb || isBelow(rgWeb, entry.scope);
  const role: RoleName = 'Reader';
  const filters: readonly (readonly [string, string, (entry: Entry) => boolean])[] = [
    ['none', '', () => true],
    ['atScope()', 'atScope()', () => true],
    ['principalId', `principalId eq '${megan}'`, ({ principalId }) => principalId === megan],
    ['roleDefinitionId', `roleDefinitionId eq '${roleAt(role, rgWeb)}'`, (entry) => entry.role === role],
    ['assignedTo', `assignedTo('${lee}')`, ({ principalId }) => asLee.includes(principalId)],
    ['assignedTo and atScope', `assignedTo('${lee}') and atScope()`, (entry) => asLee.includes(entry.principalId) && atScope(entry)],
  ];

  it.each(filters)('%s', async (_title, filter, holds) => {
    const scope = filter.includes('atScope') ? rgWeb : production;
    const shown = all.filter((entry) => (entry.scope === scope || isBelow(scope, entry.scope) || (scope !== rgWeb && isBelow(entry.scope, scope))) && holds(entry));
    const answer = await client.person(nestor).list(scope, type, filter === '' ? undefined : filter);
    expect(keysOf(items(answer))).toEqual(keys(shown));
    expect(shown.length).toBeGreaterThan(0);
  });

  it('asTarget(): the caller\'s own, also through groups in groups, without any right', async () => {
    const own = all.filter(({ principalId }) => asLee.includes(principalId));
    expect(keysOf(items(await client.person(lee).list('', type, 'asTarget()')))).toEqual(keys(own));
    expect(items(await client.person(guest).list('', type, 'asTarget()'))).toEqual([]);
  });

  it('joined as the document writes it, with pluses, encoded or not', async () => {
    const expected = keysOf(items(await client.person(nestor).list(rgWeb, type, `assignedTo('${lee}') and atScope()`)));
    expect(expected.length).toBeGreaterThan(0);
    for (const written of [`assignedTo('${lee}')+and+atScope()`, encodeURIComponent(`assignedTo('${lee}')+and+atScope()`)]) {
      const target = `${rgWeb}/providers/Microsoft.Authorization/${type}?api-version=2020-10-01&$filter=${written}`;
      expect(keysOf(items(await client.person(nestor).call(target)))).toEqual(expected);
    }
  });

  it('without a right and without asTarget(), refused with the way out', async () => {
    for (const filter of [undefined, 'atScope()', `principalId eq '${guest}'`, `assignedTo('${guest}')`]) {
      const answer = await client.person(guest).list(production, type, filter);
      expect(outcome(answer)).toBe('400 InsufficientPermissions');
      expect(text(answer.body, 'error', 'message')).toBe(
        `The requestor ${guest} does not have permissions for this request. Please use $filter=asTarget() to filter on the requestor's assignments.`,
      );
    }
  });

  it('a filter that is not closed, or not known, is refused', async () => {
    for (const filter of ["principalId eq 'x", "atScope()'", "atScope() or asTarget()", "principalId ne 'x'"]) {
      expect(outcome(await client.person(nestor).list(production, type, filter))).toBe('400 InvalidFilter');
    }
  });

  it('each is got by its own name, by who holds it and by who reads there', async () => {
    for (const item of items(await client.person(lee).list('', type, 'asTarget()'))) {
      const target = `${text(item, 'id')}?api-version=2020-10-01`;
      expect((await client.person(lee).call(target)).body).toEqual(item);
      expect((await client.person(nestor).call(target)).status).toBe(200);
      expect(outcome(await client.person(guest).call(target))).toBe('400 InsufficientPermissions');
    }
    expect(outcome(await client.person(nestor).call(`${rgWeb}/providers/Microsoft.Authorization/${type}/${randomUUID()}?api-version=2020-10-01`))).toBe('404 ResourceNotFound');
  });

  it('the status of what has begun', async () => {
    const running = entriesOf(type.startsWith('roleAssignment') ? 'roleAssignmentScheduleInstances' : 'roleEligibilityScheduleInstances');
    expect(keysOf(items(await client.person(nestor).list(contoso, type, "status eq 'Provisioned'")))).toEqual(keys(running));
  });
});

describe('@azure/arm-authorization', () => {
  it('shows what was assigned: for good without an end, for a time with one, later as a schedule only', async () => {
    const { roleAssignmentSchedules: schedules, roleAssignmentScheduleInstances: instances } = sdkFor(client, { user: nestor });
    const [permanent] = await collect(schedules.listForScope(sdkScope(production), { filter: `principalId eq '${megan}'` }));
    expect(permanent).toMatchObject({ assignmentType: 'Assigned', memberType: 'Direct', principalType: 'User', status: 'Provisioned' });
    expect([permanent?.endDateTime, permanent?.linkedRoleEligibilityScheduleId, permanent?.roleAssignmentScheduleRequestId]).toEqual([undefined, undefined, undefined]);
    expect(await schedules.get(sdkScope(production), permanent?.name ?? '')).toEqual(permanent);
    const [instance] = await collect(instances.listForScope(sdkScope(production), { filter: `principalId eq '${megan}'` }));
    expect(instance).toMatchObject({ assignmentType: 'Assigned', memberType: 'Direct', roleAssignmentScheduleId: permanent?.id });
    expect(instance?.endDateTime).toBeUndefined();
    expect(await instances.get(sdkScope(production), instance?.name ?? '')).toEqual(instance);
    const [timeBound] = await collect(instances.listForScope(sdkScope(rgWeb), { filter: `principalId eq '${diego}'` }));
    expect(timeBound?.endDateTime).toEqual(new Date('2099-06-01T00:00:00Z'));
    const [later] = await collect(schedules.listForScope(sdkScope(rgWeb), { filter: `principalId eq '${alex}'` }));
    expect(later).toMatchObject({ status: 'Granted', startDateTime: new Date('2098-01-01T00:00:00Z') });
    expect(await collect(instances.listForScope(sdkScope(rgWeb), { filter: `principalId eq '${alex}'` }))).toEqual([]);
  });

  it('shows eligibilities as schedules and as instances of the same name', async () => {
    const { roleEligibilitySchedules: schedules, roleEligibilityScheduleInstances: instances } = sdkFor(client, { user: lee });
    const mine = await collect(schedules.listForScope('', { filter: 'asTarget()' }));
    const instancesOfMine = await collect(instances.listForScope('', { filter: 'asTarget()' }));
    expect(instancesOfMine.map(({ name, roleEligibilityScheduleId }) => [name, roleEligibilityScheduleId])).toEqual(mine.map(({ name, id }) => [name, id]));
    expect(mine.map(({ memberType, principalType }) => [memberType, principalType])).toEqual([['Group', 'Group'], ['Group', 'Group']]);
    const [first] = mine;
    expect(await schedules.get(sdkScope(rgWeb), first?.name ?? '')).toEqual(first);
    expect(await instances.get(sdkScope(rgWeb), first?.name ?? '')).toEqual(instancesOfMine[0]);
    expect([first?.createdOn, first?.updatedOn]).toEqual([expect.any(Date), expect.any(Date)]);
  });

  it('an activation is a schedule and an instance, linked to the eligibility at its broader scope', async () => {
    const { roleAssignmentScheduleRequests: requests, roleAssignmentSchedules: schedules, roleAssignmentScheduleInstances: instances, ...own } = sdkFor(client, { user: alex });
    const filter = `asTarget() and roleDefinitionId eq '${roleIds['Monitoring Reader']}'`;
    const [eligibility] = await collect(own.roleEligibilityScheduleInstances.listForScope('', { filter }));
    const linkedRoleEligibilityScheduleId = eligibility?.roleEligibilityScheduleId ?? '';
    const name = randomUUID();
    const wish = { principalId: alex, roleDefinitionId: roleAt('Monitoring Reader', site), requestType: 'SelfActivate', justification: 'look', linkedRoleEligibilityScheduleId, scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT1H' } } };
    const created = await requests.create(sdkScope(site), name, wish);
    const [schedule] = await collect(schedules.listForScope(sdkScope(site), { filter: 'asTarget()' }));
    expect(schedule).toMatchObject({ name, id: created.targetRoleAssignmentScheduleId, roleAssignmentScheduleRequestId: created.id, assignmentType: 'Activated', memberType: 'Direct', linkedRoleEligibilityScheduleId });
    const [instance] = await collect(instances.listForScope(sdkScope(site), { filter: 'asTarget()' }));
    expect(instance).toMatchObject({ roleAssignmentScheduleId: schedule?.id, linkedRoleEligibilityScheduleId, linkedRoleEligibilityScheduleInstanceId: eligibility?.id, assignmentType: 'Activated' });
    await client.advance('PT1H');
    expect(await collect(schedules.listForScope(sdkScope(site), { filter: 'asTarget()' }))).toEqual([]);
    await expect(schedules.get(sdkScope(site), name)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('what is granted for later is a schedule before it is an instance, by the same name', async () => {
    const { roleAssignmentScheduleRequests: requests, roleAssignmentSchedules: schedules, roleAssignmentScheduleInstances: instances } = sdkFor(client, { user: alex });
    const startDateTime = new Date(Date.now() + 3_600_000);
    const name = randomUUID();
    const wish = { principalId: alex, roleDefinitionId: roleAt('Reader', production), requestType: 'SelfActivate', scheduleInfo: { startDateTime, expiration: { type: 'AfterDuration', duration: 'PT30M' } } };
    expect((await requests.create(sdkScope(production), name, wish)).status).toBe('Granted');
    const [later] = await collect(schedules.listForScope('', { filter: 'asTarget()' })).then((all) => all.filter((schedule) => schedule.name === name));
    expect(later).toMatchObject({ status: 'Granted', startDateTime, endDateTime: new Date(startDateTime.getTime() + 1_800_000), assignmentType: 'Activated' });
    expect(await schedules.get(sdkScope(production), name)).toEqual(later);
    expect(await collect(instances.listForScope('', { filter: 'asTarget()' }))).toEqual([]);
    await client.advance('PT61M');
    expect(await schedules.get(sdkScope(production), name)).toMatchObject({ status: 'Provisioned' });
    expect(await collect(instances.listForScope('', { filter: 'asTarget()' }))).toHaveLength(1);
  });

  it('what was inherited is told so, and what a group holds is told as the group\'s', async () => {
    const { roleAssignmentScheduleInstances: instances } = sdkFor(client, { user: nestor });
    const members = async (scope: string): Promise<readonly unknown[]> =>
      (await collect(instances.listForScope(sdkScope(scope), { filter: 'atScope()' }))).map(({ principalId, memberType }) => [principalId, memberType]);
    expect(await members(rgApp)).toEqual([[megan, 'Inherited'], [platform, 'Group']]);
    expect(await members(production)).toEqual([[megan, 'Direct'], [platform, 'Group']]);
  });

  it('an active assignment gives its rights: who was made Reader reads what others hold', async () => {
    const { roleAssignmentSchedules: schedules } = sdkFor(client, { user: megan });
    expect((await collect(schedules.listForScope(sdkScope(rgApp)))).length).toBeGreaterThan(0);
  });

  it('pages of schedules lead from one to the next', async () => {
    await using small = await EmulatorClient.start({ seed: assignedSeed, pageSize: 2 });
    const { roleEligibilitySchedules: schedules } = sdkFor(small, { user: nestor });
    const pages = await collect(schedules.listForScope(sdkScope(contoso)).byPage());
    expect(pages.map((page) => page.length)).toEqual([2, 2, 2, 2, 2, 1]);
    expect(new Set(pages.flat().map(({ name }) => name)).size).toBe(11);
  });
});
