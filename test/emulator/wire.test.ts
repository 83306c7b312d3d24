import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmulatorClient, graphAudience, listPath, outcome } from './emulator-client.ts';
import { alex, production } from './people.ts';

let client: EmulatorClient;
let token: string;
beforeAll(async () => {
  client = await EmulatorClient.start();
  token = await client.token({ user: alex });
});
afterAll(() => client[Symbol.asyncDispose]());

const listing = listPath('', 'roleEligibilityScheduleInstances', 'asTarget()');

describe('a request to ARM', () => {
  it('needs an api-version, and one that the resource has', async () => {
    expect(outcome(await client.arm(listing.replace('&api-version=2020-10-01', ''), { token }))).toBe('400 MissingApiVersionParameter');
    expect(outcome(await client.arm(listing.replace('2020-10-01', '2019-01-01'), { token }))).toBe('400 InvalidApiVersionParameter');
    expect(outcome(await client.arm(listPath('', 'roleDefinitions').replace('2022-04-01', '2020-10-01'), { token }))).toBe('400 InvalidApiVersionParameter');
    expect((await client.send(listing.replace('api-version', 'Api-Version'), { token })).status).toBe(200);
  });

  it.each([
    ['GET', `${production}/providers/Microsoft.Authorization/roleWishes?api-version=2020-10-01`, '404 InvalidResourceType'],
    ['GET', `${production}/locations?api-version=2020-10-01`, '404 InvalidResourceType'],
    ['GET', '/', '404 InvalidResourceType'],
    ['DELETE', listing, '405 MethodNotAllowed'],
    ['GET', '/%', '400 BadRequest'],
  ])('%s %s → %s', async (method, target, expected) => {
    expect(outcome(await client.send(target, { method, token }))).toBe(expected);
  });

  it('is answered with ids and with what is left of the rate limit', async () => {
    const read = await client.send(listing, { token, headers: { 'x-ms-correlation-request-id': 'mine' } });
    expect(read.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(read.headers['x-ms-correlation-request-id']).toBe('mine');
    expect(read.headers['x-ms-ratelimit-remaining-tenant-reads']).toBe('249');
    expect(read.headers['content-type']).toBe('application/json; charset=utf-8');
    const write = await client.send(`${production}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/x?api-version=2020-10-01`, { method: 'PUT', token });
    expect(write.headers['x-ms-ratelimit-remaining-subscription-writes']).toBe('199');
  });
});

describe('a request that is too long', () => {
  it.each([
    ['address', `/subscriptions?api-version=2022-12-01&x=${'('.repeat(20_000)}`, '414 RequestUriTooLong'],
    ['address by far', `/v1.0/users?$filter=${'('.repeat(200_000)}`, '414 RequestUriTooLong'],
  ])('has an answer: %s', async (_, target, expected) => {
    expect(outcome(await client.send(target, { token }))).toBe(expected);
    expect((await client.send(listing, { token })).status).toBe(200);
  });

  it('has an answer: body', async () => {
    expect(outcome(await client.send('/emulator/clock', { method: 'POST', body: 'x'.repeat(2_000_000) }))).toBe('413 RequestEntityTooLarge');
  });

  it('or deep is judged as any other', async () => {
    const deep = `{"properties":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
    expect(outcome(await client.send(`${production}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/x?api-version=2020-10-01`, { method: 'PUT', token, body: deep }))).toBe('400 InvalidRequestContent');
    expect(outcome(await client.send(`/v1.0/users?$filter=${encodeURIComponent(`${'('.repeat(4_000)}id eq 'a'${')'.repeat(4_000)}`)}`, { token: await client.token({ user: alex }, graphAudience) }))).toMatch(/^(200|400)/);
  });
});

it('a whole address, as proxies send it, is its path and query', async () => {
  expect((await client.send('http://127.0.0.1/emulator/clock')).status).toBe(200);
  expect((await client.send(`https://management.azure.com${listing}`, { token })).status).toBe(200);
});

describe('closing', () => {
  it('ends the service though an answer is still held back', async () => {
    const other = await EmulatorClient.start();
    await other.fault({ path: '.' }, { delay: 60_000 });
    const lost = other.send('/subscriptions').catch((error: unknown) => error);
    await expect.poll(async () => JSON.stringify((await other.send('/emulator/audit')).body)).toContain('/subscriptions');
    await other[Symbol.asyncDispose]();
    expect(await lost).toBeInstanceOf(Error);
    await expect(other.send('/emulator/clock')).rejects.toThrow(/ECONNREFUSED|socket hang up|ECONNRESET/);
  });
});
