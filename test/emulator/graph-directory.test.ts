import type { Client } from '@microsoft/microsoft-graph-client';
import { GraphError } from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { EmulatorClient, at, text } from './emulator-client.ts';
import type { Subject } from './emulator-client.ts';
import { graphClient } from './graph-client.ts';
import { alex, bot, diego, lee, megan, nestor, onCall, opsLeads, platform, seed } from './people.ts';

/** The directory through Microsoft's own Graph client. */

const sales = '99999999-0000-4000-8000-000000000001';
const directorySeed: Seed = {
  ...seed,
  apps: [...(seed.apps ?? []), { id: '99999999-0000-4000-8000-000000000002', name: 'reader', permissions: ['Directory.Read.All'] }],
  assigned: [{ kind: 'group', principalId: nestor, role: 'member', scope: opsLeads, end: '2099-01-01T00:00:00Z' }],
  administrativeUnits: [{ id: sales, name: 'Sales' }],
};

let control: EmulatorClient;
beforeAll(async () => {
  control = await EmulatorClient.start({ seed: directorySeed, pageSize: 3 });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const as = (subject: Subject): Client => graphClient(control, subject);
const person = (user: string): Client => as({ user });

function idsIn(body: unknown): readonly string[] {
  const value = at(body, 'value');
  return Array.isArray(value) ? value.map((item: unknown) => text(item, 'id')) : [];
}

/** `403 Authorization_RequestDenied`, or the status alone. */
async function failure(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error('it was answered'),
    (reason: unknown) => reason,
  );
  return error instanceof GraphError ? `${error.statusCode} ${error.code}` : String(error);
}

describe('people', () => {
  it.each([
    ["userPrincipalName eq 'ALEX@contoso.example'", [alex]],
    ["startswith(displayName,'Meg')", [megan]],
    [`id eq '${lee}'`, [lee]],
    [`id eq '${lee}' or id eq '${alex}'`, [alex, lee]],
    ["startswith(displayName,'N') and userType eq 'Member'", [nestor]],
    ["displayName eq 'Nobody'", []],
  ])('are found by %s', async (filter, expected) => {
    const body: unknown = await person(alex).api('/users').filter(filter).get();
    expect(idsIn(body)).toEqual(expected);
  });

  it('are listed over several pages, each with what was selected', async () => {
    const all: unknown[] = [];
    let page: unknown = await person(alex).api('/users').select('displayName').count().get();
    expect(at(page, '@odata.count')).toBe(7);
    for (let link = at(page, '@odata.nextLink'); typeof link === 'string'; link = at(page, '@odata.nextLink')) {
      all.push(...[at(page, 'value')].flat());
      page = await person(alex).api(link).get();
    }
    all.push(...[at(page, 'value')].flat());
    expect(all).toHaveLength(7);
    expect(all[0]).toEqual({ id: alex, displayName: 'Alex Wilber' });
  });

  it('know their groups, however deep', async () => {
    const ofLee: unknown = await person(lee).api('/me/transitiveMemberOf').get();
    expect(idsIn(ofLee).toSorted()).toEqual([platform, onCall].toSorted());
    expect(at(ofLee, 'value', 0, '@odata.type')).toBe('#microsoft.graph.group');
    const ofDiego: unknown = await as({ app: bot }).api(`/users/${diego}/transitiveMemberOf/microsoft.graph.group`).get();
    expect(idsIn(ofDiego).toSorted()).toEqual([opsLeads, platform, onCall].toSorted());
    const ids: unknown = await as({ app: bot }).api(`/users/${diego}/getMemberGroups`).post({ securityEnabledOnly: true });
    expect(new Set([at(ids, 'value')].flat())).toEqual(new Set([opsLeads, platform, onCall]));
    expect(await failure(person(diego).api('/me/getMemberGroups').post({}))).toBe('400 InvalidRequestContent');
  });

  it('who becomes a member through PIM is a member to Graph, and no longer once it ends', async () => {
    const members = async (): Promise<readonly string[]> => idsIn(await person(alex).api(`/groups/${opsLeads}/members`).get());
    expect(await members()).toEqual([megan, diego, nestor]);
    expect(idsIn(await person(nestor).api('/me/transitiveMemberOf').get())).toEqual([opsLeads]);
    await control.send('/emulator/clock', { method: 'POST', body: { now: '2099-01-01T00:00:00Z' } });
    expect(await members()).toEqual([megan, diego]);
  });
});

describe('groups, applications and units', () => {
  it('groups are found by name', async () => {
    const body: unknown = await person(alex).api('/groups').filter("startswith(displayName,'O')").select('id').get();
    expect(at(body, 'value')).toEqual([{ id: opsLeads }, { id: onCall }]);
  });

  it('applications are service principals', async () => {
    const body: unknown = await as({ app: 'reader' }).api('/servicePrincipals').filter("displayName eq 'pim-bot'").get();
    expect(at(body, 'value', 0)).toMatchObject({ id: bot, appId: bot, servicePrincipalType: 'Application' });
    expect(await as({ app: 'reader' }).api(`/servicePrincipals/${bot}`).get()).toMatchObject({ displayName: 'pim-bot' });
    expect(await failure(as({ app: 'reader' }).api(`/servicePrincipals/${alex}`).get())).toBe('404 Request_ResourceNotFound');
  });

  it('administrative units are listed, and read by id', async () => {
    const body: unknown = await person(alex).api('/directory/administrativeUnits').get();
    expect(at(body, 'value')).toEqual([{ id: sales, displayName: 'Sales', description: null, visibility: null }]);
    expect(await person(alex).api(`/directory/administrativeUnits/${sales}`).get()).toMatchObject({ displayName: 'Sales' });
    expect(await failure(person(alex).api(`/directory/administrativeUnits/${alex}`).get())).toBe('404 Request_ResourceNotFound');
  });

  it('getByIds answers each once, of the types that were asked for', async () => {
    const ids = [alex, opsLeads, bot, alex.toUpperCase(), sales, 'nobody'];
    const all: unknown = await person(alex).api('/directoryObjects/getByIds').post({ ids });
    expect(idsIn(all)).toEqual([alex, opsLeads, bot, sales]);
    expect([0, 1, 2, 3].map((n) => at(all, 'value', n, '@odata.type'))).toEqual([
      '#microsoft.graph.user',
      '#microsoft.graph.group',
      '#microsoft.graph.servicePrincipal',
      '#microsoft.graph.administrativeUnit',
    ]);
    const units: unknown = await person(alex).api('/directoryObjects/getByIds').post({ ids, types: ['administrativeUnit'] });
    expect(at(units, 'value')).toEqual([{ '@odata.type': '#microsoft.graph.administrativeUnit', id: sales, displayName: 'Sales', description: null, visibility: null }]);
    const some: unknown = await person(alex).api('/directoryObjects/getByIds?$select=displayName').post({ ids, types: ['group', 'servicePrincipal'] });
    expect(at(some, 'value', 0)).toEqual({ '@odata.type': '#microsoft.graph.group', id: opsLeads, displayName: 'Ops leads' });
    expect(idsIn(some)).toEqual([opsLeads, bot]);
    expect(await failure(person(alex).api('/directoryObjects/getByIds').post({ ids: 'x' }))).toBe('400 InvalidRequestContent');
  });

  it.each(['/users', '/groups', '/servicePrincipals', '/directory/administrativeUnits', `/users/${alex}/transitiveMemberOf`])(
    '%s is refused to an application without a permission',
    async (path) => {
      expect(await failure(as({ app: 'blind' }).api(path).get())).toBe('403 Authorization_RequestDenied');
    },
  );

  it('a person reads no further than what they have delegated', async () => {
    const narrow: Subject = { user: alex, scopes: ['User.Read', 'GroupMember.Read.All'] };
    expect(await as(narrow).api('/me').get()).toMatchObject({ id: alex });
    expect(idsIn(await as(narrow).api(`/groups/${opsLeads}/members`).get())).toEqual([megan, diego, nestor]);
    expect(await failure(as(narrow).api('/users').get())).toBe('403 Authorization_RequestDenied');
  });

  it('an application reads what its permissions are for', async () => {
    expect(await failure(as({ app: bot }).api('/servicePrincipals').get())).toBe('403 Authorization_RequestDenied');
    expect(idsIn(await as({ app: bot }).api('/users').top(1).get())).toEqual([alex]);
  });
});

describe('an option that would be ignored', () => {
  it.each(['/users?$filter=surname eq \'x\'', '/users?$search="x"', '/users?$skip=1', '/users?$expand=manager', '/groups?$orderby=colour', '/me?$top=1'])(
    'is refused: %s',
    async (path) => {
      expect(await failure(person(alex).api(path).get())).toBe('400 BadRequest');
    },
  );
});
