import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at, items, outcome, requestStatus, text } from './emulator-client.ts';
import { alex, megan, production, rgApp } from './people.ts';

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;
const contributor = { role: 'Contributor', scope: rgApp, principalId: alex } as const;

async function activities(): Promise<readonly string[]> {
  const answer = await client.send('/emulator/audit');
  return items(answer).flatMap((entry) => (at(entry, 'kind') === 'activity' ? [text(entry, 'activity')] : []));
}

describe('the clock', () => {
  it('runs, is moved on by a duration and set to a time', async () => {
    const now = async (): Promise<number> => Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
    const before = await now();
    expect(Math.abs(before - new Date().getTime())).toBeLessThan(5_000);
    await client.advance('PT8H');
    expect((await now()) - before).toBeGreaterThanOrEqual(8 * 3_600_000);
    const answer = await client.send('/emulator/clock', { method: 'POST', body: { now: '2030-01-01T00:00:00Z' } });
    expect(text(answer.body, 'now')).toMatch(/^2030-01-01T00:00:00/);
    expect(await now()).toBeGreaterThanOrEqual(Date.UTC(2030));
  });

  it.each([[{}], [{ advance: 'later' }], [{ advance: '-PT1H' }], [{ now: 'noon' }], [{ now: '2030-01-01T00:00:00Z', advance: 'PT1H' }]])(
    'refuses %j',
    async (body) => {
      expect(outcome(await client.send('/emulator/clock', { method: 'POST', body }))).toBe('400 InvalidRequestContent');
    },
  );

  it.each([[{ advance: 'P9000Y' }], [{ advance: 'P999999Y' }], [{ now: '+010000-01-01T00:00:00Z' }], [{ now: '9999-12-31T24:00:00Z' }], [{ now: '1969-12-31T23:59:59Z' }]])(
    'refuses %j and stays where it was',
    async (body) => {
      const before = Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
      expect(outcome(await client.send('/emulator/clock', { method: 'POST', body }))).toBe('400 InvalidRequestContent');
      const after = Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
      expect(after - before).toBeLessThan(5_000);
      expect((await client.person(alex).activate(reader)).status).toBe(201);
    },
  );

  it('may be set back before anything has happened', async () => {
    await client.send('/emulator/clock', { method: 'POST', body: { now: '2025-06-01T08:00:00Z' } });
    const answer = await client.person(alex).activate(reader);
    expect(text(answer.body, 'properties', 'createdOn')).toMatch(/^2025-06-01T08:00:/);
    expect(requestStatus(answer)).toBe('Provisioned');
  });
});

describe('what time does', () => {
  it('an activation ends by itself, and its role can be activated again', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT29M');
    expect(items(await client.person(alex).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'))).toHaveLength(1);
    await client.advance('PT1M');
    expect(items(await client.person(alex).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
    expect(requestStatus(await client.person(alex).activate(reader))).toBe('Provisioned');
  });

  it('everything that is due happens in the order of its time, however far the clock is moved', async () => {
    await client.person(alex).activate(contributor);
    await client.person(alex).activate(reader);
    const startDateTime = new Date(new Date().getTime() + 2 * 3_600_000).toISOString();
    await client.person(alex).activate({ ...reader, properties: { scheduleInfo: { startDateTime, expiration: { type: 'AfterDuration', duration: 'PT30M' } } } });
    await client.advance('P3D');
    expect((await activities()).slice(5)).toEqual([
      'Remove member from role (PIM activation expired)',
      'Add member to role completed (PIM activation)',
      'Remove member from role (PIM activation expired)',
      'PIM activation request expired',
    ]);
    const times = items(await client.send('/emulator/audit')).filter((entry) => at(entry, 'kind') === 'activity').map((entry) => text(entry, 'at'));
    expect(times).toEqual(times.toSorted());
  });
});

describe('the audit', () => {
  it('tells an approved activation by the names of the Entra log', async () => {
    const name = randomUUID();
    await client.person(alex).activate({ ...contributor, name });
    await client.person(megan).decide(name, 'Approve');
    await client.advance('PT10M');
    await client.person(alex).deactivate(contributor);
    expect(await activities()).toEqual([
      'Add member to role requested (PIM activation)',
      'Add member to role approval requested (PIM activation)',
      'Add member to role request approved (PIM activation)',
      'Add member to role completed (PIM activation)',
      'Remove member from role requested (PIM deactivate)',
      'Remove member from role completed (PIM deactivate)',
    ]);
  });

  it('tells a denied and a canceled one', async () => {
    const denied = randomUUID();
    await client.person(alex).activate({ ...contributor, name: denied });
    await client.person(megan).decide(denied, 'Deny');
    const canceled = randomUUID();
    await client.person(alex).activate({ ...contributor, name: canceled });
    await client.person(alex).cancel(rgApp, canceled);
    const told = await activities();
    expect(told).toContain('Add member to role request denied (PIM activation)');
    expect(told).toContain('Add member to role canceled (PIM activation)');
  });

  it('tells every call with who made it, and how it was answered', async () => {
    await client.person(alex).activate(reader);
    await client.send('/subscriptions?api-version=2022-12-01');
    const calls = items(await client.send('/emulator/audit')).filter((entry) => at(entry, 'kind') === 'call');
    expect(calls.map((call) => [at(call, 'method'), at(call, 'actor'), at(call, 'status')])).toEqual([
      ['POST', null, 204],
      ['POST', null, 200],
      ['PUT', alex, 201],
      ['GET', null, 401],
    ]);
  });

  it('is empty again after a reset, as is everything else', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT8H');
    await client.fault({ path: '.' }, { status: 503 }, 9);
    await client.reset();
    expect(items(await client.person(alex).list('', 'roleAssignmentScheduleRequests', 'asTarget()'))).toEqual([]);
    expect(await activities()).toEqual([]);
    const now = Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
    expect(Math.abs(now - new Date().getTime())).toBeLessThan(5_000);
  });
});
