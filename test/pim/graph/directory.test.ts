import { describe, expect, it } from 'vitest';
import { expandApprovers } from '../../../src/pim/graph/approvers.ts';
import type { Approver } from '../../../src/pim/model.ts';
import { answerJson, startWireServer } from '../http/wire-server.ts';
import { list, refusal, startGraph } from './graph-stand-in.ts';
import type { GraphReply, Routes } from './graph-stand-in.ts';

type Member = Readonly<Record<string, unknown>>;

const user = (id: string, change: Member = {}): Member => ({
  '@odata.type': '#microsoft.graph.user', id, displayName: `Name of ${id}`, userPrincipalName: `${id}@contoso.example`,
  accountEnabled: true, userType: 'Member', ...change,
});
const group = (id: string): Approver => ({ id, kind: 'group', name: id });
const single = (id: string): Approver => ({ id, kind: 'user', name: id });

/** A directory that answers for the groups and users given, and with 404 for all else. */
function directory(entries: Readonly<Record<string, readonly Member[] | Member | GraphReply>>): Routes {
  return Object.fromEntries(Object.entries(entries).flatMap(([id, entry]) => {
    const reply = isReply(entry) ? entry : { status: 200, body: Array.isArray(entry) ? { value: entry } : entry };
    return [[`GET /users/${id}`, reply], [`GET /groups/${id}/transitiveMembers`, reply]];
  }));
}

function isReply(entry: readonly Member[] | Member | GraphReply): entry is GraphReply {
  return 'status' in entry;
}

const unknown = (id: string): Approver => ({ id, kind: 'unknown', name: id });
const refused = (status: number, code: string): GraphReply => ({ status, body: refusal(code, '') });

