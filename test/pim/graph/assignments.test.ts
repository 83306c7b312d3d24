import { describe, expect, it } from 'vitest';
import { everyGroup } from '../../../src/pim/graph/graph-answers.ts';
import type { Assignment, AssignmentDraft, AssignmentQuery, AssignmentReference } from '../../../src/pim/model.ts';
import { failureOf } from '../pim-world.ts';
import { list, refusal, startGraph } from './graph-stand-in.ts';
import type { GraphReply } from './graph-stand-in.ts';
import {
  activeInstance, alex, alexObject, eligibleInstance, entra, group, kinds, megan, meganObject, mine, now, pimId, platform, platformObject, requestAnswer, requestId, unit,
} from './samples.ts';
import type { Kind } from './samples.ts';

const munich = { id: `/administrativeUnits/${unit}`, name: 'Munich office', type: 'administrativeUnit' } as const;
const byAlex = { id: alex, name: 'Alex Wilber', kind: 'user', userPrincipalName: 'alex@contoso.example' } as const;
const nestor = { id: 'a1e00000-0000-4000-8000-000000000003', name: 'Nestor Wilke', kind: 'user' } as const;

function query({ scope }: Kind, change: Partial<AssignmentQuery> = {}): AssignmentQuery {
  return { side: 'active', when: 'now', scope, filter: {}, ...change };
}

/** What is found, and the `$filter` that was asked for. */
async function listed(kind: Kind, asked: AssignmentQuery, items: readonly object[], routes: Readonly<Record<string, GraphReply>> = {}): Promise<{ found: readonly Assignment[]; filter: string | null | undefined }> {
  const { paths } = kind;
  const answer = list(items);
  await using graph = await startGraph({ ...routes, [`GET ${paths.active}`]: answer, [`GET ${paths.eligible}`]: answer, [`GET ${paths.schedules}`]: answer, [mine(paths.active)]: answer });
  const found = await kind.create(graph).assignments.list(asked);
  return { found, filter: graph.calls.find(({ method }) => method === 'GET')?.query.get('$filter') };
}

describe.each(kinds)('assignments of %s', (_, kind) => {
  const { role, scope, paths } = kind;
  const where = kind.kind === 'group' ? [`groupId eq '${platform}'`] : [];

  it('are told of either side, with their holders', async () => {
    const { found } = await listed(kind, query(kind), [activeInstance(kind, { principalId: megan, principal: meganObject }), activeInstance(kind, { id: 'x', assignmentType: 'Assigned', principalId: platform, principal: platformObject })]);
    expect(found.map(({ principal, how, side }) => [principal.name, principal.kind, how, side])).toEqual([['Megan Bowen', 'user', 'activated', 'active'], ['Platform engineers', 'group', 'assigned', 'active']]);
    const eligible = await listed(kind, query(kind, { side: 'eligible' }), [eligibleInstance(kind)]);
    expect(eligible.found).toEqual([{
      id: 'opaque-1', role, scope, side: 'eligible', principal: byAlex, how: 'assigned', start: new Date('2026-01-01T00:00:00Z'), until: new Date('2026-12-31T00:00:00Z'), requestId: null,
    }]);
  });

  it('that have not begun are among the schedules', async () => {
    const info = { startDateTime: '2026-04-01T08:00:00Z', expiration: { type: 'afterDuration', duration: 'PT3H', endDateTime: null } };
    const schedule = activeInstance(kind, { id: 's', startDateTime: undefined, endDateTime: undefined, roleAssignmentScheduleId: undefined, assignmentScheduleId: undefined, createdUsing: pimId, status: 'Provisioned', scheduleInfo: info });
    const { found } = await listed(kind, query(kind, { when: 'alsoLater' }), [schedule]);
    expect(found).toMatchObject([{ id: 's', start: new Date('2026-04-01T08:00:00Z'), until: new Date('2026-04-01T11:00:00Z'), requestId: pimId }]);
  });

  it.each<[string, AssignmentQuery['filter'], readonly string[]]>([
    ['no filter', {}, []],
    ['a principal', { principalId: megan }, [`principalId eq '${megan}'`]],
    ['a principal whose id is no id', { principalId: "x' or 'a' eq 'a" }, ["principalId eq 'x'' or ''a'' eq ''a'"]],
  ])('are asked for with %s', async (_what, filter, conditions) => {
    const asked = await listed(kind, query(kind, { filter }), []);
    expect(asked.filter ?? '').toBe([...where, ...conditions].join(' and '));
  });

  it('of one role, of one principal and at the scope itself are all that is told', async () => {
    const others = [activeInstance(kind, { roleDefinitionId: 'other', accessId: 'owner' }), activeInstance(kind, { principalId: megan, principal: meganObject })];
    const { found } = await listed(kind, query(kind, { filter: { roleDefinitionId: role.definitionId.toUpperCase(), principalId: alex.toUpperCase(), atScope: true } }), [...others, activeInstance(kind)]);
    expect(found.map(({ id, principal }) => [id, principal.id])).toEqual([['opaque-2', alex]]);
  });

  it('of the caller are a list of their own', async () => {
    await using graph = await startGraph({ [mine(paths.active)]: list([activeInstance(kind)]) });
    const found = await kind.create(graph).assignments.list(query(kind, { filter: { asTarget: true, roleDefinitionId: role.definitionId } }));
    expect(found).toHaveLength(1);
    expect(graph.calls.map(({ query: options }) => options.get('$filter'))).toEqual([null]);
  });

  it('of a person are those of their groups, too', async () => {
    const items = [activeInstance(kind, { principalId: platform, principal: platformObject }), activeInstance(kind, { principalId: megan, principal: meganObject }), activeInstance(kind)];
    const { found } = await listed(kind, query(kind, { filter: { assignedTo: alex } }), items, {
      [`POST /users/${alex}/getMemberGroups`]: { status: 200, body: { value: [platform.toUpperCase()] } },
    });
    expect(found.map(({ principal }) => principal.id)).toEqual([platform, alex]);
  });

  it('promise 24: are refused as PIM refuses', async () => {
    await using graph = await startGraph({ [`GET ${paths.active}`]: { status: 403, body: refusal('Authorization_RequestDenied', '') } });
    expect((await failureOf(kind.create(graph).assignments.list(query(kind)))).code).toBe('notPermitted');
  });
});

