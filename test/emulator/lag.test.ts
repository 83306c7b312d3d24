import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, activationBody, items, listPath, outcome, requestPath, requestStatus, text } from './emulator-client.ts';
import type { Answer, Wish } from './emulator-client.ts';
import { breakGlass } from './engine.ts';
import { PimCaller, activation, directory, failure, graphSeed, group, groupActivation, roles } from './graph-pim.ts';
import { alex, diego, nestor, production, rgApp, roleAt } from './people.ts';

/** What PIM notices late, both ways: in its listings (`lag`), and in its own checks (`settling`). */

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start({ seed: graphSeed });
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const reader: Wish = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' };
const assigned: Wish = { role: 'Reader', scope: rgApp, principalId: diego };
const eligible: Wish = { role: 'Owner', scope: rgApp, principalId: diego };
const minute = 60_000;

function lagging(ms: number): Promise<Answer> {
  return client.fault({ method: 'GET', path: '.' }, { lag: ms }, 1000);
}

function settling(ms: number): Promise<Answer> {
  return client.fault({ path: 'ScheduleRequests' }, { settling: ms }, 1000);
}

async function shown(type: string, user = alex): Promise<number> {
  return items(await client.person(user).list('', type, 'asTarget()')).length;
}

/** What an administrator asks for; `target` names what is meant. */
function administer(requestType: string, { role, scope, principalId }: Wish, more: { readonly side?: string; readonly target?: object } = {}): Promise<Answer> {
  const { side = 'Assignment', target = {} } = more;
  const properties = { requestType, justification: 'because', ...target };
  const path = requestPath(scope, randomUUID()).replace('roleAssignment', `role${side}`);
  return client.person(nestor).call(path, { method: 'PUT', body: activationBody({ role, scope, principalId, duration: 'P1D', properties }) });
}

