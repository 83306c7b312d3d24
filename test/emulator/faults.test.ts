import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, activationBody, at, items, listPath, outcome, requestPath, requestStatus } from './emulator-client.ts';
import { alex, production } from './people.ts';

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;
const requests = { path: 'roleAssignmentScheduleRequests' };

describe('a fault with a status', () => {
  it('answers instead of the service, as often as it was asked for', async () => {
    await client.fault({ method: 'put', ...requests }, { status: 503, headers: { 'Retry-After': '7' }, body: { error: { code: 'Busy', message: 'later' } } }, 2);
    const name = randomUUID();
    const first = await client.person(alex).activate({ ...reader, name });
    expect([outcome(first), first.headers['retry-after']]).toEqual(['503 Busy', '7']);
    expect(outcome(await client.person(alex).read(production, name))).toBe('404 ResourceNotFound');
    expect((await client.person(alex).activate({ ...reader, name })).status).toBe(503);
    expect((await client.person(alex).activate({ ...reader, name })).status).toBe(201);
  });

  it('has a plain error as its body when none was given', async () => {
    await client.fault(requests, { status: 500 });
    expect(outcome(await client.person(alex).activate(reader))).toBe('500 Fault500');
  });

  it('sends a text as it is, and anything else as JSON', async () => {
    const answer = async (body: unknown): Promise<unknown> => {
      await client.fault({ path: 'subscriptions' }, { status: 200, headers: { 'Content-Type': 'text/html' }, body });
      const { body: received, headers } = await client.send('/subscriptions');
      return [received, headers['content-length'], headers['content-type']];
    };
    // The length tells a text apart from the same text in quotation marks.
    expect(await answer('{"value": [')).toEqual(['{"value": [', '11', 'text/html']);
    expect(await answer('<h1>Bad</h1>')).toEqual(['<h1>Bad</h1>', '12', 'text/html']);
    expect(await answer({ value: [] })).toEqual([{ value: [] }, '12', 'text/html']);
    expect(await answer(null)).toEqual([null, '4', 'text/html']);
  });

  it('may come after the request was carried out', async () => {
    const name = randomUUID();
    await client.fault({ method: 'PUT', ...requests }, { status: 500, after: true });
    expect((await client.person(alex).activate({ ...reader, name })).status).toBe(500);
    expect(requestStatus(await client.person(alex).read(production, name))).toBe('Provisioned');
    expect(outcome(await client.person(alex).activate({ ...reader, name }))).toBe('409 RoleAssignmentRequestExists');
  });

  it('can be a challenge for claims', async () => {
    const challenge = 'Bearer error="insufficient_claims", claims="eyJ9"';
    await client.fault(requests, { status: 401, headers: { 'WWW-Authenticate': challenge } });
    expect((await client.person(alex).activate(reader)).headers['www-authenticate']).toBe(challenge);
  });

  it('meets only the method and path that it names; the path may look at the query', async () => {
    await client.fault({ method: 'GET', path: 'Instances\\?.*filter=asTarget\\(\\)' }, { status: 500 }, 1);
    expect((await client.person(alex).activate(reader)).status).toBe(201);
    expect((await client.person(alex).list('', 'roleAssignmentScheduleInstances', 'asTarget()')).status).toBe(500);
    await client.fault({ path: 'roleAssignmentScheduleInstances$' }, { status: 500 }, 1);
    expect((await client.person(alex).list('', 'roleEligibilityScheduleInstances', 'asTarget()')).status).toBe(200);
    expect((await client.person(alex).list('', 'roleAssignmentScheduleInstances', 'asTarget()')).status).toBe(500);
  });

  it('spares the own endpoints, and can be taken back', async () => {
    await client.fault({ path: '.*' }, { status: 500 }, 100);
    expect((await client.send('/emulator/clock')).status).toBe(200);
    expect((await client.send('/subscriptions?api-version=2022-12-01')).status).toBe(500);
    expect((await client.send('/emulator/faults', { method: 'DELETE' })).status).toBe(200);
    expect((await client.send('/subscriptions?api-version=2022-12-01')).status).toBe(401);
  });
});

describe('a fault of the wire', () => {
  it('a delayed request is carried out at once and answered late', async () => {
    const name = randomUUID();
    await client.fault({ method: 'PUT', ...requests }, { delay: 1_500 });
    let answered = false;
    const late = client.person(alex).activate({ ...reader, name }).finally(() => {
      answered = true;
    });
    await expect.poll(async () => outcome(await client.person(alex).read(production, name)), { interval: 20 }).toBe('200');
    expect(answered).toBe(false);
    expect((await late).status).toBe(201);
  });

  it('a dropped one was carried out, and its caller has no answer', async () => {
    const name = randomUUID();
    await client.fault({ method: 'PUT', ...requests }, { dropAfterCommit: true });
    const token = await client.token({ user: alex });
    const lost = client.send(requestPath(production, name), { method: 'PUT', token, body: activationBody(reader) });
    await expect(lost).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(requestStatus(await client.person(alex).read(production, name))).toBe('Provisioned');
    const calls = items(await client.send('/emulator/audit')).filter((entry) => at(entry, 'method') === 'PUT');
    expect(calls.map((entry) => at(entry, 'status'))).toEqual([undefined]);
  });

  it('with a lag, listings do not show what is young, though its own name does', async () => {
    const name = randomUUID();
    await client.person(alex).activate({ ...reader, name });
    await client.fault({ method: 'GET', path: 'roleAssignmentSchedule(Requests|Instances)$' }, { lag: 60_000 }, 4);
    expect(items(await client.person(alex).list('', 'roleAssignmentScheduleRequests', 'asTarget()'))).toEqual([]);
    expect(items(await client.person(alex).list('', 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
    expect((await client.person(alex).read(production, name)).status).toBe(200);
    await client.advance('PT1M');
    expect(items(await client.person(alex).list('', 'roleAssignmentScheduleRequests', 'asTarget()'))).toHaveLength(1);
    expect(items(await client.person(alex).list('', 'roleAssignmentScheduleInstances', 'asTarget()'))).toHaveLength(1);
  });
});

describe('a fault that cannot be', () => {
  it.each([
    [{ path: '(' }, { status: 500 }],
    [{ path: 'x'.repeat(201) }, { status: 500 }],
    [{ path: 7 }, { status: 500 }],
    [{}, {}],
    [{}, { status: 42 }],
    [{}, { delay: -1 }],
    [{}, { lag: 'long' }],
    [{}, { dropAfterCommit: false }],
    [{}, { status: 500, headers: { 'bad header': 'x' } }],
    [{}, { status: 500, headers: { 'Retry-After': '1\r\nSet-Cookie: x' } }],
    [{}, { status: 500, headers: { 'Retry-After': { seconds: 1 } } }],
    [{}, { status: 500, headers: { 'Content-Length': '3' }, body: {} }],
    [{}, { status: 500, headers: { 'transfer-encoding': 'chunked' } }],
  ])('is refused: %j %j', async (match, fault) => {
    expect(outcome(await client.fault(match, fault))).toBe('400 InvalidRequestContent');
    expect((await client.person(alex).call(listPath('', 'roleEligibilityScheduleInstances', 'asTarget()'))).status).toBe(200);
  });
});
