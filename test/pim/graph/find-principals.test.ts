import { describe, expect, it } from 'vitest';
import { findPrincipals } from '../../../src/pim/graph/find-principals.ts';
import { failureOf } from '../pim-world.ts';
import { list, refusal, startGraph } from './graph-stand-in.ts';
import { alex, alexObject, megan, platform } from './samples.ts';

const bare = (id: string, displayName: string | null, userPrincipalName?: string): object => ({ id, displayName, ...(userPrincipalName === undefined ? {} : { userPrincipalName }) });
const denied = { status: 403, body: refusal('Authorization_RequestDenied', '') };
const found = {
  'GET /users': list([bare(alex, 'Alex Wilber', 'alex@contoso.example'), bare(megan, null, 'megan@contoso.example')]),
  'GET /groups': list([bare(platform, 'Alex\' friends')]),
  'GET /servicePrincipals': list([bare('app', 'Alexandria')]),
};
const everybody = [
  { id: alex, name: 'Alex Wilber', kind: 'user', userPrincipalName: 'alex@contoso.example' }, { id: megan, name: 'megan@contoso.example', kind: 'user', userPrincipalName: 'megan@contoso.example' },
  { id: platform, name: 'Alex\' friends', kind: 'group' }, { id: 'app', name: 'Alexandria', kind: 'servicePrincipal' },
];

describe('who is meant', () => {
  it('is asked of people, groups and applications in one call', async () => {
    await using graph = await startGraph(found);
    expect(await findPrincipals(graph.client(), ' alex ')).toEqual(everybody);
    expect(graph.wire.seen).toHaveLength(1);
    expect(graph.calls.map(({ query }) => query.get('$filter'))).toEqual([
      "startswith(displayName,'alex') or userPrincipalName eq 'alex'", "startswith(displayName,'alex')", "startswith(displayName,'alex')",
    ]);
  });

  it('stays inside the quotation marks', async () => {
    await using graph = await startGraph(found);
    await findPrincipals(graph.client(), "o'brien') or 1 eq 1");
    expect(graph.calls[1]?.query.get('$filter')).toBe("startswith(displayName,'o''brien'') or 1 eq 1')");
  });

  it('is one by object id', async () => {
    await using graph = await startGraph({ 'POST /directoryObjects/getByIds': { status: 200, body: { value: [alexObject] } } });
    expect(await findPrincipals(graph.client(), alex.toUpperCase())).toEqual(everybody.slice(0, 1));
  });

  it('is nobody by the id of a device, by an id that there is not, and by no words', async () => {
    await using graph = await startGraph({ 'POST /directoryObjects/getByIds': ({ body }) => ({ status: 200, body: { value: JSON.stringify(body).includes(megan) ? [] : [{ '@odata.type': '#microsoft.graph.device', id: alex }] } }) });
    expect(await findPrincipals(graph.client(), alex)).toEqual([]);
    expect(await findPrincipals(graph.client(), megan)).toEqual([]);
    expect(await findPrincipals(graph.client(), '  ')).toEqual([]);
    expect(graph.calls).toHaveLength(2);
  });

  it('is found where only some sorts may be searched', async () => {
    await using graph = await startGraph({ ...found, 'GET /servicePrincipals': denied });
    expect(await findPrincipals(graph.client(), 'alex')).toEqual(everybody.slice(0, 3));
  });

  it('promise 24: is not said to be nobody where nothing may be searched, or not everything could be', async () => {
    await using closed = await startGraph({ 'GET /users': denied, 'GET /groups': denied, 'GET /servicePrincipals': denied });
    expect((await failureOf(findPrincipals(closed.client(), 'alex'))).code).toBe('notPermitted');
    await using faulty = await startGraph({ ...found, 'GET /groups': { status: 501 } });
    expect((await failureOf(findPrincipals(faulty.client(), 'alex'))).code).toBe('unavailable');
  });
});
