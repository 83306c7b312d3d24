import { describe, expect, it } from 'vitest';
import type { RoleKind } from '../../../src/pim/model.ts';
import type { PimReader } from '../../../src/pim/pim.ts';
import { createPimReader } from '../../../src/pim/reader.ts';
import { wireClient } from '../http/wire-server.ts';
import { failureOf } from '../pim-world.ts';
import { list, refusal, startGraph, wrapped } from './graph-stand-in.ts';
import type { GraphReply, GraphStandIn, Routes } from './graph-stand-in.ts';
import { activeInstance, entra, group, kinds, megan, meganObject, pimId, platform, referenceTo, unit } from './samples.ts';

const emptyAzure: Routes = { 'GET /subscriptions': { status: 200, body: { value: [] } } };
const denied: GraphReply = { status: 403, body: wrapped('PermissionScopeNotGranted', '') };

/** Azure is asked at the same place; its paths have no version. */
function readerAt(graph: GraphStandIn, roleKinds: readonly RoleKind[], digestGroups: readonly string[] = []): PimReader {
  return createPimReader({ arm: wireClient(graph.wire), graph: graph.client(), roleKinds, digestGroups });
}

describe('the digest', () => {
  it('tells whose directory roles are activated, in one call', async () => {
    await using graph = await startGraph({
      [`GET ${entra.paths.active}`]: list([activeInstance(entra, { principalId: megan, principal: meganObject }), activeInstance(entra, { id: 'x', assignmentType: 'Assigned' })]),
    });
    const { elevations, gaps } = await readerAt(graph, ['entra']).listElevations();
    expect(elevations).toMatchObject([{ principal: { name: 'Megan Bowen' }, role: entra.role, scope: entra.scope, how: 'activated', justification: '' }]);
    expect(gaps).toEqual([]);
    expect(graph.calls.map(({ query }) => query.get('$filter'))).toEqual(["assignmentType eq 'Activated'"]);
  });

  it('tells whose memberships are activated, of the groups that it covers', async () => {
    await using graph = await startGraph({ [`GET ${group.paths.active}`]: ({ query }) => list(query.get('$filter')?.includes(platform) === true ? [activeInstance(group)] : []) });
    const { elevations } = await readerAt(graph, ['group'], [platform, unit]).listElevations();
    expect(elevations.map(({ scope, role }) => [scope, role])).toEqual([[group.scope, group.role]]);
    expect(graph.wire.seen).toHaveLength(1);
    expect(graph.calls.map(({ query }) => query.get('$filter'))).toEqual([`groupId eq '${platform}'`, `groupId eq '${unit}'`]);
  });

  it('asks nobody about groups where it covers none', async () => {
    await using graph = await startGraph({});
    expect(await readerAt(graph, ['group']).listElevations()).toEqual({ elevations: [], unread: [], gaps: [] });
    expect(graph.calls).toEqual([]);
  });

  // Guards: listElevations in src/pim/reader.ts, listGroupElevations in src/pim/graph/elevations.ts.
  it('promise 27: names the kinds that it could not read, and tells the rest', async () => {
    await using graph = await startGraph({
      ...emptyAzure, [`GET ${entra.paths.active}`]: denied,
      [`GET ${group.paths.active}`]: ({ query }) => (query.get('$filter')?.includes(platform) === true ? list([activeInstance(group)]) : { status: 501 }),
    });
    const { elevations, gaps } = await readerAt(graph, ['entra', 'group'], [platform, unit]).listElevations();
    expect(elevations).toHaveLength(1);
    expect(gaps).toEqual([{ kind: 'entra', why: 'notPermitted' }, { kind: 'group', why: 'unavailable' }]);
  });

  it('promise 27: takes a permission that it lacks for just that, and for nobody\'s missing consent', async () => {
    await using graph = await startGraph({ [`GET ${group.paths.active}`]: ({ query }) => (query.get('$filter')?.includes(platform) === true ? list([activeInstance(group)]) : denied) });
    const { elevations, gaps } = await readerAt(graph, ['group'], [platform, unit]).listElevations();
    expect(elevations).toHaveLength(1);
    expect(gaps).toEqual([{ kind: 'group', why: 'notPermitted' }]);
  });

  it('promise 24: fails where nothing at all could be read, and takes a refused token for an outage', async () => {
    await using graph = await startGraph({ [`GET ${entra.paths.active}`]: { status: 401, body: refusal('InvalidAuthenticationToken', '') }, [`GET ${group.paths.active}`]: denied });
    expect((await failureOf(readerAt(graph, ['entra', 'group'], [platform]).listElevations())).code).toBe('unavailable');
    expect((await failureOf(readerAt(graph, ['group'], [platform]).listElevations())).code).toBe('notPermitted');
  });
});

describe.each(kinds)('the bot\'s own identity, about %s', (_, kind) => {
  it('reads an activation in force by its effect', async () => {
    await using graph = await startGraph({ [`GET ${kind.paths.active}`]: list([activeInstance(kind, { id: 'x', ...kind.scheduleOf(unit) }), activeInstance(kind, { principalId: megan, principal: meganObject })]) });
    expect(await readerAt(graph, [kind.kind]).readRequest(referenceTo(kind, pimId.toUpperCase()))).toMatchObject({
      id: pimId.toUpperCase(), pimStatus: 'Provisioned', role: kind.role, scope: kind.scope, requester: { id: megan }, start: new Date('2026-03-01T09:30:00.123Z'), minutes: 120, approvalId: null,
    });
    expect(graph.calls[0]?.query.get('$filter')).toBe(kind.kind === 'group' ? `groupId eq '${platform}'` : `roleDefinitionId eq '${entra.role.definitionId}' and directoryScopeId eq '/'`);
  });

  it.each<[string, readonly object[]]>([
    ['nothing is in force', []], ['another request is', [activeInstance(kind, kind.scheduleOf(unit))]], ['it was assigned', [activeInstance(kind, { assignmentType: 'Assigned' })]],
  ])('promise 15: leaves it to the person\'s own token where %s', async (_what, items) => {
    await using graph = await startGraph({ [`GET ${kind.paths.active}`]: list(items) });
    expect((await failureOf(readerAt(graph, [kind.kind]).readRequest(referenceTo(kind)))).code).toBe('notPermitted');
  });

  it('asks nothing about a request that PIM has not named', async () => {
    await using graph = await startGraph({});
    expect((await failureOf(readerAt(graph, [kind.kind]).readRequest(referenceTo(kind, null)))).code).toBe('notPermitted');
    expect(graph.calls).toEqual([]);
  });

  it('reads no settings that it may not read', async () => {
    await using graph = await startGraph({ 'GET /policies/roleManagementPolicyAssignments': denied });
    expect((await failureOf(readerAt(graph, [kind.kind]).readRoleSettings(kind.role, kind.scope))).code).toBe('notPermitted');
  });
});
