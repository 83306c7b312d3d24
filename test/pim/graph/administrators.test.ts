import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPimReader } from '../../../src/pim/reader.ts';
import type { Scope } from '../../../src/pim/model.ts';
import { wireClient } from '../http/wire-server.ts';
import { draftOf, failureOf } from '../pim-world.ts';
import { alex, breakGlass, createGraphWorld, eligible, lee, megan, nestor, opsLeads, type GraphWorld } from './graph-world.ts';
import { list, refusal, startGraph, wrapped, type GraphReply, type Routes } from './graph-stand-in.ts';

const directory: Scope = { id: '/', name: 'Directory', type: 'directory' };
const munich: Scope = { id: '/administrativeUnits/f6e00000-0000-4000-8000-000000000001', name: 'Munich office', type: 'administrativeUnit' };
const groupScope = (id: string): Scope => ({ id, name: 'A group', type: 'group' });
const platform = 'b2e00000-0000-4000-8000-000000000002';
const privilegedRoleAdministrator = 'e8611ab8-c189-46e8-94e1-60213ab1f814';
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10';
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1';

let world: GraphWorld;
beforeAll(async () => { world = await createGraphWorld({ pageSize: 1 }); });
afterAll(() => world[Symbol.asyncDispose]());

const administrators = async (scope: Scope): Promise<readonly string[]> => (await world.reader().listAdministrators(scope)).map(({ id }) => id).toSorted();

/** By a Privileged Role Administrator, in the portal. */
async function assigns(place: 'entra' | 'group', principalId: string, what: object): Promise<void> {
  const path = place === 'entra' ? '/roleManagement/directory/roleAssignmentScheduleRequests' : '/identityGovernance/privilegedAccess/group/assignmentScheduleRequests';
  const scheduleInfo = { startDateTime: world.now().toISOString(), expiration: { type: 'afterDuration', duration: 'PT8H' } };
  await world.graphOf(nestor).send({ method: 'POST', url: `/v1.0${path}`, body: { action: 'adminAssign', principalId, justification: 'on duty', scheduleInfo, ...what } });
}

describe('who administers, on the local PIM', () => {
  it('is nobody whom PIM does not tell', async () => {
    expect(await administrators(directory)).toEqual([]);
    expect(await administrators(groupScope(platform))).toEqual([]);
  });

  it('directory roles: Privileged Role Administrators and Global Administrators for the whole directory, each once, and no others', async () => {
    await assigns('entra', lee, { roleDefinitionId: privilegedRoleAdministrator, directoryScopeId: '/' });
    await assigns('entra', lee, { roleDefinitionId: globalAdministrator, directoryScopeId: '/' });
    await assigns('entra', platform, { roleDefinitionId: globalAdministrator, directoryScopeId: '/' });
    await assigns('entra', megan, { roleDefinitionId: userAdministrator, directoryScopeId: '/' });
    expect(await administrators(directory)).toEqual([lee, platform]);
    expect(await administrators(munich)).toEqual([lee, platform]);
  });

  it('a group: its owners of the directory and by PIM, and those of the directory', async () => {
    await assigns('group', alex, { accessId: 'owner', groupId: breakGlass });
    await assigns('group', megan, { accessId: 'member', groupId: breakGlass });
    expect(await administrators(groupScope(breakGlass))).toEqual([alex, nestor, lee, platform].toSorted());
    expect(await administrators(groupScope(opsLeads))).toEqual([megan, lee, platform].toSorted());
  });

  it('an owner who is only eligible is none until they have activated it', async () => {
    const person = world.person(alex, { acrs: ['c1'] });
    const right = await eligible(person, ['Owner', 'Ops leads']);
    expect(await administrators(groupScope(opsLeads))).not.toContain(alex);
    await person.activate(randomUUID(), draftOf(right));
    expect(await administrators(groupScope(opsLeads))).toContain(alex);
  });

  it('and becomes people where a group holds the role', async () => {
    const { people } = await world.reader().expandApprovers(await world.reader().listAdministrators(directory));
    expect(people.map(({ id }) => id)).toEqual([lee]);
  });

  it('ends with the assignment', async () => {
    await world.advance('PT481M');
    expect(await administrators(directory)).toEqual([]);
    expect(await administrators(groupScope(breakGlass))).toEqual([nestor]);
  });
});

// Guard: listGraphAdministrators in src/pim/graph/administrators.ts.
describe('what the bot may not read', () => {
  const held = '/roleAssignmentScheduleInstances';
  const owned = '/assignmentScheduleInstances';
  const owners = `/groups/${platform}/owners`;
  const denied: GraphReply = { status: 403, body: refusal('Authorization_RequestDenied', '') };
  const notGranted: GraphReply = { status: 403, body: wrapped('PermissionScopeNotGranted', 'missing') };
  const down: GraphReply = { status: 501, body: refusal('NotImplemented', '') };

  async function asked(routes: Routes, scope: Scope): Promise<readonly string[] | string> {
    await using graph = await startGraph(routes);
    const reader = createPimReader({ arm: wireClient(graph.wire), graph: graph.client(), roleKinds: ['group'] });
    return await reader.listAdministrators(scope).then((found) => found.map(({ id }) => id), async (error: unknown) => (await failureOf(Promise.reject(error))).code);
  }

  it('of a group is left out where something can be read, and each id is told once, in whatever case', async () => {
    const all = { [`GET ${owned}`]: list([{ principalId: alex.toUpperCase() }]), [`GET ${owners}`]: list([{ id: alex }, { id: megan }]), [`GET ${held}`]: notGranted };
    expect(await asked(all, groupScope(platform))).toEqual([alex, megan]);
    expect(await asked({ ...all, [`GET ${owned}`]: denied }, groupScope(platform))).toEqual([alex, megan]);
    expect(await asked({ ...all, [`GET ${owners}`]: denied }, groupScope(platform))).toEqual([alex]);
  });

  it.each([['a group', groupScope(platform)], ['the directory', directory]])('is told as such where nothing of %s can be read', async (_, scope) => {
    expect(await asked({ [`GET ${owned}`]: denied, [`GET ${owners}`]: denied, [`GET ${held}`]: notGranted }, scope)).toBe('notPermitted');
  });

  it('is no outage: what fails for now is asked again, and nobody is left out for it', async () => {
    const most = { [`GET ${owned}`]: list([{ principalId: alex }]), [`GET ${owners}`]: list([]), [`GET ${held}`]: down };
    expect(await asked(most, groupScope(platform))).toBe('unavailable');
    expect(await asked({ ...most, [`GET ${held}`]: denied, [`GET ${owners}`]: down }, groupScope(platform))).toBe('unavailable');
    expect(await asked({ [`GET ${held}`]: list([{ nobody: true }]) }, directory)).toBe('badAnswer');
  });
});
