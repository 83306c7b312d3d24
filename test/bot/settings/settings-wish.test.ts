import { expect, test } from 'vitest';
import { findWishes, weighWishes, wishFor } from '../../../src/bot/settings/settings-wish.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { Role, Scope } from '../../../src/pim/model.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { parseSettings, type SettingsEntry } from '../../../src/pim/settings/parse-settings-file.ts';
import { printSettingsFile } from '../../../src/pim/settings/print-settings-file.ts';
import type { RolePolicy } from '../../../src/pim/settings/role-policy.ts';
import { policy } from '../../cards/every-settings-card.ts';
import { app, createStandIn, megan, production, web, whole } from '../stand-in.ts';

// A file with every role of its scopes, as `settings export` gives it. Guards: `findWishes`, `placeOf` and `weighWishes` (src/bot/settings/settings-wish.ts).

const roleNames = Array.from({ length: 400 }, (_, index) => `Role ${index}`);
const roleAt = (scope: Scope, name: string): Role => ({ definitionId: `${scope.id}/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-4000-8000-${name.slice(5).padStart(12, '0')}`, name });
const policiesAt = (scope: Scope): readonly RolePolicy[] => roleNames.map((name) => policy({ role: roleAt(scope, name), scope, source: { scope, lastModifiedBy: null, lastModifiedAt: null } }));

interface Pim {
  readonly user: PimUser;
  readonly calls: string[];
}

async function pimWith(list: (scope: Scope) => readonly RolePolicy[]): Promise<Pim> {
  await using standIn = await createStandIn();
  const silent = await standIn.parts.signIn.pimOf(megan.id);
  const calls: string[] = [];
  const called = (what: string): void => { calls.push(what); };
  return {
    calls,
    user: {
      ...silent,
      assignments: { ...silent.assignments, findScopes: async () => whole(production, app, web), findRoles: async (scope, words) => { called(`roles of ${scope.name}`); return roleNames.filter((name) => words === '' || name === words).map((name) => roleAt(scope, name)); } },
      settings: {
        ...silent.settings,
        list: async ({ scopes = [] } = {}) => { called(`list ${scopes.map(({ name }) => name).join()}`); return whole(...scopes.flatMap((scope) => list(scope))); },
        read: async (role, scope) => { called(`read ${role.name}`); return policy({ role, scope, source: { scope, lastModifiedBy: null, lastModifiedAt: null } }); },
        findApprovers: async (ids) => ids.map((id) => ({ id, kind: 'user', name: 'Somebody' })),
      },
    },
  };
}

function entriesOf(json: string): readonly SettingsEntry[] {
  const read = parseSettings(json);
  if (!read.ok || read.form !== 'roles') throw new Error('no file of roles');
  return read.entries;
}

test('a whole export costs one listing for each scope, and what is the same is left alone', async () => {
  const pim = await pimWith(policiesAt);
  const file = printSettingsFile([production, app, web].flatMap(policiesAt));
  const wishes = await findWishes(pim.user, entriesOf(file.replace('"PT2H"', '"PT3H"')));
  if (wishes?.ok !== true) throw new Error('not found');
  expect(wishes.items).toHaveLength(1_200);
  expect(pim.calls.toSorted()).toEqual(['list Production', 'list rg-app', 'list rg-web']);
  expect(await weighWishes(pim.user, wishes.items)).toMatchObject({ roles: [{ change: { elevationDuration: 'PT3H' }, outcome: null }], unchanged: 1_199 });
});

test('a role alone at its scope is read alone, and so is what a listing does not have', async () => {
  const pim = await pimWith((scope) => policiesAt(scope).slice(1));
  const file = printSettingsFile([...policiesAt(app).slice(0, 3), ...policiesAt(web).slice(7, 8)]);
  expect(await findWishes(pim.user, entriesOf(file))).toMatchObject({ ok: true, items: { length: 4 } });
  expect(pim.calls).toEqual(expect.arrayContaining(['list rg-app', 'read Role 0', 'read Role 7']));
  expect(pim.calls).toHaveLength(5);
});

