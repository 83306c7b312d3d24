import { describe, expect, it } from 'vitest';
import { failureOf } from '../pim-world.ts';
import { list, refusal, startGraph, wrapped } from './graph-stand-in.ts';
import type { GraphReply } from './graph-stand-in.ts';
import {
  activeInstance, alex, alexObject, eligibleInstance, entra, group, kinds, megan, meganObject, mine, pimId, platform, platformObject, requestAnswer, unit,
} from './samples.ts';

const me = { id: alex, name: 'Alex Wilber', kind: 'user', userPrincipalName: 'alex@contoso.example' };
const found = (...objects: readonly object[]): GraphReply => ({ status: 200, body: { value: objects } });

describe.each(kinds)('what a person holds of %s', (_, kind) => {
  const { paths, role, scope, expand } = kind;

  it('is told with what they may activate, in one call', async () => {
    await using graph = await startGraph({ [mine(paths.eligible)]: list([eligibleInstance(kind)]) });
    expect(await kind.create(graph).listEligible()).toEqual({
      items: [{ id: 'opaque-1', role, scope, eligibilityScheduleId: 'schedule-1', heldBy: me, until: new Date('2026-12-31T00:00:00Z') }], gaps: [],
    });
    expect(graph.wire.seen).toHaveLength(1);
    expect(graph.calls.map(({ version, query }) => [version, query.toString()])).toEqual([['v1.0', new URLSearchParams({ $expand: expand }).toString()]]);
  });

  it('without an end has none', async () => {
    await using graph = await startGraph({ [mine(paths.eligible)]: list([eligibleInstance(kind, { endDateTime: null })]) });
    expect((await kind.create(graph).listEligible()).items.map(({ until }) => until)).toEqual([null]);
  });

  it('through a group names the group, by one more call where it was not told', async () => {
    await using graph = await startGraph({
      [mine(paths.eligible)]: list([eligibleInstance(kind, { id: '1', principalId: platform, principal: platformObject }), eligibleInstance(kind, { id: '2', principalId: megan, principal: null })]),
      'POST /directoryObjects/getByIds': found({ '@odata.type': '#microsoft.graph.group', id: megan, displayName: 'On call' }),
    });
    const { items } = await kind.create(graph).listEligible();
    expect(items.map(({ heldBy }) => heldBy)).toEqual([{ id: platform, name: 'Platform engineers', kind: 'group' }, { id: megan, name: 'On call', kind: 'group' }]);
    expect(graph.wire.seen.map(({ url }) => url.split('?')[0]?.split('/').at(-1))).toEqual(["filterByCurrentUser(on='principal')", '$batch']);
  });

  it('is told with what is active, who activated it and by which request', async () => {
    await using graph = await startGraph({ [mine(paths.active)]: list([activeInstance(kind), activeInstance(kind, { id: 'x', assignmentType: 'Assigned', endDateTime: null })]) });
    expect((await kind.create(graph).listActive([])).items).toEqual([
      { id: 'opaque-2', role, scope, principal: me, how: 'activated', start: new Date('2026-03-01T09:30:00.123Z'), until: new Date('2026-03-01T11:30:00.123Z'), requestId: pimId },
      { id: 'x', role, scope, principal: me, how: 'assigned', start: new Date('2026-03-01T09:30:00.123Z'), until: null, requestId: pimId },
    ]);
    expect(graph.wire.seen).toHaveLength(1);
  });

  it('names no request for what was assigned past PIM', async () => {
    const opaque = { roleAssignmentScheduleId: 'lAPpYvVpN0KRkAEhdxReEJC2sEqbR_9Hr48lds9SGHI-1', assignmentScheduleId: 'lAPpYvVpN0KRkAEhdxReEJC2sEqbR_9Hr48lds9SGHI-1' };
    await using graph = await startGraph({ [mine(paths.active)]: list([activeInstance(kind, opaque)]) });
    expect((await kind.create(graph).listActive([])).items.map(({ requestId }) => requestId)).toEqual([null]);
  });

  it('and waits for a decision, is what they have asked for and nobody has decided', async () => {
    const statuses = ['PendingApproval', 'PendingAdminDecision', 'PendingProvisioning', 'Provisioned', 'Granted', 'Denied', 'Canceled', 'Revoked', 'Failed'];
    await using graph = await startGraph({
      [mine(paths.requests)]: list([
        ...statuses.map((status) => requestAnswer(kind, { id: status, status, ...kind.names })),
        requestAnswer(kind, { id: 'ends', status: 'PendingProvisioning', action: 'selfDeactivate' }),
        requestAnswer(kind, { id: 'somebody else', status: 'PendingApproval', principalId: megan, principal: meganObject }),
      ]),
    });
    const { items } = await kind.create(graph).listPending();
    expect(items.map(({ id }) => id)).toEqual(['PendingApproval', 'PendingAdminDecision', 'PendingProvisioning']);
  });

  it('is read to the last page', async () => {
    await using graph = await startGraph({
      [mine(paths.eligible)]: ({ query }) => (query.has('$skiptoken')
        ? list([eligibleInstance(kind, { id: '2' })])
        : list([eligibleInstance(kind, { id: '1' })], `${graph.origin}/v1.0${paths.eligible}/filterByCurrentUser(on='principal')?$skiptoken=x`)),
    });
    expect((await kind.create(graph).listEligible()).items.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it.each<[string, GraphReply, string]>([
    ['refused', { status: 403, body: refusal('Authorization_RequestDenied', '') }, 'notPermitted'],
    ['not allowed to the bot', { status: 403, body: wrapped('PermissionScopeNotGranted', 'missing') }, 'consentRequired'],
    ['without a licence', { status: 400, body: refusal('AadPremiumLicenseRequired', '') }, 'licenceMissing'],
    ['throttled', { status: 429, headers: { 'retry-after': '30' } }, 'throttled'],
    ['an outage', { status: 501 }, 'unavailable'],
    ['no list', { status: 200, body: {} }, 'badAnswer'],
    ['an item without a role', list([{ id: 'x', principalId: alex }]), 'badAnswer'],
    ['an item without a holder', list([{ id: 'x', ...kind.target }]), 'badAnswer'],
    ['a time that is none', list([eligibleInstance(kind, { endDateTime: 'soon' })]), 'badAnswer'],
  ])('promise 24: %s is told as such', async (_what, reply, code) => {
    await using graph = await startGraph({ [mine(paths.eligible)]: reply });
    expect((await failureOf(kind.create(graph).listEligible())).code).toBe(code);
  });
});

describe.each(kinds)('what waits for a person\'s decision of %s', (_, kind) => {
  const { paths, role, scope } = kind;
  const waiting = (change: object = {}): object => requestAnswer(kind, { status: 'PendingApproval', approvalId: pimId, principalId: megan, principal: meganObject, ...kind.names, ...change });

  it('is asked for with its state, and told with everything that the card needs', async () => {
    await using graph = await startGraph({ [mine(paths.requests, 'approver')]: list([waiting({ ticketInfo: { ticketNumber: 'INC1', ticketSystem: 'SN' } })]) });
    const { items } = await kind.create(graph).listWaitingForMyDecision();
    expect(items).toEqual([{
      id: pimId, action: 'activate', role, scope, requester: { id: megan, name: 'Megan Bowen', kind: 'user', userPrincipalName: 'megan@contoso.example' },
      pimStatus: 'PendingApproval', createdAt: new Date('2026-03-01T09:59:00.5Z'), start: new Date('2026-03-01T09:59:00Z'), minutes: 120,
      justification: 'Deploy', ticket: { number: 'INC1', system: 'SN' }, approvalId: pimId, eligibilityScheduleId: '',
    }]);
    expect(graph.calls.map(({ query }) => query.get('$filter'))).toEqual(["status eq 'PendingApproval'"]);
  });

  // Guard: listWaitingFor in src/pim/graph/graph-roles.ts.
  it('promise 8: leaves out their own request, what was decided, and what has no approval', async () => {
    await using graph = await startGraph({
      [mine(paths.requests, 'approver')]: list([waiting({ principalId: alex.toUpperCase(), principal: alexObject }), waiting({ status: 'Denied' }), waiting({ approvalId: null }), waiting({ id: 'left' })]),
    });
    expect((await kind.create(graph).listWaitingForMyDecision()).items.map(({ id }) => id)).toEqual(['left']);
  });
});

describe('names that Graph leaves out', () => {
  const inUnit = eligibleInstance(entra, { directoryScopeId: `/administrativeUnits/${unit}` });
  const unnamedGroup = eligibleInstance(group, { group: null });

  it('are those of administrative units, asked for in one call', async () => {
    await using graph = await startGraph({
      [mine(entra.paths.eligible)]: list([inUnit, inUnit]),
      [`GET /directory/administrativeUnits/${unit}`]: { status: 200, body: { id: unit, displayName: 'Munich office' } },
    });
    const { items } = await entra.create(graph).listEligible();
    expect(items.map(({ scope }) => scope)).toEqual(Array.from({ length: 2 }, () => ({ id: `/administrativeUnits/${unit}`, name: 'Munich office', type: 'administrativeUnit' })));
    expect(graph.wire.seen).toHaveLength(2);
  });

  it('are those of groups, at times', async () => {
    await using graph = await startGraph({ [mine(group.paths.eligible)]: list([unnamedGroup]), 'POST /directoryObjects/getByIds': found(platformObject) });
    expect((await group.create(graph).listEligible()).items.map(({ scope }) => scope.name)).toEqual(['Platform engineers']);
    expect(graph.calls.at(-1)?.body).toEqual({ ids: [platform], types: ['user', 'group', 'servicePrincipal'] });
  });

  it.each<[string, GraphReply | undefined]>([
    ['refused', { status: 403, body: refusal('Authorization_RequestDenied', '') }], ['of nobody', found()], ['faulty', { status: 501 }], ['nonsense', { status: 200, body: 'x' }],
  ])('are the ids where the names are %s', async (_, reply) => {
    await using graph = await startGraph({ [mine(group.paths.eligible)]: list([unnamedGroup]), 'POST /directoryObjects/getByIds': reply ?? { status: 404 } });
    expect((await group.create(graph).listEligible()).items.map(({ scope }) => scope.name)).toEqual([platform]);
  });

  it('leave a role by its id, and cost no call', async () => {
    await using graph = await startGraph({ [mine(entra.paths.eligible)]: list([eligibleInstance(entra, { roleDefinition: null })]) });
    expect((await entra.create(graph).listEligible()).items.map(({ role }) => role.name)).toEqual([entra.role.definitionId]);
    expect(graph.wire.seen).toHaveLength(1);
  });
});

it('a directory role for a scope that we have no word for is left out', async () => {
  const elsewhere = [{ directoryScopeId: null, appScopeId: '/' }, { directoryScopeId: '/661e1310-bd76-4795-89a7-8f3c8f855bfc' }, { directoryScopeId: '/administrativeUnits/x/y' }];
  await using graph = await startGraph({ [mine(entra.paths.eligible)]: list([...elsewhere.map((change) => eligibleInstance(entra, change)), eligibleInstance(entra)]) });
  expect((await entra.create(graph).listEligible()).items).toHaveLength(1);
});

it('Graph\'s roles have no children', async () => {
  await using graph = await startGraph({});
  expect(await entra.create(graph).listChildren(entra.scope)).toEqual([]);
  expect(graph.wire.seen).toEqual([]);
});
