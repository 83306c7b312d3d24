import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { BotParts } from '../../src/bot/parts.ts';
import { createFindElsewhere } from '../../src/jobs/find-elsewhere.ts';
import { createLog } from '../../src/log.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { ActivationRequest, RoleSettings, Scope } from '../../src/pim/model.ts';
import type { PendingReport, PimReader } from '../../src/pim/pim.ts';
import { moveActivation, saveDraft } from '../../src/store/activations.ts';
import { alex, createStandIn, now } from '../bot/stand-in.ts';
import { plainSettings } from '../cards/samples.ts';

// Guards: `createFindElsewhere` and `adoptUnknown` (src/jobs/find-elsewhere.ts), `findRemembered` (src/bot/approvals/adopt-request.ts).

const production: Scope = { id: '/subscriptions/1', name: 'Production', type: 'subscription' };
const role = { definitionId: '/subscriptions/1/providers/Microsoft.Authorization/roleDefinitions/2', name: 'Contributor' };

function request(changes: Partial<ActivationRequest> = {}): ActivationRequest {
  return {
    id: randomUUID(), action: 'activate', role, scope: production, requester: { ...alex, kind: 'user' }, pimStatus: 'PendingApproval',
    createdAt: now, start: null, minutes: 60, justification: 'from the portal', ticket: null, approvalId: randomUUID(), eligibilityScheduleId: '', ...changes,
  };
}

const report = (requests: readonly ActivationRequest[], more: Partial<PendingReport> = {}): PendingReport => ({ requests, read: [production], unread: [], ...more });
const settings: RoleSettings = { ...plainSettings, approvalRequired: true };

async function origins({ store }: BotParts): Promise<readonly string[]> {
  const rows = await store.db.selectFrom('activations').select(['origin', 'state']).where('state', '!=', 'draft').execute();
  return rows.map(({ origin, state }) => `${origin}: ${state}`);
}

test.each([{ many: 1_000, atOnce: 1 }, { many: 40, atOnce: 3 }])('$many requests are taken in once each by $atOnce rounds at once, and their settings are asked for once for each role', async ({ many, atOnce }) => {
  const requests = Array.from({ length: many }, () => request());
  let asked = 0;
  await using world = await createStandIn({ reader: {
    listPendingRequests: async () => report(requests),
    readRoleSettings: async () => { asked += 1; return settings; },
  } });
  const rounds = Array.from({ length: atOnce }, () => createFindElsewhere(world.parts));
  await Promise.all(rounds.map((findElsewhere) => findElsewhere()));
  for (const findElsewhere of rounds) await findElsewhere();
  expect(await origins(world.parts)).toEqual(Array.from({ length: many }, () => 'elsewhere: pending'));
  expect(world.jobs.filter((name) => name === 'find-approvers')).toHaveLength(many);
  expect(world.jobs.filter((name) => name === 'notify-requester')).toHaveLength(many);
  expect(asked).toBeLessThanOrEqual(atOnce);
}, 120_000);

test('where the bot may not read the settings, the request is carried all the same', async () => {
  await using world = await createStandIn({ reader: {
    listPendingRequests: async () => report([request()]),
    readRoleSettings: async () => { throw new PimError('notPermitted', 'no'); },
  } });
  await createFindElsewhere(world.parts)();
  expect(await origins(world.parts)).toEqual(['elsewhere: pending']);
});

test('a request of ours that has no name yet is asked for before another is taken in; as long as nobody can tell, it waits', async () => {
  const made = request();
  let answers = false;
  const reader: Partial<PimReader> = {
    listPendingRequests: async () => report([made]),
    readRoleSettings: async () => settings,
    readRequest: async () => { if (answers) return null; throw new PimError('unavailable', 'no answer'); },
  };
  await using world = await createStandIn({ reader });
  const draft = await saveDraft(world.parts.store.db, { requestId: randomUUID(), person: alex, role, scope: production, eligibilityScheduleId: 'x', settings: null, createdAt: now });
  await moveActivation(world.parts.store.db, draft.requestId, { from: ['draft'] }, { state: 'submitting', minutes: 60 });
  const findElsewhere = createFindElsewhere(world.parts);
  await findElsewhere();
  expect(await origins(world.parts)).toEqual(['bot: submitting']);
  answers = true;
  await findElsewhere();
  expect((await origins(world.parts)).toSorted()).toEqual(['bot: submitting', 'elsewhere: pending']);
});

test('one that cannot be taken in does not keep the others from their approvers', async () => {
  await using world = await createStandIn({ reader: {
    listPendingRequests: async () => report([request({ justification: 'no text for a database: \u0000' }), request()]),
    readRoleSettings: async () => settings,
  } });
  await createFindElsewhere(world.parts)();
  expect(await origins(world.parts)).toEqual(['elsewhere: pending']);
});

test('what cannot be read is told once, until it has been read again', async () => {
  const reports: (PendingReport | PimError)[] = [];
  const lines: string[] = [];
  await using world = await createStandIn({
    reader: { listPendingRequests: async () => {
      const next = reports.shift() ?? report([]);
      if (next instanceof PimError) throw next;
      return next;
    } },
    more: { log: createLog('warn', { write: (line) => { lines.push(line); } }) },
  });
  const findElsewhere = createFindElsewhere(world.parts);
  const refused = report([], { read: [], unread: [{ scope: production, code: 'notPermitted' }] });
  const outage = new PimError('unavailable', 'no answer');
  const tell = async (...next: (PendingReport | PimError)[]): Promise<number> => {
    reports.push(...next);
    for (const _ of next) await findElsewhere();
    return lines.splice(0).length;
  };
  expect(await tell(refused, refused, refused)).toBe(1);
  expect(await tell(report([]), refused, refused)).toBe(1);
  expect(await tell(outage, outage)).toBe(1);
  expect(await tell(refused, outage)).toBe(1);
});
