import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Assignment, AssignmentDraft, AssignmentFilter, AssignmentQuery, Scope } from '../../../src/pim/model.ts';
import type { PimAssignments } from '../../../src/pim/pim.ts';
import { azureUser } from '../azure-user.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';
import type { Answer, WireServer } from '../http/wire-server.ts';
import { adam, alex, app, contoso, engineers, production, site } from '../pim-seed.ts';
import { failureOf } from '../pim-world.ts';

const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const role = { definitionId: `/providers/Microsoft.Authorization/roleDefinitions/${contributor}`, name: 'Contributor' };
const inProduction = `${production}/providers/Microsoft.Authorization/roleDefinitions/${contributor}`;
const subscription: Scope = { id: production, name: 'Production', type: 'subscription' };
const managementGroup: Scope = { id: contoso, name: 'Contoso', type: 'managementGroup' };
const resourceGroup: Scope = { id: app, name: 'rg-app', type: 'resourceGroup' };
const resource: Scope = { id: site, name: 'shop', type: 'resource' };

const assignmentsAt = (server: WireServer): PimAssignments => azureUser(adam, wireClient(server)).assignments;
const empty: Answer = (_, response) => { answerJson(response, 200, { value: [] }); };

/** What a wire server was asked: path without doubled slashes, and the query. */
function asked(server: WireServer): readonly { path: string; query: Record<string, string> }[] {
  return server.seen.map(({ url }) => {
    const { pathname, searchParams } = new URL(url.replace(/^\/+/, '/'), server.origin);
    return { path: pathname, query: Object.fromEntries(searchParams) };
  });
}

