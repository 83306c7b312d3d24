import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EligibleAssignment } from '../../../src/pim/model.ts';
import { azureUser } from '../azure-user.ts';
import { alex, engineers, lee, production } from '../pim-seed.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';

function eligibleAt(id: string): EligibleAssignment {
  return {
    id: randomUUID(), role: { definitionId: `${production}/providers/x/${randomUUID()}`, name: 'Reader' }, eligibilityScheduleId: `/x/${randomUUID()}`,
    scope: { id, name: id, type: 'resourceGroup' }, heldBy: { id: alex, name: 'Alex', kind: 'user' }, until: null,
  };
}

const groups = (count: number): EligibleAssignment[] =>
  Array.from({ length: count }, (_, index) => eligibleAt(`${production}/resourceGroups/rg-${index}`));

describe('the listing of what waits for a decision', () => {
  // Guard: listWaitingFor in src/pim/azure/azure-roles.ts.
  it('promise 8: leaves out the person’s own request although the service sent it', async () => {
    const request = (principalId: string, status: string, approvalId: string | null = `/x/${randomUUID()}`): object => ({
      name: randomUUID(),
      properties: {
        scope: production, roleDefinitionId: `${production}/providers/x/${randomUUID()}`, principalId, requestType: 'SelfActivate', status, approvalId,
        createdOn: '2026-03-01T10:00:00Z',
      },
    });
    const value = [request(alex.toUpperCase(), 'PendingApproval'), request(lee, 'PendingApproval'), request(lee, 'Provisioned'), request(lee, 'PendingApproval', null)];
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value }); });
    const waiting = await azureUser(alex, wireClient(server)).listWaitingForMyDecision();
    expect(waiting.items.map(({ requester, pimStatus }) => [requester.id, pimStatus])).toEqual([[lee, 'PendingApproval']]);
    expect(server.seen[0]?.url).toContain('$filter=asApprover()');
  });
});

describe('the listing of active roles', () => {
  it.each([
    [0, 0], [1, 1], [20, 20], [21, 1],
  ])('of %d scopes takes %d calls, no more than four at a time', async (scopes, calls) => {
    let now = 0;
    let most = 0;
    await using server = await startWireServer((_, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => { now -= 1; answerJson(response, 200, { value: [] }); }, 60);
    });
    const user = azureUser(alex, wireClient(server));
    expect(await user.listActive(groups(scopes))).toEqual({ items: [], gaps: scopes > 20 ? [{ kind: 'azure', why: 'tooManyScopes' }] : [] });
    expect(server.seen).toHaveLength(calls);
    expect(most).toBe(Math.min(calls, 4));
    expect(server.seen.every(({ url }) => url.includes('$filter=asTarget()'))).toBe(true);
    if (scopes === 21) expect(server.seen[0]?.url).toMatch(/^\/+providers\//);
  });

  it('asks once for a scope that several roles share, whatever its case', async () => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [] }); });
    const user = azureUser(alex, wireClient(server));
    await user.listActive([eligibleAt(production), eligibleAt(production.toUpperCase()), eligibleAt(`${production}/`)]);
    expect(server.seen).toHaveLength(1);
  });

  it('fails when one scope fails: a role that is missing from it would look inactive', async () => {
    await using server = await startWireServer(({ url }, response) => {
      if (url.includes('rg-2')) answerJson(response, 403, { error: { code: 'AuthorizationFailed', message: '' } });
      else answerJson(response, 200, { value: [] });
    });
    const user = azureUser(alex, wireClient(server));
    await expect(user.listActive(groups(5))).rejects.toMatchObject({ code: 'notPermitted' });
  });

  // Guard: listActive in src/pim/azure/azure-roles.ts.
  it('keeps what the person and their groups hold, and drops other people although the service sent them', async () => {
    const instance = (principalId: string, principalType: string): object => ({
      name: randomUUID(),
      properties: { scope: production, roleDefinitionId: `${production}/providers/x/${randomUUID()}`, principalId, principalType, assignmentType: 'Assigned' },
    });
    const value = [instance(alex.toUpperCase(), 'User'), instance(engineers, 'Group'), instance(lee, 'User')];
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value }); });
    const user = azureUser(alex, wireClient(server));
    const held = await user.listActive([eligibleAt(production)]);
    expect(held.items.map(({ principal, how, until, requestId }) => [principal.id.toLowerCase(), how, until, requestId]))
      .toEqual([[alex, 'assigned', null, null], [engineers, 'assigned', null, null]]);
  });
});
