import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at, graphAudience, items, outcome, text } from './emulator-client.ts';
import type { Answer, Subject } from './emulator-client.ts';
import { graphClient } from './graph-client.ts';
import { alex, diego, lee, megan, nestor, opsLeads, platform } from './people.ts';

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

async function batch(requests: readonly unknown[], subject: Subject = { user: alex }, version = 'v1.0'): Promise<Answer> {
  const token = await client.token(subject, graphAudience);
  return client.send(`/${version}/$batch`, { method: 'POST', token, body: { requests } });
}

function statuses(answer: Answer): unknown {
  const responses = at(answer.body, 'responses');
  return Array.isArray(responses) ? Object.fromEntries(responses.map((item: unknown) => [text(item, 'id'), at(item, 'status')])) : responses;
}

function get(id: string, url: string, rest: object = {}): object {
  return { id, method: 'GET', url, ...rest };
}

const json = { 'Content-Type': 'application/json' };
const member = `/groups/${opsLeads}/members`;
const addLee = { url: `${member}/$ref`, headers: json, body: { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${lee}` } };

describe('a batch', () => {
  it("through Microsoft's client, answers each request for itself", async () => {
    const requests = [get('1', '/me?$select=displayName'), get('2', `users/${megan}`), get('3', '/planets')];
    const body: unknown = await graphClient(client, { user: alex }).api('/$batch').post({ requests });
    expect(at(body, 'responses', 0)).toMatchObject({ id: '1', status: 200, headers: json, body: { id: alex, displayName: 'Alex Wilber' } });
    expect(at(body, 'responses', 1, 'body', 'id')).toBe(megan);
    expect(at(body, 'responses', 2, 'body', 'error', 'code')).toBe('ResourceNotFound');
    expect(at(body, 'responses', 2, 'body', 'error', 'innerError', 'request-id')).toBe(at(body, 'responses', 2, 'headers', 'request-id'));
  });

  it.each(['v1.0', 'beta'])('%s: its requests are of the same version, and pages of theirs begin at the own origin', async (version) => {
    const answer = await batch([get('a', `/groups/${platform}/transitiveMembers?$top=1&$select=id`)], { user: alex }, version);
    const link = text(answer.body, 'responses', 0, 'body', '@odata.nextLink');
    expect(link.startsWith(`${client.emulator.origin}/${version}/groups/${platform}/transitiveMembers?`)).toBe(true);
    const token = await client.token({ user: alex }, graphAudience);
    expect(items(await client.send(link.slice(client.emulator.origin.length), { token }))).toHaveLength(1);
  });

  it('has the caller of the batch in each request, whatever its headers say', async () => {
    const other = await client.token({ user: megan }, graphAudience);
    const answer = await batch([get('1', '/me', { headers: { Authorization: `Bearer ${other}` } })]);
    expect(at(answer.body, 'responses', 0, 'body', 'id')).toBe(alex);
    expect(outcome(await client.send('/v1.0/$batch', { method: 'POST', body: { requests: [get('1', '/me')] } }))).toBe('401 InvalidAuthenticationToken');
  });

  it('changes what it may change, in the order of its dependencies', async () => {
    const requests = [
      { id: 'add', method: 'POST', ...addLee },
      get('read', member, { dependsOn: ['add'] }),
      { id: 'remove', method: 'DELETE', url: `${member}/${lee}/$ref`, dependsOn: ['read'] },
    ];
    const answer = await batch(requests, { user: nestor });
    expect(statuses(answer)).toEqual({ add: 204, read: 200, remove: 204 });
    expect(items({ ...answer, body: at(answer.body, 'responses', 1, 'body') }).map((item) => text(item, 'id'))).toEqual([megan, diego, lee]);
    expect(Object.keys(at(answer.body, 'responses', 0) ?? {})).toEqual(['id', 'status', 'headers']);
  });

  it('leaves out what depends on a failure, and what depends on that', async () => {
    const requests = [get('1', '/planets'), get('2', '/me', { dependsOn: ['1'] }), get('3', '/me', { dependsOn: ['2'] }), get('4', '/me')];
    expect(statuses(await batch(requests))).toEqual({ 1: 404, 2: 424, 3: 424, 4: 200 });
  });
});

describe('a fault', () => {
  it('meets a request of a batch by its own path, and the others not', async () => {
    await client.fault({ path: `users/${megan}$` }, { status: 429, headers: { 'Retry-After': '7' } });
    const requests = [get('1', '/me'), get('2', `/users/${megan}`), get('3', `/users/${megan}`)];
    const answer = await batch(requests);
    expect(statuses(answer)).toEqual({ 1: 200, 2: 429, 3: 200 });
    expect(at(answer.body, 'responses', 1, 'headers', 'retry-after')).toBe('7');
  });

  it('that cuts the connection costs its request the answer, and the batch nothing', async () => {
    await client.fault({ method: 'POST', path: 'members/\\$ref' }, { dropAfterCommit: true });
    expect(statuses(await batch([{ id: '1', method: 'POST', ...addLee }, get('2', '/me')], { user: nestor }))).toEqual({ 1: 504, 2: 200 });
    const token = await client.token({ user: nestor }, graphAudience);
    expect(items(await client.send(`/v1.0${member}`, { token }))).toHaveLength(3);
  });

  it('may meet the batch as a whole: then nothing of it was carried out', async () => {
    await client.fault({ path: '\\$batch' }, { status: 503 });
    expect((await batch([{ id: '1', method: 'POST', ...addLee }], { user: nestor })).status).toBe(503);
    const token = await client.token({ user: nestor }, graphAudience);
    expect(items(await client.send(`/v1.0${member}`, { token }))).toHaveLength(2);
  });
});

describe('the audit of calls', () => {
  it('has the batch, and each of its requests marked as such', async () => {
    await batch([get('1', '/me'), get('2', '/planets'), get('3', '/me', { dependsOn: ['2'] })]);
    const calls = items(await client.send('/emulator/audit')).filter((entry) => text(entry, 'path').startsWith('/v1.0'));
    expect(calls.map((entry) => [text(entry, 'path'), at(entry, 'status'), at(entry, 'actor'), at(entry, 'inBatch')])).toEqual([
      ['/v1.0/me', 200, alex, true],
      ['/v1.0/planets', 404, alex, true],
      ['/v1.0/$batch', 200, alex, undefined],
    ]);
  });
});

describe('a batch that cannot be is refused as a whole', () => {
  const tooMany = Array.from({ length: 21 }, (_, n) => get(String(n), '/me'));
  it.each([
    ['more than twenty', tooMany],
    ['none', []],
    ['an id twice', [get('1', '/me'), get('1', '/me')]],
    ['an id missing', [{ method: 'GET', url: '/me' }]],
    ['a url missing', [{ id: '1', method: 'GET' }]],
    ['an absolute url', [get('1', 'https://graph.microsoft.com/v1.0/me')]],
    ["another host's url", [get('1', '//graph.microsoft.com/v1.0/me')]],
    ['a method that is none', [{ id: '1', method: 'TRACE', url: '/me' }]],
    ['a batch in the batch', [{ id: '1', method: 'POST', url: '/$batch', headers: json, body: { requests: [] } }]],
    ['a body without a content type', [{ id: '1', method: 'POST', url: `${member}/$ref`, body: addLee.body }]],
    ['a body with GET', [get('1', '/me', { headers: json, body: {} })]],
    ['a dependency on what comes later', [get('1', '/me', { dependsOn: ['2'] }), get('2', '/me')]],
    ['a dependency on itself', [get('1', '/me', { dependsOn: ['1'] })]],
  ])('%s', async (_, requests) => {
    expect(outcome(await batch(requests))).toBe('400 BadRequest');
    const calls = items(await client.send('/emulator/audit')).filter((entry) => at(entry, 'inBatch') === true);
    expect(calls).toEqual([]);
  });

  it.each([{}, { requests: 'x' }, { requests: [7] }, 'not json'])('%j', async (body) => {
    const token = await client.token({ user: alex }, graphAudience);
    expect((await client.send('/v1.0/$batch', { method: 'POST', token, body })).status).toBe(400);
  });

  it('twenty are not too many', async () => {
    expect((await batch(tooMany.slice(0, 20))).status).toBe(200);
  });
});