describe('the assignments at a scope', () => {
  it.each<[AssignmentQuery['side'], AssignmentQuery['when'], string]>([
    ['active', 'now', 'roleAssignmentScheduleInstances'], ['active', 'alsoLater', 'roleAssignmentSchedules'],
    ['eligible', 'now', 'roleEligibilityScheduleInstances'], ['eligible', 'alsoLater', 'roleEligibilitySchedules'],
  ])('that are %s, %s, are asked for as %s, at each type of scope', async (side, when, list) => {
    await using server = await startWireServer(empty);
    for (const scope of [managementGroup, subscription, resourceGroup, resource]) await assignmentsAt(server).list({ side, when, scope, filter: {} });
    expect(asked(server)).toEqual([contoso, production, app, site].map((scope) => (
      { path: `${scope}/providers/Microsoft.Authorization/${list}`, query: { 'api-version': '2020-10-01' } })));
  });

  it.each<[AssignmentFilter, string]>([
    [{ atScope: true }, 'atScope()'],
    [{ principalId: alex }, `principalId eq '${alex}'`],
    [{ roleDefinitionId: role.definitionId }, `roleDefinitionId eq '${inProduction}'`],
    [{ assignedTo: alex }, `assignedTo('${alex}')`],
    [{ asTarget: true }, 'asTarget()'],
    [{ assignedTo: alex, atScope: true }, `assignedTo('${alex}') and atScope()`],
    [{ atScope: true, roleDefinitionId: inProduction, principalId: alex }, `principalId eq '${alex}' and roleDefinitionId eq '${inProduction}' and atScope()`],
    [{ asTarget: true, roleDefinitionId: contributor }, `roleDefinitionId eq '${inProduction}' and asTarget()`],
    [{ principalId: "x' or principalId ne 'y" }, "principalId eq 'x'' or principalId ne ''y'"],
    [{ assignedTo: "x') or asTarget() or ('" }, "assignedTo('x'') or asTarget() or (''')"],
    [{ atScope: false, asTarget: false }, ''],
  ])('are filtered by %j, on either side, now and later', async (filter, expected) => {
    await using server = await startWireServer(empty);
    for (const side of ['active', 'eligible'] as const) {
      for (const when of ['now', 'alsoLater'] as const) await assignmentsAt(server).list({ side, when, scope: resourceGroup, filter });
    }
    expect(asked(server).map(({ query }) => query['$filter'] ?? '')).toEqual([expected, expected, expected, expected]);
  });

  it('at a management group name the role without a subscription', async () => {
    await using server = await startWireServer(empty);
    await assignmentsAt(server).list({ side: 'active', when: 'now', scope: managementGroup, filter: { roleDefinitionId: inProduction } });
    expect(asked(server)[0]?.query['$filter']).toBe(`roleDefinitionId eq '${role.definitionId}'`);
  });

  const item = (more: object): object => ({
    name: randomUUID(),
    properties: {
      scope: app, roleDefinitionId: inProduction, principalId: engineers, principalType: 'Group', startDateTime: '2026-03-01T10:00:00.1234567+00:00',
      expandedProperties: {
        scope: { displayName: 'rg-app' }, roleDefinition: { displayName: 'Contributor' }, principal: { displayName: 'Engineers', type: 'Group' },
      },
      ...more,
    },
  });
  const schedule = (kind: string, name: string): string => `${app}/providers/Microsoft.Authorization/${kind}/${name}`;
  const request = randomUUID();

  it.each<[string, Pick<AssignmentQuery, 'side' | 'when'>, object, Partial<Assignment>]>([
    ['an activation', { side: 'active', when: 'now' }, { assignmentType: 'Activated', roleAssignmentScheduleId: schedule('roleAssignmentSchedules', request), endDateTime: '2026-03-01T12:00:00Z' },
      { how: 'activated', until: new Date('2026-03-01T12:00:00Z'), requestId: request }],
    ['an active assignment without an end', { side: 'active', when: 'now' }, { assignmentType: 'Assigned', roleAssignmentScheduleId: schedule('roleAssignmentSchedules', request) },
      { how: 'assigned', until: null, requestId: request }],
    ['an active assignment to come', { side: 'active', when: 'alsoLater' }, { assignmentType: 'Assigned', roleAssignmentScheduleRequestId: schedule('roleAssignmentScheduleRequests', request) },
      { how: 'assigned', until: null, requestId: request }],
    ['an eligible assignment', { side: 'eligible', when: 'now' }, { roleEligibilityScheduleId: schedule('roleEligibilitySchedules', request), endDateTime: null },
      { how: 'assigned', until: null, requestId: request }],
    ['an eligible assignment to come', { side: 'eligible', when: 'alsoLater' }, { roleEligibilityScheduleRequestId: schedule('roleEligibilityScheduleRequests', request) },
      { how: 'assigned', until: null, requestId: request }],
    ['one of which no request is known', { side: 'eligible', when: 'alsoLater' }, { roleEligibilityScheduleRequestId: '' }, { requestId: null }],
  ])('tell of %s', async (_, query, more, expected) => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [item(more)] }); });
    expect(await assignmentsAt(server).list({ ...query, scope: resourceGroup, filter: {} })).toMatchObject([{
      side: query.side, role: { definitionId: inProduction, name: 'Contributor' }, scope: resourceGroup, start: new Date('2026-03-01T10:00:00.123Z'),
      principal: { id: engineers, name: 'Engineers', kind: 'group' }, ...expected,
    }]);
  });

  // Guard: ownOriginPolicy in src/pim/http/azure-pipeline.ts.
  it('promise 23: are read to the last page, and never from another host', async () => {
    await using stranger = await startWireServer(empty);
    await using server = await startWireServer(({ url }, response) => {
      if (!url.includes('page=')) answerJson(response, 200, { value: [item({})], nextLink: `${server.origin}/next?page=2` });
      else answerJson(response, 200, { value: [item({})], ...(url.includes('page=2') ? { nextLink: '/next?page=3' } : {}) });
    });
    for (const when of ['now', 'alsoLater'] as const) {
      expect(await assignmentsAt(server).list({ side: 'eligible', when, scope: resourceGroup, filter: {} })).toHaveLength(3);
    }
    await using lure = await startWireServer((_, response) => { answerJson(response, 200, { value: [], nextLink: `${stranger.origin}/next` }); });
    for (const side of ['active', 'eligible'] as const) {
      for (const when of ['now', 'alsoLater'] as const) {
        expect((await failureOf(assignmentsAt(lure).list({ side, when, scope: resourceGroup, filter: {} }))).code).toBe('badAnswer');
      }
    }
    expect(stranger.seen).toEqual([]);
  });
});

const draft: AssignmentDraft = {
  side: 'active', principal: { id: alex, name: 'Alex Wilber', kind: 'user' }, role, scope: resourceGroup, start: null,
  expiration: { type: 'afterDuration', minutes: 43_200 }, justification: 'On call in March', ticket: null,
};