test('a role is found by its name where the file has no id', async () => {
  const pim = await pimWith(policiesAt);
  const entry = (role: string, scope: Scope): object => ({ kind: 'azure', role, scope: scope.id, settings: {} });
  const wishes = await findWishes(pim.user, entriesOf(JSON.stringify({ roles: [entry('role 5', app), entry('Role 6', app), entry('Role 600', app)] })));
  expect(wishes).toMatchObject({ ok: false, faults: [{ field: 'roles[2].settings', reason: { code: 'roleUnknown', role: 'Role 600' } }] });
});

test('a scope that cannot be listed is a fault of each of its roles, and no role is asked for alone', async () => {
  const pim = await pimWith(() => { throw new PimError('notPermitted', 'may not'); });
  const wishes = await findWishes(pim.user, entriesOf(printSettingsFile(policiesAt(app))));
  expect(wishes).toMatchObject({ ok: false, faults: { length: 400, 0: { reason: { code: 'unread', why: 'notPermitted' } } } });
  expect(pim.calls).toEqual(['list rg-app']);
});

test('too many scopes, and too many roles that no listing has, are asked of nobody', async () => {
  const pim = await pimWith(() => []);
  const scopes = Array.from({ length: 101 }, (_, index): Scope => ({ id: `${production.id}/resourceGroups/rg-${index}`, name: `rg-${index}`, type: 'resourceGroup' }));
  expect(await findWishes(pim.user, entriesOf(printSettingsFile(scopes.flatMap((scope) => policiesAt(scope).slice(0, 2)))))).toBeNull();
  expect(pim.calls).toEqual([]);
  expect(await findWishes(pim.user, entriesOf(printSettingsFile(policiesAt(app).slice(0, 101))))).toBeNull();
  expect(pim.calls).toEqual(['list rg-app']);
});

test('an id that is no user and no group is told by its own line and its place in the list, as one that is no object id', async () => {
  const pim = await pimWith(policiesAt);
  const [known, stranger, other] = ['a1e00000-0000-4000-8000-000000000002', 'FFE00000-0000-4000-8000-000000000002', 'B0E00000-0000-4000-8000-000000000001'];
  const json = (second: string): string => `{
  "approvalOnElevation": true,
  "approverIds": [
    "${known}",
    "${second}",
    "${other}"
  ]
}`;
  const read = parseSettings(json(stranger));
  if (!read.ok || read.form !== 'settings') throw new Error('not read');
  const wishes = await wishFor(pim.user, { role: roleAt(app, 'Role 1'), scope: app }, read.settings);
  if (!wishes.ok) throw new Error('not found');
  const user: PimUser = { ...pim.user, settings: { ...pim.user.settings, findApprovers: async () => [{ id: known, kind: 'user', name: 'Megan Bowen' }] } };
  expect(await weighWishes(user, wishes.items)).toEqual({ faults: [
    { field: 'approverIds[1]', at: { line: 5, column: 5 }, reason: { code: 'approverUnknown', id: stranger.toLowerCase() } },
    { field: 'approverIds[2]', at: { line: 6, column: 5 }, reason: { code: 'approverUnknown', id: other.toLowerCase() } },
  ] });
  expect(parseSettings(json('nobody'))).toMatchObject({ faults: [{ field: 'approverIds[1]', at: { line: 5, column: 5 }, reason: { code: 'notAnObjectId' } }] });
});

test('what is wrong with a role that stays as it is stands in nobody\'s way', async () => {
  const nobody = (scope: Scope): readonly RolePolicy[] => policiesAt(scope).slice(0, 2).map((one) => ({ ...one, settings: { ...one.settings, approverIds: [] }, source: { ...one.source, scope: production } }));
  const pim = await pimWith(nobody);
  const wishes = await findWishes(pim.user, entriesOf(printSettingsFile(nobody(app))));
  if (wishes?.ok !== true) throw new Error('not found');
  expect(await weighWishes(pim.user, wishes.items)).toEqual({ roles: [], approvers: [], unchanged: 2 });
});
