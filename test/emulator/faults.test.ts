import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, activationBody, at, items, listPath, outcome, requestPath, requestStatus, text } from './emulator-client.ts';
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
  const any = { path: '.' };
  const refused: readonly (readonly [unknown, string])[] = [
    [{ fault: { status: 500 } }, "'match.path' must be a regular expression of 1 to 200 characters; '.' meets every path"],
    [{ match: {}, fault: { status: 500 } }, "'match.path' must be a regular expression of 1 to 200 characters; '.' meets every path"],
    [{ match: { path: '' }, fault: { status: 500 } }, "'match.path' must be"],
    [{ match: 'x', fault: { status: 500 } }, "'match' must be an object"],
    [{ match: { path: '(' }, fault: { status: 500 } }, "'match.path' must be a regular expression, found ("],
    [{ match: { path: 'x'.repeat(201) }, fault: { status: 500 } }, "'match.path' must be"],
    [{ match: { path: 7 }, fault: { status: 500 } }, "'path' must be a string"],
    [{ match: { ...any, method: 'FETCH' }, fault: { status: 500 } }, "'match.method' must be GET, PUT, POST, PATCH, DELETE, found FETCH"],
    [{ match: { ...any, query: 'x' }, fault: { status: 500 } }, "'match' has no member 'query', only method, path"],
    [{ match: any, fault: { status: 500 }, time: 2 }, "the body has no member 'time', only match, times, fault"],
    [{ match: any, fault: { status: 500 }, times: 0 }, "'times' must be from 1 to 1000000, found 0"],
    [{ match: any, fault: { status: 500 }, times: '3' }, "'times' must be a whole number"],
    [{ match: any }, "'fault' must have status, delay, "],
    [{ match: any, fault: {} }, "'fault' must have status, delay, "],
    [{ match: any, fault: [] }, "'fault' must be an object"],
    [{ match: any, fault: { stauts: 500 } }, "'fault' must have status, delay, "],
    [{ match: any, fault: { status: 500, delay: 5 } }, "'fault' must have only one of status, delay, "],
    [{ match: any, fault: { delay: 5, body: {} } }, "'fault' has no member 'body', only delay"],
    [{ match: any, fault: { status: 42 } }, "'status' must be from 200 to 599, found 42"],
    [{ match: any, fault: { status: '500' } }, "'status' must be a whole number"],
    [{ match: any, fault: { status: 500, after: 'yes' } }, "'after' must be true or false"],
    [{ match: any, fault: { delay: -1 } }, "'delay' must be a whole number, zero or more"],
    [{ match: any, fault: { delay: 600_001 } }, "'delay' must be at most 600000 milliseconds, found 600001"],
    [{ match: any, fault: { lag: 'long' } }, "'lag' must be a whole number"],
    [{ match: any, fault: { dropAfterCommit: false } }, "'dropaftercommit' of 'fault' must be true"],
    [{ match: any, fault: { throttle: 'soon' } }, "'throttle' must be a whole number"],
    [{ match: any, fault: { authenticationContext: '' } }, "'authenticationContext' must be one from c1 to c99, found none"],
    [{ match: any, fault: { longestActivation: '24h' } }, "'longestActivation' must be an ISO 8601 duration such as PT24H, found 24h"],
    [{ match: any, fault: { status: 500, headers: { 'bad header': 'x' } } }, "'headers' must hold names and values that HTTP allows"],
    [{ match: any, fault: { status: 500, headers: { 'Retry-After': '1\r\nSet-Cookie: x' } } }, "'headers' must hold names and values that HTTP allows"],
    [{ match: any, fault: { status: 500, headers: { 'Retry-After': { seconds: 1 } } } }, 'the header retry-after must be a text or a number'],
    [{ match: any, fault: { status: 500, headers: { 'Content-Length': '3' }, body: {} } }, "'headers' must leave content-length to the service"],
    [{ match: any, fault: { status: 500, headers: { 'transfer-encoding': 'chunked' } } }, "'headers' must leave transfer-encoding to the service"],
    ['{', 'it is not JSON'],
    [[], 'an object was expected'],
    ['', "'match.path' must be"],
  ];

  it.each(refused)('%j is refused: %s', async (body, why) => {
    const answer = await client.send('/emulator/faults', { method: 'POST', body });
    expect(outcome(answer)).toBe('400 InvalidRequestContent');
    expect(text(answer.body, 'error', 'message')).toContain(`The request content is invalid: ${why}`);
    expect((await client.person(alex).call(listPath('', 'roleEligibilityScheduleInstances', 'asTarget()'))).status).toBe(200);
  });
});