describe('listings that lag behind', () => {
  it('still show what was deactivated, though its own name does not', async () => {
    const { body } = await client.person(alex).activate(reader);
    const schedule = text(body, 'properties', 'targetRoleAssignmentScheduleId');
    await client.advance('PT6M');
    await client.person(alex).deactivate(reader);
    expect(await shown('roleAssignmentScheduleInstances')).toBe(0);
    await lagging(minute);
    for (const type of ['roleAssignmentSchedules', 'roleAssignmentScheduleInstances']) {
      expect([type, await shown(type)]).toEqual([type, 1]);
    }
    expect(outcome(await client.person(alex).call(`${schedule}?api-version=2020-10-01`))).toBe('404 ResourceNotFound');
    await client.advance('PT1M');
    for (const type of ['roleAssignmentSchedules', 'roleAssignmentScheduleInstances']) {
      expect([type, await shown(type)]).toEqual([type, 0]);
    }
  });

  it.each(['Assignment', 'Eligibility'])('still show what an administrator removed: %s', async (side) => {
    const wish = side === 'Assignment' ? assigned : eligible;
    expect((await administer('AdminAssign', wish, { side })).status).toBe(201);
    await client.advance('PT6M');
    const types = [`role${side}Schedules`, `role${side}ScheduleInstances`];
    const before = await Promise.all(types.map((type) => shown(type, diego)));
    expect((await administer('AdminRemove', wish, { side })).status).toBe(201);
    const gone = await Promise.all(types.map((type) => shown(type, diego)));
    expect(gone).toEqual(before.map((count) => count - 1));
    await lagging(minute);
    expect(await Promise.all(types.map((type) => shown(type, diego)))).toEqual(before);
    await client.advance('PT1M');
    expect(await Promise.all(types.map((type) => shown(type, diego)))).toEqual(gone);
  });

  it('let go on time what runs out, and what would have run out meanwhile', async () => {
    await client.person(alex).activate(reader);
    await lagging(5 * minute);
    await client.advance('PT30M');
    expect(await shown('roleAssignmentScheduleInstances')).toBe(0);
    await client.person(alex).activate(reader);
    await client.advance('PT28M');
    await client.person(alex).deactivate(reader);
    await client.advance('PT1M');
    expect(await shown('roleAssignmentScheduleInstances')).toBe(1);
    await client.advance('PT1M');
    expect(await shown('roleAssignmentScheduleInstances')).toBe(0);
  });

  it('still show what was planned and canceled', async () => {
    const name = randomUUID();
    const now = Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
    const scheduleInfo = { startDateTime: new Date(now + 60 * minute).toISOString(), expiration: { type: 'AfterDuration', duration: 'PT30M' } };
    expect(requestStatus(await client.person(alex).activate({ ...reader, name, properties: { scheduleInfo } }))).toBe('Granted');
    await client.advance('PT2M');
    await client.person(alex).cancel(production, name);
    expect(await shown('roleAssignmentSchedules')).toBe(0);
    await lagging(minute);
    expect([await shown('roleAssignmentSchedules'), await shown('roleAssignmentScheduleInstances')]).toEqual([1, 0]);
    await client.advance('PT1M');
    expect(await shown('roleAssignmentSchedules')).toBe(0);
  });

  it('show no request that was canceled before anybody approved it', async () => {
    const name = randomUUID();
    const now = Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
    const scheduleInfo = { startDateTime: new Date(now + 60 * minute).toISOString(), expiration: { type: 'AfterDuration', duration: 'PT1H' } };
    const contributor: Wish = { role: 'Contributor', scope: rgApp, principalId: alex, name, properties: { scheduleInfo } };
    expect(requestStatus(await client.person(alex).activate(contributor))).toBe('PendingApproval');
    await client.advance('PT2M');
    await client.person(alex).cancel(rgApp, name);
    await lagging(minute);
    expect(await shown('roleAssignmentSchedules')).toBe(0);
  });

  it.each([
    [directory, 'roleAssignment', { ...activation(roles.groupsAdministrator) }],
    [group, 'assignment', { ...groupActivation() }],
  ])('in Graph, too: %s', async (branch, prefix, wish) => {
    const caller = new PimCaller(client, { user: alex });
    const mine = async (): Promise<readonly number[]> =>
      Promise.all([`${prefix}Schedules`, `${prefix}ScheduleInstances`].map(async (collection) => (await caller.mine(branch, collection)).length));
    await caller.post(`${branch}/${prefix}ScheduleRequests`, wish);
    await client.advance('PT6M');
    const [schedule] = await caller.mine(branch, `${prefix}Schedules`);
    await caller.post(`${branch}/${prefix}ScheduleRequests`, { ...wish, action: 'selfDeactivate' });
    expect(await mine()).toEqual([0, 0]);
    await lagging(minute);
    expect(await mine()).toEqual([1, 1]);
    expect(await failure(caller.get(`${branch}/${prefix}Schedules/${text(schedule, 'id')}`))).toBe('404 Request_ResourceNotFound');
    await client.advance('PT1M');
    expect(await mine()).toEqual([0, 0]);
  });
});