/** A request as PIM answers it, of whatever was sent. */
function stored(name: string, sent: unknown, change: object = {}): object {
  const { properties } = Object(sent);
  return { name, properties: { scope: app, status: 'Provisioned', createdOn: '2026-03-01T10:00:00Z', ...properties, ...change } };
}

const accept: Answer = ({ url, body }, response) => { answerJson(response, 201, stored(nameIn(url), body)); };

function nameIn(url: string): string {
  return /ScheduleRequests\/([0-9a-f-]{36})/.exec(url)?.[1] ?? '';
}

describe('assigning', () => {
  it.each(['active', 'eligible'] as const)('on the %s side goes to that side’s requests, under the given GUID', async (side) => {
    const requestId = randomUUID();
    await using server = await startWireServer(accept);
    expect(await assignmentsAt(server).assign(requestId, { ...draft, side })).toMatchObject({ id: requestId, action: 'other', pimStatus: 'Provisioned', requester: { id: alex } });
    const list = side === 'active' ? 'roleAssignmentScheduleRequests' : 'roleEligibilityScheduleRequests';
    expect(server.seen.map(({ method }) => method)).toEqual(['PUT']);
    expect(asked(server)[0]).toEqual({ path: `${app}/providers/Microsoft.Authorization/${list}/${requestId}`, query: { 'api-version': '2020-10-01' } });
    expect(server.seen[0]?.body).toEqual({ properties: {
      principalId: alex, roleDefinitionId: inProduction, requestType: 'AdminAssign', justification: 'On call in March',
      scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT43200M' } },
    } });
  });

  it.each<[string, Partial<AssignmentDraft>, object]>([
    ['for a time, from a moment on', { start: new Date('2026-04-01T08:00:00Z') },
      { startDateTime: '2026-04-01T08:00:00.000Z', expiration: { type: 'AfterDuration', duration: 'PT43200M' } }],
    ['until a moment', { expiration: { type: 'afterDateTime', end: new Date('2026-05-01T08:00:00Z') } },
      { expiration: { type: 'AfterDateTime', endDateTime: '2026-05-01T08:00:00.000Z' } }],
    ['for good', { expiration: { type: 'noExpiration' } }, { expiration: { type: 'NoExpiration' } }],
  ])('%s', async (_, change, scheduleInfo) => {
    await using server = await startWireServer(accept);
    for (const side of ['active', 'eligible'] as const) await assignmentsAt(server).assign(randomUUID(), { ...draft, ...change, side });
    for (const { body } of server.seen) expect(body).toMatchObject({ properties: { scheduleInfo } });
  });

  it('carries a ticket, as does taking away', async () => {
    await using server = await startWireServer(accept);
    const ticketed = { ...draft, ticket: { number: 'INC42', system: 'ServiceNow' } };
    await assignmentsAt(server).assign(randomUUID(), ticketed);
    await assignmentsAt(server).unassign(randomUUID(), ticketed);
    for (const { body } of server.seen) expect(body).toMatchObject({ properties: { ticketInfo: { ticketNumber: 'INC42', ticketSystem: 'ServiceNow' } } });
    expect(server.seen).toHaveLength(2);
  });

  it.each([[managementGroup, role.definitionId], [subscription, inProduction], [resourceGroup, inProduction], [resource, inProduction]])(
    'at $type qualifies the role as the scope demands', async (scope, roleDefinitionId) => {
      await using server = await startWireServer(({ url, body }, response) => { answerJson(response, 201, stored(nameIn(url), body, { scope: scope.id })); });
      await assignmentsAt(server).assign(randomUUID(), { ...draft, scope });
      await assignmentsAt(server).unassign(randomUUID(), { ...draft, scope, side: 'eligible' });
      for (const { body } of server.seen) expect(body).toMatchObject({ properties: { roleDefinitionId } });
    },
  );

  it('is taken back by an AdminRemove of the same side', async () => {
    await using server = await startWireServer(accept);
    for (const side of ['active', 'eligible'] as const) await assignmentsAt(server).unassign(randomUUID(), { ...draft, side, justification: 'Left the team' });
    expect(server.seen.map(({ url }) => url.includes('roleEligibilityScheduleRequests'))).toEqual([false, true]);
    for (const { body } of server.seen) {
      expect(body).toEqual({ properties: { principalId: alex, roleDefinitionId: inProduction, requestType: 'AdminRemove', justification: 'Left the team' } });
    }
  });
});