describe('assignments in all groups', () => {
  const inOther = activeInstance(group, { id: 'x', groupId: alex, group: { id: alex, displayName: 'On call' }, accessId: 'owner' });
  const inAll = (filter: AssignmentQuery['filter'], change: Partial<AssignmentQuery> = {}): AssignmentQuery => query(group, { scope: everyGroup, filter, ...change });

  it.each([{ principalId: alex }, { assignedTo: alex }])('are those of one principal: %j, in one call', async (filter) => {
    const { found, filter: asked } = await listed(group, inAll(filter), [activeInstance(group), inOther]);
    expect(asked).toBe(`principalId eq '${alex}'`);
    expect(found.map(({ scope, role: { name } }) => [scope.name, name])).toEqual([['Platform engineers', 'Member'], ['On call', 'Owner']]);
  });

  it('are, of the caller, a list of their own', async () => {
    await using graph = await startGraph({ [mine(group.paths.active)]: list([activeInstance(group), inOther]) });
    expect(await group.create(graph).assignments.list(inAll({ asTarget: true }))).toHaveLength(2);
    expect(graph.calls).toHaveLength(1);
  });
});

describe('assignments in the directory', () => {
  const inUnit = activeInstance(entra, { id: 'unit', directoryScopeId: munich.id });
  const routes = { [`GET /directory/administrativeUnits/${unit}`]: { status: 200, body: { id: unit, displayName: 'Munich office' } } };

  it('are those of its administrative units, too, unless only its own are wanted', async () => {
    const all = await listed(entra, query(entra), [activeInstance(entra), inUnit], routes);
    expect([all.filter, all.found.map(({ scope }) => scope)]).toEqual([null, [entra.scope, munich]]);
    const own = await listed(entra, query(entra, { filter: { atScope: true } }), [activeInstance(entra), inUnit], routes);
    expect([own.filter, own.found.map(({ scope }) => scope)]).toEqual(["directoryScopeId eq '/'", [entra.scope]]);
  });

  it('are asked for by role, and by administrative unit', async () => {
    const { filter } = await listed(entra, query(entra, { scope: munich, filter: { roleDefinitionId: 'x' } }), [], routes);
    expect(filter).toBe(`directoryScopeId eq '${munich.id}' and roleDefinitionId eq 'x'`);
  });
});