describe('expandApprovers', () => {
  it('an id that may be either is the person or the group that it is, and a fault where it is neither', async () => {
    await using graph = await startGraph({
      'GET /users/u1': { status: 200, body: user('u1') },
      'GET /groups/g1/transitiveMembers': { status: 200, body: { value: [user('u2')] } },
      'GET /groups/g2/transitiveMembers': refused(403, 'Authorization_RequestDenied'),
    });
    const { people, unreadable } = await expandApprovers(graph.client(), [unknown('u1'), unknown('g1'), unknown('g2'), unknown('nobody')]);
    expect(people.map(({ id }) => id)).toEqual(['u1', 'u2']);
    expect(unreadable.map(({ approver }) => approver.id)).toEqual(['g2', 'nobody']);
  });

  it('names each person once, by name, from users and groups', async () => {
    await using graph = await startGraph(directory({
      u1: user('u1', { displayName: 'Zoe' }),
      leads: [user('u2', { displayName: 'Adele' }), user('U1', { displayName: 'Zoe' })],
    }));
    const { people, unreadable } = await expandApprovers(graph.client(), [single('u1'), group('leads')]);
    expect(people.map(({ name }) => name)).toEqual(['Adele', 'Zoe']);
    expect(people[0]).toEqual({ id: 'u2', name: 'Adele', userPrincipalName: 'u2@contoso.example' });
    expect(unreadable).toEqual([]);
  });

  // Guard: memberOf in src/pim/graph/directory.ts.
  it.each([
    ['a guest', { userType: 'Guest' }], ['a disabled person', { accountEnabled: false }], ['a person of unknown type', { userType: null }],
  ])('promise 9: %s never counts, alone or in a group', async (_, change) => {
    await using graph = await startGraph(directory({ u1: user('u1', change), leads: [user('u2', change), user('u3')] }));
    const { people } = await expandApprovers(graph.client(), [single('u1'), group('leads')]);
    expect(people.map(({ id }) => id)).toEqual(['u3']);
  });

  // Guard: memberOf in src/pim/graph/directory.ts.
  it('promise 9: people of whom the directory tells nothing but the id make the entry unreadable', async () => {
    const bare = (id: string): Member => ({ '@odata.type': '#microsoft.graph.user', id, displayName: null, accountEnabled: null, userType: null });
    await using graph = await startGraph(directory({ u1: bare('u1'), leads: [bare('u2')], open: [user('u3')] }));
    const { people, unreadable } = await expandApprovers(graph.client(), [single('u1'), group('leads'), group('open')]);
    expect(people.map(({ id }) => id)).toEqual(['u3']);
    expect(unreadable).toEqual([single('u1'), group('leads')].map((approver) => ({ approver, passing: false })));
  });

  it('passes over devices, applications and the groups inside a group', async () => {
    await using graph = await startGraph(directory({
      leads: [{ '@odata.type': '#microsoft.graph.group', id: 'g' }, { '@odata.type': '#microsoft.graph.device', id: 'd' }, user('u1')],
    }));
    expect((await expandApprovers(graph.client(), [group('leads')])).people.map(({ id }) => id)).toEqual(['u1']);
  });

  it('counts nobody for a user who does not exist', async () => {
    await using graph = await startGraph(directory({}));
    expect(await expandApprovers(graph.client(), [single('gone')])).toEqual({ people: [], unreadable: [] });
  });

  // Guard: expandApprovers in src/pim/graph/approvers.ts.
  it.each([
    ['gone', refused(404, 'Request_ResourceNotFound'), false], ['closed to us', refused(403, 'Authorization_RequestDenied'), false],
    ['faulty', refused(501, ''), true], ['not told as a list', { status: 200, body: {} }, true],
  ] satisfies [string, GraphReply, boolean][])('promise 24: a group that is %s counts nobody, is named, and does not silence the others', async (_, answer, passing) => {
    await using graph = await startGraph(directory({ closed: answer, open: [user('u1')] }));
    const { people, unreadable } = await expandApprovers(graph.client(), [group('closed'), group('open')]);
    expect(people.map(({ id }) => id)).toEqual(['u1']);
    expect(unreadable).toEqual([{ approver: group('closed'), passing }]);
  });

  it('reads a group to its last page, and asks for 999 at a time', async () => {
    await using graph = await startGraph({
      'GET /groups/leads/transitiveMembers': ({ query }) => (query.has('$skiptoken')
        ? list([user('u2')])
        : list([user('u1')], `${graph.origin}/v1.0/groups/leads/transitiveMembers?$skiptoken=1`)),
    });
    expect((await expandApprovers(graph.client(), [group('leads')])).people).toHaveLength(2);
    expect(graph.calls[0]?.query.get('$top')).toBe('999');
  });

  // Guard: ownOriginPolicy in src/pim/http/azure-pipeline.ts.
  it('promise 23: sends its token to no other host, whatever the next page is said to be', async () => {
    await using other = await startGraph({ 'GET /next': list([user('intruder')]) });
    await using graph = await startGraph({ 'GET /groups/leads/transitiveMembers': () => list([user('u1')], `${other.origin}/v1.0/next`) });
    expect((await expandApprovers(graph.client(), [group('leads')])).people).toEqual([]);
    expect(other.calls).toHaveLength(0);
  });

  it('costs one call for twenty entries', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `u${n}`);
    await using graph = await startGraph(directory(Object.fromEntries(ids.map((id) => [id, user(id)]))));
    expect((await expandApprovers(graph.client(), ids.map(single))).people).toHaveLength(20);
    expect(graph.wire.seen).toHaveLength(1);
  });

  it.each([[503, true], [401, true], [403, false]])('promise 24: nobody is counted where the whole call is answered %d, and every entry is named', async (status, passing) => {
    await using server = await startWireServer((_, response) => { answerJson(response, status, refusal('x', '')); });
    await using graph = await startGraph({});
    const entries = [single('u1'), group('leads')];
    expect(await expandApprovers(graph.client({ endpoint: server.origin, caPem: server.caPem }), entries)).toEqual({
      people: [], unreadable: entries.map((approver) => ({ approver, passing })),
    });
  });

  it('keeps an id inside its place in the path', async () => {
    await using graph = await startGraph(directory({}));
    await expandApprovers(graph.client(), [single('../groups?x=1'), group('a/b')]);
    const asked = JSON.stringify(graph.wire.seen[0]?.body);
    for (const path of ['/users/..%2Fgroups%3Fx%3D1?$select', '/groups/a%2Fb/transitiveMembers?$select']) expect(asked).toContain(path);
  });
});