describe('promise 15: an administrator’s change whose answer was lost', () => {
  const drop: Answer = (_, response) => { response.destroy(); };
  const refuse = (status: number, code: string): Answer => (_, response) => { answerJson(response, status, { error: { code, message: '' } }); };
  const notFound = refuse(404, 'NotFound');
  const sides = ['active', 'eligible'] as const;

  /** Answers the `PUT` by `put`; finds by `GET` what it sent, with changes. */
  const findsAfter = (put: Answer, change: object = {}): Answer => {
    let sent: unknown = null;
    return (request, response) => {
      if (request.method === 'PUT') {
        sent = request.body;
        put(request, response);
      } else answerJson(response, 200, stored(nameIn(request.url), sent, change));
    };
  };

  // Guards: submit and readBack in src/pim/azure/schedule-requests.ts.
  it.each(sides)('is read back by its GUID on its own side: %s', async (side) => {
    for (const put of [drop, refuse(500, ''), refuse(409, 'RoleAssignmentRequestExists'), refuse(400, 'RoleAssignmentExists')]) {
      const requestId = randomUUID();
      await using server = await startWireServer(findsAfter(put));
      expect(await assignmentsAt(server).assign(requestId, { ...draft, side })).toMatchObject({ id: requestId, pimStatus: 'Provisioned' });
      const [first, second] = asked(server);
      expect(server.seen.map(({ method }) => method)).toEqual(['PUT', 'GET']);
      expect(second?.path).toBe(first?.path);
    }
    await using server = await startWireServer(findsAfter(refuse(400, 'RoleAssignmentDoesNotExist'), { status: 'Revoked' }));
    expect(await assignmentsAt(server).unassign(randomUUID(), { ...draft, side })).toMatchObject({ pimStatus: 'Revoked' });
  });

  it.each(sides)('and of which nothing is found is an unknown outcome: %s', async (side) => {
    await using server = await startWireServer((request, response) => { (request.method === 'PUT' ? drop : notFound)(request, response); });
    expect(await failureOf(assignmentsAt(server).assign(randomUUID(), { ...draft, side }))).toMatchObject({ code: 'outcomeUnknown', effect: 'unknown' });
    expect(await failureOf(assignmentsAt(server).unassign(randomUUID(), { ...draft, side }))).toMatchObject({ code: 'outcomeUnknown', effect: 'unknown' });
  });

  it.each([
    ['type', { requestType: 'AdminRemove' }], ['type, of an activation', { requestType: 'SelfActivate' }], ['person', { principalId: engineers }],
    ['role', { roleDefinitionId: `${production}/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}` }], ['scope', { scope: production }],
  ])('is not mistaken for a request of another %s', async (_, change) => {
    await using server = await startWireServer(findsAfter(drop, change));
    for (const side of sides) expect((await failureOf(assignmentsAt(server).assign(randomUUID(), { ...draft, side }))).code).toBe('requestNameTaken');
  });

  it('that is refused clearly is believed at once', async () => {
    await using server = await startWireServer(refuse(403, 'AuthorizationFailed'));
    for (const side of sides) {
      expect(await failureOf(assignmentsAt(server).assign(randomUUID(), { ...draft, side }))).toMatchObject({ code: 'notPermitted', effect: 'none' });
      expect(await failureOf(assignmentsAt(server).unassign(randomUUID(), { ...draft, side }))).toMatchObject({ code: 'notPermitted', effect: 'none' });
    }
    expect(server.seen.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'PUT', 'PUT']);
  });

  it('goes out under nothing but a GUID', async () => {
    await using server = await startWireServer(accept);
    for (const name of ['', '../x', `${randomUUID()}/cancel`]) {
      expect((await failureOf(assignmentsAt(server).assign(name, draft))).code).toBe('invalidRequest');
      expect((await failureOf(assignmentsAt(server).unassign(name, draft))).code).toBe('invalidRequest');
    }
    expect(server.seen).toEqual([]);
  });
});
