import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { activationState, failureOf as failureOfStatus } from '../../../src/pim/activation-status.ts';
import type { ActivationDraft, AssignmentDraft, Role, Scope } from '../../../src/pim/model.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { azureUser } from '../azure-user.ts';
import { alex, lee, production } from '../pim-seed.ts';
import { failureOf } from '../pim-world.ts';
import { refusals } from './refusals.ts';
import { answerJson, startWireServer, wireClient } from './wire-server.ts';
import type { Answer } from './wire-server.ts';

/** Every refusal of the table, as each operation meets it through Microsoft's client. */

const scope: Scope = { id: production, name: 'Production', type: 'subscription' };
const role: Role = { definitionId: `${production}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`, name: 'Contributor' };
const draft: ActivationDraft = { role, scope, eligibilityScheduleId: `${production}/x`, start: null, minutes: 60, justification: 'Deploy', ticket: null };
const assignment: AssignmentDraft = {
  side: 'eligible', principal: { id: lee, name: 'Lee Gu', kind: 'user' }, role, scope, start: null, expiration: { type: 'noExpiration' }, justification: '', ticket: null,
};

const reads: readonly [string, (user: PimUser) => Promise<unknown>][] = [
  ['listEligible', (user) => user.listEligible()],
  ['listChildren', (user) => user.listChildren(scope)],
  ['readRoleSettings', (user) => user.readRoleSettings(role, scope)],
  ['validate', (user) => user.validate(draft)],
  ['assignments.list', (user) => user.assignments.list({ side: 'active', when: 'now', scope, filter: {} })],
  ['assignments.findRoles', (user) => user.assignments.findRoles(scope, 'Reader')],
];
const writes: readonly [string, (user: PimUser) => Promise<unknown>][] = [
  ['activate', (user) => user.activate(randomUUID(), draft)],
  ['deactivate', (user) => user.deactivate(randomUUID(), role, scope)],
  ['assign', (user) => user.assignments.assign(randomUUID(), assignment)],
  ['unassign', (user) => user.assignments.unassign(randomUUID(), assignment)],
];

const requestId = randomUUID();
const headers = { 'x-ms-request-id': requestId };

describe('a refusal reaches its caller by its own code', () => {
  it.each(refusals)('%s with %d (%s) is %s', async (code, status, message, ours) => {
    const refuse: Answer = ({ method, url }, response) => {
      // What is read back under the GUID of a refused write is not there.
      const readBack = method === 'GET' && /ScheduleRequests\/[0-9a-f-]{36}/.test(url);
      if (readBack) answerJson(response, 404, { error: { code: 'NotFound', message: '' } });
      else answerJson(response, status, { error: { code, message } }, headers);
    };
    await using server = await startWireServer(refuse);
    const user = azureUser(alex, wireClient(server));
    const told = async (work: (user: PimUser) => Promise<unknown>): Promise<object> => {
      const { code: said, details, effect } = await failureOf(work(user));
      return { said, effect, pimCode: details.pimCode, status: details.status, azureRequestId: details.azureRequestId };
    };
    const details = { pimCode: code, status, azureRequestId: requestId };
    for (const [name, work] of reads) expect([name, await told(work)]).toEqual([name, { said: ours, effect: 'none', ...details }]);
    // A name that is taken by a request that is not to be found may be our own.
    const expected = ours === 'requestNameTaken' ? { said: 'outcomeUnknown', effect: 'unknown' } : { said: ours, effect: 'none' };
    for (const [name, work] of writes) expect([name, await told(work)]).toEqual([name, { ...expected, ...details }]);
  });
});

it('a request that PIM took and could not carry out for a lock is no error of the call, and says why it failed', async () => {
  await using server = await startWireServer(({ url, body }, response) => {
    const name = /ScheduleRequests\/([0-9a-f-]{36})/.exec(url)?.[1];
    const { properties } = Object(body);
    answerJson(response, 201, { name, properties: { scope: production, createdOn: '2026-03-01T10:00:00Z', ...properties, status: 'FailedAsResourceIsLocked' } });
  });
  const user = azureUser(alex, wireClient(server));
  for (const request of [await user.activate(randomUUID(), draft), await user.assignments.assign(randomUUID(), assignment)]) {
    expect(activationState(request.pimStatus, { start: null, end: null }, new Date('2026-03-01T10:00:00Z'))).toBe('failed');
    expect(failureOfStatus(request.pimStatus)).toBe('resourceLocked');
  }
  for (const status of ['Failed', 'Invalid', 'Provisioned', 'ResourceIsLocked', '']) expect(failureOfStatus(status)).toBeNull();
});