describe.each(kinds)('an administrator of %s', (_, kind) => {
  const { paths, role, scope, target } = kind;
  const draft = (change: Partial<AssignmentDraft> = {}): AssignmentDraft => ({
    side: 'active', principal: { id: megan, name: 'Megan Bowen', kind: 'user' }, role, scope, start: null, expiration: { type: 'noExpiration' }, justification: 'On call', ticket: null, ...change,
  });
  const made = (change: object = {}): object => requestAnswer(kind, {
    action: 'adminAssign', principalId: megan, createdBy: { user: { id: nestor.id } }, justification: 'On call', scheduleInfo: { expiration: { type: 'noExpiration' } }, ...change,
  });

  it.each<[Partial<AssignmentDraft>, object]>([
    [{}, { scheduleInfo: { expiration: { type: 'noExpiration' } } }],
    [{ expiration: { type: 'afterDuration', minutes: 43_200 } }, { scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT43200M' } } }],
    [{ start: now, expiration: { type: 'afterDateTime', end: new Date('2026-06-01T00:00:00Z') } }, { scheduleInfo: { startDateTime: '2026-03-01T10:00:00.000Z', expiration: { type: 'afterDateTime', endDateTime: '2026-06-01T00:00:00.000Z' } } }],
    [{ ticket: { number: 'INC1', system: 'SN' } }, { ticketInfo: { ticketNumber: 'INC1', ticketSystem: 'SN' } }],
  ])('assigns with %o', async (change, body) => {
    await using graph = await startGraph({ [`POST ${paths.requests}`]: { status: 201, body: made() } });
    const request = await kind.create(graph, nestor.id).assignments.assign(requestId, draft(change));
    expect(request).toMatchObject({ id: pimId, action: 'other', pimStatus: 'Provisioned', role, scope, minutes: null });
    expect(graph.calls[0]?.body).toMatchObject({ action: 'adminAssign', principalId: megan, ...target, justification: 'On call', customData: requestId, ...body });
  });

  it('makes somebody eligible, and takes either right away', async () => {
    await using graph = await startGraph({ [`POST ${paths.eligibleRequests}`]: { status: 201, body: made() }, [`POST ${paths.requests}`]: { status: 201, body: made({ action: 'adminRemove', status: 'Revoked' }) } });
    const { assignments } = kind.create(graph, nestor.id);
    await assignments.assign(requestId, draft({ side: 'eligible' }));
    await assignments.unassign(requestId, draft({ side: 'eligible' }));
    expect(await assignments.unassign(requestId, draft())).toMatchObject({ pimStatus: 'Revoked' });
    expect(graph.calls.map(({ path, body }) => [path, body])).toMatchObject([
      [paths.eligibleRequests, { action: 'adminAssign' }], [paths.eligibleRequests, { action: 'adminRemove', justification: 'On call' }], [paths.requests, { action: 'adminRemove' }],
    ]);
    expect(graph.calls.at(-1)?.body).not.toHaveProperty('scheduleInfo');
    expect(graph.calls.at(-1)?.body).not.toHaveProperty('ticketInfo');
    await assignments.unassign(requestId, draft({ ticket: { number: 'INC1', system: 'SN' } }));
    expect(graph.calls.at(-1)?.body).toMatchObject({ ticketInfo: { ticketNumber: 'INC1', ticketSystem: 'SN' } });
  });

  // Guard: isMadeBy in src/pim/graph/graph-requests.ts.
  it.each<[string, object, string]>([
    ['their own', {}, pimId], ['their own, without custom data', { customData: null }, pimId], ['another administrator\'s with the same GUID', { createdBy: { user: { id: alex } } }, 'outcomeUnknown'],
    ['nobody\'s', { createdBy: null }, 'outcomeUnknown'], ['an assignment of somebody else', { principalId: alex, principal: alexObject }, 'outcomeUnknown'],
  ])('promise 15: finds a request whose answer was lost again, if it is %s', async (_what, change, result) => {
    await using graph = await startGraph({ [`POST ${paths.requests}`]: () => null, [`GET ${paths.requests}`]: list([made(change)]) });
    const outcome = await kind.create(graph, nestor.id).assignments.assign(requestId, draft()).then(({ id }) => id, ({ code }: { code: string }) => code);
    expect(outcome).toBe(result);
    expect(graph.calls.at(-1)?.query.get('$filter')).toBe(`principalId eq '${megan}'`);
  });

  // Guard: isGrantAfter in src/pim/graph/graph-requests.ts.
  it.each<[string, readonly object[], string]>([
    ['theirs', [], pimId],
    ['an older one, after which another administrator has assigned the role again', [made({ id: 'x', customData: null, createdBy: { user: { id: alex } }, createdDateTime: '2026-03-01T09:58:00Z' })], 'outcomeUnknown'],
    ['theirs, after which somebody else has taken away something, too', [made({ id: 'x', action: 'adminRemove', customData: null, createdBy: { user: { id: alex } }, createdDateTime: '2026-03-01T09:58:00Z' })], pimId],
  ])('promise 15: a removal without custom data whose answer was lost is taken for one that is %s', async (_what, others, result) => {
    const removal = made({ action: 'adminRemove', status: 'Revoked', customData: null, createdDateTime: '2026-03-01T09:56:00Z' });
    await using graph = await startGraph({ [`POST ${paths.requests}`]: () => null, [`GET ${paths.requests}`]: list([removal, ...others]) });
    const outcome = await kind.create(graph, nestor.id).assignments.unassign(requestId, draft()).then(({ id }) => id, ({ code }: { code: string }) => code);
    expect(outcome).toBe(result);
  });

  const reference = (change: Partial<AssignmentReference> = {}): AssignmentReference => ({ ...draft(), action: 'assign', requestId, pimId: null, sentAt: new Date('2026-03-01T09:59:00Z'), ...change });
  const refused = { status: 403, body: refusal('Authorization_RequestDenied', '') };

  // Guards: readMade, readById and findSent in src/pim/graph/graph-requests.ts.
  it.each<[string, readonly object[], string | null]>([
    ['by our GUID, however it stands', [made({ status: 'Revoked' })], pimId],
    ['without custom data by when it was made, however it stands', [made({ customData: null, status: 'Revoked' })], pimId],
    ['not, when it says something else', [made({ customData: null, justification: 'Other' })], null],
    ['not, when it was made before', [made({ customData: null, createdDateTime: '2026-03-01T09:57:00Z' })], null],
    ['not, when it was made long after', [made({ customData: null, createdDateTime: '2026-03-01T10:09:01Z' })], null],
    ['not, when another has made it', [made({ createdBy: { user: { id: alex } } })], null],
    ['not, when it takes the right away', [made({ action: 'adminRemove' })], null],
    ['not among several', [made({ customData: null }), made({ customData: null, id: 'other' })], 'outcomeUnknown'],
  ])('promise 15: finds a request that PIM has not named %s', async (_how, items, expected) => {
    await using graph = await startGraph({ [`GET ${paths.requests}`]: list(items) });
    const { assignments } = kind.create(graph, nestor.id);
    expect(await assignments.readRequest(reference()).then((found) => found?.id ?? null, ({ code }: { code: string }) => code)).toBe(expected);
  });

  it.each(['active', 'eligible'] as const)('promise 15: reads a request by PIM’s id, on its own side: %s', async (side) => {
    const path = side === 'active' ? paths.requests : paths.eligibleRequests;
    await using graph = await startGraph({ [`GET ${path}/${pimId}`]: { status: 200, body: made({ customData: null, status: 'PendingProvisioning' }) } });
    expect(await kind.create(graph, nestor.id).assignments.readRequest(reference({ side, pimId }))).toMatchObject({ id: pimId, pimStatus: 'PendingProvisioning', role, scope });
  });

  it.each<[string, GraphReply | null, readonly object[], string | null]>([
    ['found among their own', refused, [made({ customData: null })], pimId], ['none', null, [], null], ['not known to be none', refused, [], 'notPermitted'],
  ])('a request that PIM does not show by its id is %s', async (_what, byId, items, expected) => {
    await using graph = await startGraph({ ...(byId === null ? {} : { [`GET ${paths.requests}/${pimId}`]: byId }), [`GET ${paths.requests}`]: list(items) });
    const { assignments } = kind.create(graph, nestor.id);
    expect(await assignments.readRequest(reference({ pimId })).then((found) => found?.id ?? null, ({ code }: { code: string }) => code)).toBe(expected);
  });

  it('promise 24: who is none is refused', async () => {
    await using graph = await startGraph({ [`POST ${paths.requests}`]: { status: 403, body: refusal('Authorization_RequestDenied', '') } });
    expect((await failureOf(kind.create(graph).assignments.assign(requestId, draft()))).code).toBe('notPermitted');
  });
});

describe('what can be assigned', () => {
  const definitions = { 'GET /roleManagement/directory/roleDefinitions': list([{ id: '2', displayName: 'User Administrator' }, { id: '1', displayName: 'Groups Administrator' }, { id: '3', displayName: 'Reports Reader' }]) };

  it.each([['', ['Groups Administrator', 'Reports Reader', 'User Administrator']], ['administrator', ['Groups Administrator', 'User Administrator']], ['user administrator', ['User Administrator']], ['owner', []]])('in the directory are the roles of %j', async (words, names) => {
    await using graph = await startGraph(definitions);
    expect((await entra.create(graph).assignments.findRoles(entra.scope, words)).map(({ name }) => name)).toEqual(names);
  });

  it('in a group are two roles, which cost no call', async () => {
    await using graph = await startGraph({});
    const { findRoles } = group.create(graph).assignments;
    expect(await findRoles(group.scope, '')).toEqual([{ definitionId: 'member', name: 'Member' }, { definitionId: 'owner', name: 'Owner' }]);
    expect(await findRoles(group.scope, 'OWN')).toEqual([{ definitionId: 'owner', name: 'Owner' }]);
    expect(graph.calls).toEqual([]);
  });
});

describe('where', () => {
  const units = { 'GET /directory/administrativeUnits': list([{ id: unit, displayName: 'Munich office' }, { id: 'x', displayName: 'Tokyo office' }]) };
  const names = async (words: string): Promise<readonly string[]> => {
    await using graph = await startGraph(units);
    return (await entra.create(graph).assignments.findScopes(words)).items.map(({ name }) => name);
  };

  it.each(['directory', ' Tenant ', 'Entra', 'ディレクトリ', '/'])('the directory is, is said by %j, without a call', async (words) => {
    await using graph = await startGraph({});
    expect(await entra.create(graph).assignments.findScopes(words)).toEqual({ items: [entra.scope], gaps: [] });
    expect(graph.calls).toEqual([]);
  });

  it('administrative units are, is said by their names or ids', async () => {
    expect(await names('munich')).toEqual(['Munich office']);
    expect(await names('office')).toEqual(['Munich office', 'Tokyo office']);
    expect(await names(unit.toUpperCase())).toEqual(['Munich office']);
    expect(await names(munich.id)).toEqual(['Munich office']);
    expect(await names('')).toEqual(['Directory', 'Munich office', 'Tokyo office']);
    expect(await names('Berlin')).toEqual([]);
  });

  it('all there is can be asked for, is said without a call: in the directory, and in all groups as one', async () => {
    await using graph = await startGraph({});
    expect(await entra.create(graph).assignments.findWidestScopes()).toEqual({ items: [entra.scope], gaps: [] });
    expect(await group.create(graph).assignments.findWidestScopes()).toEqual({ items: [everyGroup], gaps: [] });
    expect(graph.calls).toEqual([]);
  });

  it('a group is, is said by the beginning of its name or by its id', async () => {
    await using graph = await startGraph({ 'GET /groups': list([platformObject]), [`GET /groups/${platform}`]: { status: 200, body: platformObject } });
    const { findScopes } = group.create(graph).assignments;
    expect(await findScopes("O'Brien")).toEqual({ items: [group.scope], gaps: [] });
    expect(graph.calls[0]?.query.get('$filter')).toBe("startswith(displayName,'O''Brien')");
    expect(await findScopes(platform)).toEqual({ items: [group.scope], gaps: [] });
    expect(await findScopes(alex)).toEqual({ items: [], gaps: [] });
    expect(await findScopes(' ')).toEqual({ items: [], gaps: [] });
    expect(graph.calls).toHaveLength(3);
  });
});
