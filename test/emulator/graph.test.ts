import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at, graphAudience, items, outcome, text } from './emulator-client.ts';
import type { Answer, Subject } from './emulator-client.ts';
import { alex, diego, guest, leaver, lee, megan, nestor, onCall, opsLeads, platform } from './people.ts';

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

async function graph(target: string, subject: Subject = { app: 'pim-bot' }, method = 'GET'): Promise<Answer> {
  return client.send(target, { method, token: await client.token(subject, graphAudience) });
}

function ids(answer: Answer): readonly string[] {
  return items(answer).map((item) => text(item, 'id'));
}

describe.each(['v1.0', 'beta'])('Graph %s', (version) => {
  it('a user is read by id and by user principal name', async () => {
    const answer = await graph(`/${version}/users/${alex}`);
    expect(answer.body).toMatchObject({
      '@odata.context': `${client.emulator.origin}/${version}/$metadata#users/$entity`,
      id: alex,
      displayName: 'Alex Wilber',
      userPrincipalName: 'alex@contoso.example',
      userType: 'Member',
      accountEnabled: true,
    });
    expect((await graph(`/${version}/users/alex@contoso.example`)).body).toEqual(answer.body);
  });

  it('$select picks members, and the id always comes', async () => {
    const { body } = await graph(`/${version}/users/${guest}?$select=userType,accountEnabled`);
    expect(body).toEqual({ '@odata.context': expect.any(String), id: guest, userType: 'Guest', accountEnabled: true });
    expect(at((await graph(`/${version}/users/${leaver}?$select=accountEnabled`)).body, 'accountEnabled')).toBe(false);
  });

  it('members are direct, transitive members are all, each once, and a circle ends', async () => {
    expect(ids(await graph(`/${version}/groups/${platform}/members`)).toSorted()).toEqual([onCall, diego].toSorted());
    expect(ids(await graph(`/${version}/groups/${platform}/transitiveMembers`)).toSorted()).toEqual([onCall, diego, lee].toSorted());
    expect(items(await graph(`/${version}/groups/${platform}/members`)).map((item) => text(item, '@odata.type')).toSorted()).toEqual([
      '#microsoft.graph.group',
      '#microsoft.graph.user',
    ]);
  });

  it('the cast to users leaves out groups', async () => {
    expect(ids(await graph(`/${version}/groups/${platform}/transitiveMembers/microsoft.graph.user`)).toSorted()).toEqual([diego, lee].toSorted());
    expect(ids(await graph(`/${version}/groups/${platform}/members/microsoft.graph.user`))).toEqual([diego]);
  });
});

describe('pages', () => {
  it('are chained by @odata.nextLink, and $top sets their size', async () => {
    const first = await graph(`/v1.0/groups/${platform}/transitiveMembers?$top=2&$select=id&$count=true`);
    expect([items(first).length, at(first.body, '@odata.count')]).toEqual([2, 3]);
    const next = text(first.body, '@odata.nextLink');
    expect(next.startsWith(client.emulator.origin)).toBe(true);
    const second = await graph(next.slice(client.emulator.origin.length));
    expect(at(second.body, '@odata.nextLink')).toBeUndefined();
    expect([...ids(first), ...ids(second)].toSorted()).toEqual([onCall, diego, lee].toSorted());
    expect(outcome(await graph(`/v1.0/groups/${platform}/members?$top=1000`))).toBe('400 BadRequest');
  });
});

describe('who may', () => {
  it('a person reads users and groups, and themselves as /me', async () => {
    expect(ids(await graph(`/v1.0/groups/${opsLeads}/members`, { user: alex }))).toEqual([megan, diego]);
    expect(at((await graph('/v1.0/me', { user: alex })).body, 'id')).toBe(alex);
    expect(outcome(await graph('/v1.0/me'))).toBe('400 BadRequest');
    expect(text((await graph(`/v1.0/groups/${opsLeads}`)).body, 'displayName')).toBe('Ops leads');
  });

  it('an application without the permission is refused, in the shape of Graph', async () => {
    const answer = await graph(`/v1.0/groups/${opsLeads}/transitiveMembers`, { app: 'blind' });
    expect(outcome(answer)).toBe('403 Authorization_RequestDenied');
    expect(Object.keys(at(answer.body, 'error', 'innerError') ?? {})).toEqual(['date', 'request-id', 'client-request-id']);
    expect(answer.headers['request-id']).toBe(at(answer.body, 'error', 'innerError', 'request-id'));
    expect(outcome(await graph(`/v1.0/users/${alex}`, { app: 'blind' }))).toBe('403 Authorization_RequestDenied');
  });

  it('only an administrator changes a group', async () => {
    const target = `/v1.0/groups/${opsLeads}/members/${diego}/$ref`;
    expect(outcome(await graph(target, { user: alex }, 'DELETE'))).toBe('403 Authorization_RequestDenied');
    expect(outcome(await graph(target, { app: 'pim-bot' }, 'DELETE'))).toBe('403 Authorization_RequestDenied');
    expect((await graph(target, { user: nestor }, 'DELETE')).status).toBe(204);
    expect(outcome(await graph(target, { user: nestor }, 'DELETE'))).toBe('404 Request_ResourceNotFound');
    const token = await client.token({ user: nestor }, graphAudience);
    const add = async (id: string): Promise<string> =>
      outcome(await client.send(`/v1.0/groups/${opsLeads}/members/$ref`, { method: 'POST', token, body: { '@odata.id': `https://graph.microsoft.com/v1.0/users/${id}` } }));
    expect(await add(alex)).toBe('204');
    expect(await add(alex)).toBe('400 BadRequest');
    expect(await add('nobody')).toBe('404 Request_ResourceNotFound');
    expect(ids(await graph(`/v1.0/groups/${opsLeads}/members`))).toEqual([megan, alex]);
  });
});

describe('what is not there', () => {
  it.each([
    [`/v1.0/users/${opsLeads}`, '404 Request_ResourceNotFound'],
    [`/v1.0/groups/${alex}`, '404 Request_ResourceNotFound'],
    [`/v1.0/groups/${alex}/transitiveMembers`, '404 Request_ResourceNotFound'],
    ['/v1.0/planets', '404 ResourceNotFound'],
    ['/beta', '404 ResourceNotFound'],
    [`/v1.0/groups/${opsLeads}/members?$filter=colour eq 'x'`.replaceAll(' ', '%20'), '400 BadRequest'],
    [`/v1.0/groups/${opsLeads}/members?$search=x`, '400 BadRequest'],
    [`/v1.0/users/${alex}?$select=colour`, '400 BadRequest'],
  ])('%s → %s', async (target, expected) => {
    expect(outcome(await graph(target))).toBe(expected);
  });

  it('a wrong method is told', async () => {
    expect(outcome(await graph(`/v1.0/users/${alex}`, { user: nestor }, 'DELETE'))).toBe('405 Request_BadRequest');
  });
});
