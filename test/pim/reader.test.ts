import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PimUser } from '../../src/pim/pim.ts';
import { alex, app, contoso, data, leads, lee, megan, nestor, production, sandbox } from './pim-seed.ts';
import { createPimReader } from '../../src/pim/reader.ts';
import { createPimWorld, draftOf, eligible, failureOf, referenceTo } from './pim-world.ts';
import type { PimWorld } from './pim-world.ts';
import { answerJson, startWireServer, wireClient } from './http/wire-server.ts';

let world: PimWorld;
let user: PimUser;

beforeAll(async () => { world = await createPimWorld({ pageSize: 2 }); });
afterAll(async () => { await world[Symbol.asyncDispose](); });
beforeEach(async () => {
  await world.control('POST', 'reset');
  user = world.user(alex);
});

/** Four activations: at two subscriptions, at a resource group, and of another person. */
async function activateAll(): Promise<void> {
  const ticket = { number: 'INC42', system: 'ServiceNow' };
  const other = world.user(lee);
  const withMfa = world.user(alex, { claims: { amr: ['mfa'] } });
  await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production), { justification: 'Looking' }));
  await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', data), { justification: 'Mending', ticket }));
  await withMfa.activate(randomUUID(), draftOf(await eligible(withMfa, 'Owner', sandbox), { justification: 'Owning' }));
  await other.activate(randomUUID(), draftOf(await eligible(other, 'Reader', production), { justification: 'Reading' }));
}

const everything = [
  'Alex Wilber: Contributor at rg-data, Mending', 'Alex Wilber: Owner at Sandbox, Owning', 'Alex Wilber: Reader at Production, Looking',
  'Lee Gu: Reader at Production, Reading',
];

async function told(scopes: readonly string[] = [], bot?: string): Promise<{ elevations: readonly string[]; unread: readonly string[] }> {
  const { elevations, unread } = await world.reader(scopes, bot).listElevations();
  return {
    elevations: elevations.map(({ principal, role, scope, justification }) => `${principal.name}: ${role.name} at ${scope.name}, ${justification}`)
      .sort((a, b) => a.localeCompare(b)),
    unread: unread.map(({ scope, code }) => `${scope.name}: ${code}`),
  };
}

describe('listElevations', () => {
  it('tells who holds what until when and why, in every subscription that the bot can read and below it', async () => {
    await activateAll();
    expect(await told()).toEqual({ elevations: everything, unread: [] });
    const { elevations } = await world.reader().listElevations();
    expect(elevations.every(({ start, until }) => start !== null && until !== null && until.getTime() - start.getTime() === 3_600_000)).toBe(true);
  });

  it('leaves out what is only asked for, and what has ended', async () => {
    await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app)));
    expect(await told()).toEqual({ elevations: [], unread: [] });
    await activateAll();
    await world.advance('PT61M');
    expect(await told()).toEqual({ elevations: [], unread: [] });
  });

  it('counts nothing twice when scopes overlap or are named twice', async () => {
    await activateAll();
    expect(await told([production, production.toUpperCase(), data, app])).toEqual({ elevations: everything, unread: [] });
    const instanceLists = (await world.calls()).filter(({ path }) => path.endsWith('roleAssignmentScheduleInstances')).map(({ path }) => path);
    expect(instanceLists.some((path) => path.includes('resourceGroups'))).toBe(false);
  });

  it('counts nothing twice when a management group is read beside its subscriptions', async () => {
    await activateAll();
    expect(await told([contoso], 'wide-bot')).toEqual({ elevations: everything, unread: [] });
  });

  // Guard: readElevations in src/pim/reader.ts.
  it.each([
    ['is closed to it', { status: 403, body: { error: { code: 'AuthorizationFailed', message: '' } } }, 'notPermitted'],
    ['fails', { status: 501 }, 'unavailable'],
    ['answers nonsense', { status: 200, body: { nonsense: true } }, 'badAnswer'],
  ])('promise 27: a scope that %s is named, and the rest is complete', async (_, fault, code) => {
    await activateAll();
    await world.fault({ path: `${sandbox}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances` }, fault, 9);
    expect(await told()).toEqual({ elevations: everything.filter((line) => !line.includes('Sandbox')), unread: [`Sandbox: ${code}`] });
  });

  it('promise 27: when only the reasons cannot be read, the elevations are told without them', async () => {
    await activateAll();
    await world.fault({ path: `${sandbox}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests` }, { status: 501 }, 9);
    const report = await told();
    expect(report.elevations).toContain('Alex Wilber: Owner at Sandbox, ');
    expect(report.elevations).toHaveLength(4);
    expect(report.unread).toEqual(['Sandbox: unavailable']);
  });

  it('promise 27: a subscription of which the bot may read only a part is named', async () => {
    await activateAll();
    expect(await told([], 'half-bot')).toEqual({ elevations: [], unread: ['Production: notPermitted'] });
  });

  it('promise 24: fails when the subscriptions cannot be listed', async () => {
    await world.fault({ path: '^/subscriptions$' }, { status: 501 }, 9);
    expect((await failureOf(world.reader().listElevations())).code).toBe('unavailable');
  });

  it('leaves out what an administrator assigned for good', async () => {
    const instance = (assignmentType: string): object => ({
      name: randomUUID(), properties: { scope: production, roleDefinitionId: `${production}/x/y`, principalId: alex, assignmentType },
    });
    await using server = await startWireServer(({ url }, response) => {
      if (url.startsWith('/subscriptions?')) answerJson(response, 200, { value: [{ id: production, displayName: 'Production' }] });
      else answerJson(response, 200, { value: url.includes('ScheduleInstances') ? [instance('Assigned'), instance('activated')] : [] });
    });
    const client = wireClient(server);
    const { elevations } = await createPimReader({ arm: client, graph: client, roleKinds: ['azure'] }).listElevations();
    expect(elevations.map(({ how }) => how)).toEqual(['activated']);
  });

  it('refuses a configured scope that is none', async () => {
    expect((await failureOf(world.reader(['production']).listElevations())).code).toBe('invalidRequest');
  });
});

describe('the bot’s own identity', () => {
  it('reads settings and requests of other people', async () => {
    const { role, scope } = await eligible(user, 'Contributor', app);
    const request = await user.activate(randomUUID(), draftOf(await eligible(user, 'Contributor', app)));
    expect(await world.reader().readRoleSettings(role, scope)).toMatchObject({ maximumMinutes: 120, approvalRequired: true });
    expect(await world.reader().readRequest(referenceTo(request))).toEqual(request);
    expect(await world.reader().readRequest({ requestId: randomUUID(), pimId: null, role, scope })).toBeNull();
  });

  it('expands the approvers of a role: groups in groups, each person once, neither guests nor disabled people', async () => {
    const { role, scope } = await eligible(user, 'Contributor', app);
    const { approvers } = await user.readRoleSettings(role, scope);
    const { people, unreadable } = await world.reader().expandApprovers(approvers);
    expect(people.map(({ id }) => id)).toEqual([alex, lee, megan, nestor]);
    expect(people[2]).toEqual({ id: megan, name: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' });
    expect(unreadable).toEqual([]);
  });

  it('names a group that it may not read', async () => {
    const group = { id: leads, kind: 'group' as const, name: 'Ops leads' };
    expect(await world.reader([], 'half-bot').expandApprovers([group])).toEqual({ people: [], unreadable: [{ approver: group, passing: false }] });
  });
});