describe('while PIM is settling', () => {
  it('what was deactivated is in the way of a new activation, as long as that', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT6M');
    await client.person(alex).deactivate(reader);
    await settling(2 * minute);
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentExists');
    expect(outcome(await client.person(alex).validate(reader))).toBe('400 RoleAssignmentExists');
    await client.advance('PT1M');
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentExists');
    await client.advance('PT1M');
    expect((await client.person(alex).activate(reader)).status).toBe(201);
  });

  it('what is planned for afterwards is taken, and so is the same role elsewhere', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT6M');
    await client.person(alex).deactivate(reader);
    await settling(10 * minute);
    const now = Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
    const at = (minutes: number): object => ({ startDateTime: new Date(now + minutes * minute).toISOString(), expiration: { type: 'AfterDuration', duration: 'PT30M' } });
    expect((await client.person(alex).activate({ ...reader, scope: rgApp })).status).toBe(201);
    expect(outcome(await client.person(alex).activate({ ...reader, properties: { scheduleInfo: at(9) } }))).toBe('400 RoleAssignmentExists');
    expect(requestStatus(await client.person(alex).activate({ ...reader, properties: { scheduleInfo: at(11) } }))).toBe('Granted');
  });

  it('what has run out is in nobody\'s way', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT30M');
    await settling(2 * minute);
    expect((await client.person(alex).activate(reader)).status).toBe(201);
  });

  it('what an administrator removed is in the way of a new assignment, and not of a new eligibility', async () => {
    await administer('AdminAssign', assigned);
    await administer('AdminAssign', eligible, { side: 'Eligibility' });
    await client.advance('PT6M');
    await administer('AdminRemove', assigned);
    await administer('AdminRemove', eligible, { side: 'Eligibility' });
    await settling(2 * minute);
    expect(outcome(await administer('AdminAssign', assigned))).toBe('400 RoleAssignmentExists');
    expect((await administer('AdminAssign', eligible, { side: 'Eligibility' })).status).toBe(201);
  });

  it('what has only just begun cannot be deactivated yet, as it is not there', async () => {
    await client.person(alex).activate(reader);
    await settling(minute);
    expect(outcome(await client.person(alex).deactivate(reader))).toBe('400 RoleAssignmentDoesNotExist');
    await client.advance('PT1M');
    expect(outcome(await client.person(alex).deactivate(reader))).toBe('400 ActiveDurationTooShort');
    await client.advance('PT4M');
    expect(requestStatus(await client.person(alex).deactivate(reader))).toBe('Revoked');
  });

  it('the id of what is being taken down is not valid', async () => {
    await administer('AdminAssign', assigned);
    await client.advance('PT6M');
    const [instance] = items(await client.person(nestor).call(listPath(rgApp, 'roleAssignmentScheduleInstances', `principalId eq '${diego}'`)));
    const targets = [
      { targetRoleAssignmentScheduleId: text(instance, 'properties', 'roleAssignmentScheduleId') },
      { targetRoleAssignmentScheduleInstanceId: text(instance, 'id') },
    ];
    await administer('AdminRemove', assigned);
    const outcomes = async (): Promise<readonly string[]> =>
      Promise.all(targets.flatMap((target) => ['AdminRemove', 'AdminUpdate'].map(async (type) => outcome(await administer(type, assigned, { target })))));
    expect(await outcomes()).toEqual(Array(4).fill('400 RoleAssignmentDoesNotExist'));
    await settling(2 * minute);
    expect(await outcomes()).toEqual(Array(4).fill('400 InvalidRoleAssignmentId'));
    expect(outcome(await administer('AdminRemove', assigned))).toBe('400 RoleAssignmentDoesNotExist');
    expect(outcome(await administer('AdminRemove', assigned, { target: { targetRoleAssignmentScheduleId: randomUUID() } }))).toBe('400 RoleAssignmentDoesNotExist');
    await client.advance('PT2M');
    expect(await outcomes()).toEqual(Array(4).fill('400 RoleAssignmentDoesNotExist'));
  });

  it('somebody who names their own activation in a second deactivation is told the same', async () => {
    const { body } = await client.person(alex).activate(reader);
    const targetRoleAssignmentScheduleId = text(body, 'properties', 'targetRoleAssignmentScheduleId');
    await client.advance('PT6M');
    await client.person(alex).deactivate(reader);
    await settling(minute);
    const again = (properties: object): Promise<Answer> =>
      client.person(alex).call(requestPath(production, randomUUID()), {
        method: 'PUT',
        body: { properties: { roleDefinitionId: roleAt('Reader', production), principalId: alex, requestType: 'SelfDeactivate', ...properties } },
      });
    expect(outcome(await again({ targetRoleAssignmentScheduleId }))).toBe('400 InvalidRoleAssignmentId');
    expect(outcome(await again({}))).toBe('400 RoleAssignmentDoesNotExist');
  });

  it.each([
    [directory, 'roleAssignmentScheduleRequests', { ...activation(roles.groupsAdministrator) }],
    [group, 'assignmentScheduleRequests', { ...groupActivation(breakGlass) }],
  ])('in Graph, too: %s', async (branch, requests, wish) => {
    const caller = new PimCaller(client, { user: alex });
    await caller.post(`${branch}/${requests}`, wish);
    await client.advance('PT6M');
    await caller.post(`${branch}/${requests}`, { ...wish, action: 'selfDeactivate' });
    await settling(minute);
    expect(await failure(caller.post(`${branch}/${requests}`, wish))).toBe('400 RoleAssignmentExists');
    await client.advance('PT1M');
    expect(await caller.post(`${branch}/${requests}`, wish)).toMatchObject({ status: 'Provisioned' });
  });
});
