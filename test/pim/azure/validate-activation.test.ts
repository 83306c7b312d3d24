import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ActivationDraft } from '../../../src/pim/model.ts';
import { azureUser } from '../azure-user.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';
import type { WireServer } from '../http/wire-server.ts';
import { alex, production } from '../pim-seed.ts';
import { failureOf } from '../pim-world.ts';

const draft: ActivationDraft = {
  role: { definitionId: `${production}/x/b24988ac-6180-42a0-ab88-20f7382dd24c`, name: 'Contributor' }, scope: { id: production, name: 'Production', type: 'subscription' }, eligibilityScheduleId: `${production}/x`,
  start: null, minutes: 30, justification: '', ticket: null,
};
const validating = (status: string): Promise<WireServer> => startWireServer(({ body }, response) => {
  answerJson(response, 200, { name: randomUUID(), properties: { scope: production, createdOn: '2026-03-01T10:00:00Z', ...Object(body).properties, status } });
});

describe('what PIM says of an activation that is only tried', () => {
  it.each([['Granted', 'granted'], ['granted', 'granted'], ['Provisioned', 'granted'], ['PendingEvaluation', 'needsApproval'], ['PendingApproval', 'needsApproval']])(
    '%s means %s', async (status, expected) => {
      await using server = await validating(status);
      expect(await azureUser(alex, wireClient(server)).validate(draft)).toBe(expected);
      expect(server.seen.map(({ method, url }) => `${method} ${/validate/.exec(url)?.[0] ?? ''}`)).toEqual(['POST validate']);
    },
  );

  it.each(['Denied', 'Accepted', 'Failed', '', 'constructor'])('promise 24: %j means neither', async (status) => {
    await using server = await validating(status);
    expect((await failureOf(azureUser(alex, wireClient(server)).validate(draft))).code).toBe('badAnswer');
  });

  // Guard: activationDetails in src/pim/azure/activation-requests.ts.
  it('begins when the draft says, as the activation itself does; without a start PIM takes its own now', async () => {
    await using server = await startWireServer(({ method, body }, response) => {
      answerJson(response, method === 'PUT' ? 201 : 200, { name: randomUUID(), properties: { scope: production, createdOn: '2026-03-01T10:00:00Z', ...Object(body).properties, status: 'Granted' } });
    });
    const user = azureUser(alex, wireClient(server));
    const planned = { ...draft, start: new Date('2026-03-02T09:00:00Z') };
    await user.validate(planned);
    expect(await user.activate(randomUUID(), planned)).toMatchObject({ start: planned.start, minutes: 30 });
    await user.activate(randomUUID(), draft);
    const expiration = { type: 'AfterDuration', duration: 'PT30M' };
    expect(server.seen.map(({ body }) => Object(body).properties.scheduleInfo)).toEqual([
      { startDateTime: '2026-03-02T09:00:00.000Z', expiration }, { startDateTime: '2026-03-02T09:00:00.000Z', expiration }, { expiration },
    ]);
  });

  it('each time goes out under a GUID of its own', async () => {
    await using server = await validating('Granted');
    const user = azureUser(alex, wireClient(server));
    for (const _ of [1, 2, 3]) await user.validate(draft);
    expect(new Set(server.seen.map(({ url }) => /[0-9a-f-]{36}\/validate/.exec(url)?.[0])).size).toBe(3);
  });
});
