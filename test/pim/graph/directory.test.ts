import { describe, expect, it } from 'vitest';
import { expandApprovers } from '../../../src/pim/graph/approvers.ts';
import type { AzureClient } from '../../../src/pim/http/azure-client.ts';
import { createRawClient } from '../../../src/pim/http/azure-client.ts';
import type { Approver } from '../../../src/pim/model.ts';
import { answerJson, startWireServer } from '../http/wire-server.ts';
import type { Answer, WireServer } from '../http/wire-server.ts';

type Member = Readonly<Record<string, unknown>>;

const user = (id: string, change: Member = {}): Member => ({
  '@odata.type': '#microsoft.graph.user', id, displayName: `Name of ${id}`, userPrincipalName: `${id}@contoso.example`,
  accountEnabled: true, userType: 'Member', ...change,
});
const group = (id: string): Approver => ({ id, kind: 'group', name: id });
const single = (id: string): Approver => ({ id, kind: 'user', name: id });

/** A directory that answers for the groups and users given, and with 404 for all else. */
function directory(entries: Readonly<Record<string, readonly Member[] | Member | Answer>>): Answer {
  return (request, response) => {
    const id = /^\/v1\.0\/(?:users|groups)\/([^/?]+)/.exec(request.url)?.[1] ?? '';
    const entry = entries[id];
    if (typeof entry === 'function') entry(request, response);
    else if (entry === undefined) answerJson(response, 404, { error: { code: 'Request_ResourceNotFound', message: '' } });
    else answerJson(response, 200, Array.isArray(entry) ? { value: entry } : entry);
  };
}

function graphAt(server: WireServer): AzureClient {
  return createRawClient({
    endpoint: server.origin,
    caPem: server.caPem,
    credential: { getToken: () => Promise.resolve({ token: 'bot', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    credentialScopes: 'https://graph.microsoft.com/.default',
    timeoutMs: 2000,
  });
}

const refusal = (status: number, code: string): Answer => (_, response) => { answerJson(response, status, { error: { code, message: '' } }); };

describe('expandApprovers', () => {
  it('names each person once, by name, from users and groups', async () => {
    await using server = await startWireServer(directory({
      u1: user('u1', { displayName: 'Zoe' }),
      leads: [user('u2', { displayName: 'Adele' }), user('U1', { displayName: 'Zoe' })],
    }));
    const { people, unreadable } = await expandApprovers(graphAt(server), [single('u1'), group('leads')]);
    expect(people.map(({ name }) => name)).toEqual(['Adele', 'Zoe']);
    expect(people[0]).toEqual({ id: 'u2', name: 'Adele', userPrincipalName: 'u2@contoso.example' });
    expect(unreadable).toEqual([]);
  });

  // Guard: memberOf in src/pim/graph/directory.ts.
  it.each([
    ['a guest', { userType: 'Guest' }], ['a disabled person', { accountEnabled: false }], ['a person of unknown type', { userType: null }],
  ])('promise 9: %s never counts, alone or in a group', async (_, change) => {
    await using server = await startWireServer(directory({ u1: user('u1', change), leads: [user('u2', change), user('u3')] }));
    const { people } = await expandApprovers(graphAt(server), [single('u1'), group('leads')]);
    expect(people.map(({ id }) => id)).toEqual(['u3']);
  });

  // Guard: memberOf in src/pim/graph/directory.ts.
  it('promise 9: people of whom the directory tells nothing but the id make the entry unreadable', async () => {
    const bare = (id: string): Member => ({ '@odata.type': '#microsoft.graph.user', id, displayName: null, accountEnabled: null, userType: null });
    await using server = await startWireServer(directory({ u1: bare('u1'), leads: [bare('u2')], open: [user('u3')] }));
    const { people, unreadable } = await expandApprovers(graphAt(server), [single('u1'), group('leads'), group('open')]);
    expect(people.map(({ id }) => id)).toEqual(['u3']);
    expect(unreadable).toEqual([single('u1'), group('leads')].map((approver) => ({ approver, passing: false })));
  });

  it('passes over devices, applications and the groups inside a group', async () => {
    await using server = await startWireServer(directory({
      leads: [{ '@odata.type': '#microsoft.graph.group', id: 'g' }, { '@odata.type': '#microsoft.graph.device', id: 'd' }, user('u1')],
    }));
    expect((await expandApprovers(graphAt(server), [group('leads')])).people.map(({ id }) => id)).toEqual(['u1']);
  });

  it('counts nobody for a user who does not exist', async () => {
    await using server = await startWireServer(directory({}));
    expect(await expandApprovers(graphAt(server), [single('gone')])).toEqual({ people: [], unreadable: [] });
  });

  // Guard: expandApprovers in src/pim/graph/approvers.ts.
  it.each([
    ['gone', refusal(404, 'Request_ResourceNotFound'), false], ['closed to us', refusal(403, 'Authorization_RequestDenied'), false],
    ['faulty', refusal(500, ''), true], ['not told as a list', (_, response) => { answerJson(response, 200, {}); }, true],
  ] satisfies [string, Answer, boolean][])('promise 24: a group that is %s counts nobody, is named, and does not silence the others', async (_, answer, passing) => {
    await using server = await startWireServer(directory({ closed: answer, open: [user('u1')] }));
    const { people, unreadable } = await expandApprovers(graphAt(server), [group('closed'), group('open')]);
    expect(people.map(({ id }) => id)).toEqual(['u1']);
    expect(unreadable).toEqual([{ approver: group('closed'), passing }]);
  });

  it('reads a group to its last page, and asks for 999 at a time', async () => {
    const page = (members: readonly Member[], next?: string): Answer => (_, response) => {
      answerJson(response, 200, { value: members, ...(next === undefined ? {} : { '@odata.nextLink': next }) });
    };
    await using server = await startWireServer((request, response) => {
      const last = request.url.includes('skiptoken');
      page([user(last ? 'u2' : 'u1')], last ? undefined : `${server.origin}${request.url}&$skiptoken=1`)(request, response);
    });
    expect((await expandApprovers(graphAt(server), [group('leads')])).people).toHaveLength(2);
    expect(server.seen[0]?.url).toContain('$top=999');
  });

  // Guard: ownOriginPolicy in src/pim/http/azure-pipeline.ts.
  it('sends its token to no other host, whatever the next page is said to be', async () => {
    await using other = await startWireServer((_, response) => { answerJson(response, 200, { value: [user('intruder')] }); });
    await using server = await startWireServer((_, response) => {
      answerJson(response, 200, { value: [user('u1')], '@odata.nextLink': `${other.origin}/v1.0/next` });
    });
    expect((await expandApprovers(graphAt(server), [group('leads')])).people).toEqual([]);
    expect(other.seen).toHaveLength(0);
  });

  it('keeps an id inside its place in the path', async () => {
    await using server = await startWireServer(directory({}));
    await expandApprovers(graphAt(server), [single('../groups?x=1'), group('a/b')]);
    const paths = new Set(server.seen.map(({ url }) => url.split('?')[0]));
    expect(paths).toEqual(new Set(['/v1.0/groups/a%2Fb/transitiveMembers', '/v1.0/users/..%2Fgroups%3Fx%3D1']));
  });
});
