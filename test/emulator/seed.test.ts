import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { roundElevationDuration } from '../../src/emulator/duration.ts';
import { checkSeed, loadSeed, SeedError } from '../../src/emulator/seed-file.ts';
import { EmulatorClient, at, items, text } from './emulator-client.ts';
import { alex, contoso, development, nestor, production, rgApp, roleIds, seed } from './people.ts';

function messageOf(value: unknown): string {
  try {
    checkSeed(value);
  } catch (error) {
    if (error instanceof SeedError) {
      return error.message;
    }
    throw error;
  }
  return 'accepted';
}

const eligible = { kind: 'azure', principalId: alex, role: 'Reader', scope: production };
const settings = { kind: 'azure', role: 'Reader', scope: production, settings: {} };
const deployer = { kind: 'azure', name: 'Deployer', actions: ['Microsoft.Web/sites/*'], assignableScopes: [production] };
const nobody = '99999999-0000-4000-8000-000000000000';
const fabrikam = contoso.replace('contoso', 'fabrikam');

describe('a wrong seed names the place and what was expected', () => {
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['nothing', {}, 'tenantId: expected a value, found none; people: expected a value, found none'],
    ['a list', [], 'the seed itself: expected an object, found a list.'],
    ['an id that is no GUID', { ...seed, tenantId: 'contoso' }, 'tenantId: expected a GUID, found "contoso".'],
    ['a person without a name', { ...seed, people: [{ id: alex, userPrincipalName: 'a@b' }] }, 'people[0].name: expected a value, found none'],
    ['a member that is not known', { ...seed, peoples: [] }, 'peoples: expected no such member, only tenantId, people, groups,'],
    ['an unknown kind', { ...seed, eligible: [{ ...eligible, kind: 'gcp' }] }, 'eligible[0].kind: expected "azure", "entra" or "group", found "gcp".'],
    ['no kind', { ...seed, eligible: [{ ...eligible, kind: undefined }] }, 'is wrong: eligible[0].kind: expected "azure", "entra" or "group", found none.'],
    ['a text instead of true', { ...seed, people: [{ ...seed.people[0], accountEnabled: 'yes' }] }, 'people[0].accountEnabled: expected true or false, found "yes".'],
    ['a path that is no scope', { ...seed, scopes: [{ id: '/subscriptions/production' }] }, 'scopes[0].id: expected the path of a management group, subscription, resource group or resource'],
    ['a time that is none', { ...seed, eligible: [{ ...eligible, end: 'tomorrow' }] }, 'eligible[0].end: expected a time such as 2026-01-31T08:00:00Z'],
    ['a duration that is none', { ...seed, settings: [{ ...settings, settings: { elevationDuration: '2h' } }] }, 'settings[0].settings.elevationDuration: expected an ISO 8601 duration such as PT2H, found "2h".'],
    ['a user type that is none', { ...seed, people: [{ ...seed.people[0], userType: 'Friend' }] }, 'people[0].userType: expected "Member" or "Guest", found "Friend".'],
    ['an id used twice', { ...seed, groups: [{ id: alex, name: 'x', members: [] }] }, `groups[0].id: expected an id of its own, ${alex} is used twice`],
    ['a user principal name used twice', { ...seed, people: [...seed.people, { id: nobody, name: 'x', userPrincipalName: 'ALEX@contoso.example' }] }, 'people[7].userPrincipalName: expected a name of its own, ALEX@contoso.example is used twice'],
    ['an eligibility listed twice', { ...seed, eligible: [eligible, { ...eligible, role: 'READER', principalId: alex.toUpperCase() }] }, 'eligible[1]: expected an eligibility that is not listed yet'],
    ['settings listed twice', { ...seed, settings: [settings, { ...settings, role: 'reader', scope: production.toUpperCase() }] }, 'settings[1]: expected one entry for a role at a scope'],
    ['an unknown member of a group', { ...seed, groups: [{ id: nobody, name: 'x', members: [nobody.replace('9', '8')] }] }, 'groups[0].members[0]: expected the id of a person, group or app'],
    ['a role of its own without a kind', { ...seed, roles: [{ name: 'Deployer' }] }, 'roles[0].kind: expected a value, found none'],
    ['a role of its own of groups', { ...seed, roles: [{ ...deployer, kind: 'group' }] }, 'roles[0].kind: expected "azure" or "entra", found "group".'],
    ['a role of its own that allows nothing', { ...seed, roles: [{ kind: 'azure', name: 'Deployer', assignableScopes: [production] }] }, 'roles[0].actions: expected a value, found none.'],
    ['a role of its own with an action that is none', { ...seed, roles: [{ ...deployer, actions: ['deploy the shop'] }] }, 'roles[0].actions[0]: expected an action such as Microsoft.Web/sites/read or Microsoft.Web/*, found "deploy the shop".'],
    ['a role of its own for nowhere', { ...seed, roles: [{ ...deployer, assignableScopes: [] }] }, 'roles[0].assignableScopes: expected a list of the scopes at and below which the role can be held, found a list.'],
    ['a role of its own for everywhere', { ...seed, roles: [{ ...deployer, assignableScopes: ['/'] }] }, 'roles[0].assignableScopes[0]: expected the path of a management group, subscription, resource group or resource, such as /subscriptions/{guid}, found "/".'],
    ['a role of its own for a scope that is not listed', { ...seed, roles: [{ ...deployer, assignableScopes: [production, fabrikam] }] }, `roles[0].assignableScopes[1]: expected a scope that is listed in scopes, found ${fabrikam}.`],
    ['actions of a directory role', { ...seed, roles: [{ ...deployer, kind: 'entra' }] }, 'roles[0].actions: expected no such member, only kind, id, name, description'],
    ['a built-in role again', { ...seed, roles: [{ ...deployer, name: 'owner' }] }, 'roles[0].name: expected a name that no built-in Azure role has, found owner.'],
    ['a built-in directory role again', { ...seed, roles: [{ kind: 'entra', name: 'Global Reader' }] }, 'roles[0].name: expected a name that no built-in directory role has, found Global Reader.'],
    ['the id of a built-in role', { ...seed, roles: [{ ...deployer, id: roleIds.Owner.toUpperCase() }] }, 'roles[0].id: expected an id that no built-in role has, found '],
    ['a role of its own listed twice', { ...seed, roles: [deployer, { ...deployer, name: 'DEPLOYER' }] }, 'roles[1].name: expected a name of its own, azure DEPLOYER is used twice'],
    ['an id of two roles', { ...seed, roles: [{ ...deployer, id: nobody }, { kind: 'entra', name: 'Clerk', id: nobody }] }, `roles[1].id: expected an id of its own, ${nobody} is used twice`],
    ['a role of its own outside its scopes', { ...seed, roles: [deployer], eligible: [{ ...eligible, role: 'Deployer', scope: development }] }, `eligible[0].scope: expected a scope at or below the assignableScopes of Deployer, found ${development}.`],
    ['an app with a role outside its scopes', { ...seed, roles: [deployer], apps: [{ id: nobody, name: 'x', roles: [{ role: 'deployer', scope: '/' }] }] }, 'apps[0].roles[0].scope: expected a scope at or below the assignableScopes of Deployer, found /.'],
    ['a role of its own as one of another kind', { ...seed, roles: [deployer], eligible: [{ ...eligible, kind: 'entra', role: 'Deployer', scope: '/' }] }, 'found Deployer, which is a role of kind "azure".'],
    ['an unknown role', { ...seed, eligible: [{ ...eligible, role: 'Raeder' }] }, 'eligible[0].role: expected the name of a built-in Azure role such as Owner, Contributor or Reader, or of one that is listed in roles, found Raeder.'],
    ['a role of another kind', { ...seed, eligible: [{ ...eligible, role: 'User Administrator' }] }, 'found User Administrator, which is a role of kind "entra".'],
    ['a scope that is not listed', { ...seed, eligible: [{ ...eligible, scope: `${production}/resourceGroups/rg-none` }] }, 'eligible[0].scope: expected a scope that is listed in scopes, found '],
    ['an unknown principal', { ...seed, eligible: [{ ...eligible, principalId: nobody }] }, 'eligible[0].principalId: expected the id of a person or group'],
    ['an unknown group to be eligible for', { ...seed, eligible: [{ ...eligible, kind: 'group', role: 'member', scope: alex }] }, 'eligible[0].scope: expected the id of a group'],
    ['an end before the start', { ...seed, eligible: [{ ...eligible, start: '2026-02-01T00:00:00Z', end: '2026-01-01T00:00:00Z' }] }, 'eligible[0].end: expected a time after the start'],
    ['approval without approvers', { ...seed, settings: [{ ...settings, settings: { approvalOnElevation: true } }] }, 'settings[0].settings.approverIds: expected at least one approver'],
    ['an unknown approver', { ...seed, settings: [{ ...settings, settings: { approverIds: [nobody] } }] }, 'settings[0].settings.approverIds[0]: expected the id of a person or group'],
    ['a duration out of range', { ...seed, settings: [{ ...settings, settings: { elevationDuration: 'PT10M' } }] }, 'settings[0].settings.elevationDuration: expected PT30M to P3DT2H once rounded, found PT10M'],
    ['MFA beside a context', { ...seed, settings: [{ ...settings, settings: { mfaOnElevation: true }, authenticationContext: 'c1' }] }, 'settings[0].authenticationContext: expected none beside mfaOnElevation (MfaAndAcrsConflict)'],
    ['a parent that is no management group', { ...seed, scopes: [{ id: production, parent: contoso }] }, `scopes[0].parent: expected a management group that is listed in scopes, found ${contoso}`],
    ['a parent of a resource group', { ...seed, scopes: [{ id: rgApp, parent: contoso }] }, 'scopes[0].parent: expected none, as the path of '],
    ['management groups in a circle', { ...seed, scopes: [{ id: contoso, parent: fabrikam }, { id: fabrikam, parent: contoso }] }, `scopes[0].parent: expected a management group that does not itself lie in ${contoso}, found ${fabrikam}`],
    ['a scope listed twice', { ...seed, scopes: [{ id: production }, { id: production.toUpperCase(), name: 'Prod' }] }, 'scopes[1].id: expected a scope of its own'],
    ['an app name used twice', { ...seed, apps: [...(seed.apps ?? []), { id: nobody, name: 'PIM-bot' }] }, 'apps[2].name: expected a name of its own'],
    ['settings of a directory role in an administrative unit', { ...seed, settings: [{ ...settings, kind: 'entra', role: 'User Administrator', scope: `/administrativeUnits/${nobody}` }] }, 'settings[0].scope: expected "/", as a directory role has its settings for the whole directory'],
    ['an app with an unknown role', { ...seed, apps: [{ id: nobody, name: 'x', roles: [{ role: 'King', scope: '/' }] }] }, 'apps[0].roles[0].role: expected the name of a built-in Azure role'],
    ['an administrator of Azure without a scope', { ...seed, administrators: [{ principalId: nestor }] }, 'administrators[0].scope: expected a value, found none.'],
    ['an administrator of groups', { ...seed, administrators: [{ kind: 'group', principalId: nestor, scope: '/' }] }, 'administrators[0].kind: expected "azure" or "entra", found "group".'],
    ['an administrator with an unknown directory role', { ...seed, administrators: [{ kind: 'entra', principalId: nestor, role: 'Reader' }] }, 'administrators[0].role: expected the name of a built-in directory role such as User Administrator, or of one that is listed in roles, found Reader, which is a role of kind "azure"'],
    ['an unknown directory role', { ...seed, settings: [{ ...settings, kind: 'entra', role: 'Contributor', scope: '/' }] }, 'settings[0].role: expected the name of a built-in directory role'],
    ['an Azure scope for a directory role', { ...seed, eligible: [{ ...eligible, kind: 'entra', role: 'User Administrator' }] }, 'eligible[0].scope: expected "/" or the path of an administrative unit'],
    ['an unknown owner of a group', { ...seed, groups: [{ id: nobody, name: 'x', members: [], owners: [nobody.replace('9', '8')] }] }, 'groups[0].owners[0]: expected the id of a person, group or app'],
    ['an assignment to nobody', { ...seed, assigned: [{ ...eligible, principalId: nobody }] }, 'assigned[0].principalId: expected the id of a person, group or app'],
    ['an assignment listed twice', { ...seed, assigned: [eligible, { ...eligible, end: '2099-01-01T00:00:00Z' }] }, 'assigned[1]: expected one assignment of a role at a scope to one principal'],
    ['an administrative unit without a name', { ...seed, administrativeUnits: [{ id: nobody }] }, 'administrativeUnits[0].name: expected a value, found none'],
    ['an administrator of nowhere', { ...seed, administrators: [{ principalId: nestor, scope: '/subscriptions/00000000-0000-4000-8000-000000000000' }] }, 'administrators[0].scope: expected a scope that is listed in scopes'],
  ];

  it.each(wrong)('%s', (_title, value, message) => {
    expect(messageOf(value)).toContain(message);
  });

  it('a file may begin with a byte-order mark', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pim-seed-'));
    const file = path.join(folder, 'seed.json');
    writeFileSync(file, `\uFEFF${JSON.stringify(seed)}`);
    expect(loadSeed(file)).toEqual(seed);
    rmSync(folder, { recursive: true });
  });

  it('a file that is missing or no JSON is named', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pim-seed-'));
    const file = path.join(folder, 'seed.json');
    expect(() => loadSeed(file)).toThrow(`There is no seed file at ${file}.`);
    writeFileSync(file, '{ not json');
    expect(() => loadSeed(file)).toThrow(`The seed ${file} is not JSON`);
    writeFileSync(file, '{}');
    expect(() => loadSeed(file)).toThrow(`${file} is wrong: tenantId`);
    expect(() => loadSeed(folder)).toThrow(`The seed ${folder} cannot be read: EISDIR`);
    expect(() => loadSeed('nowhere.json')).toThrow(`There is no seed file at ${path.resolve('nowhere.json')}.`);
    rmSync(folder, { recursive: true });
  });
});

describe('a right seed', () => {
  it('is the one of these tests, and the one of the embedded stack', () => {
    expect(messageOf(seed)).toBe('accepted');
    const local = loadSeed(path.resolve(import.meta.dirname, '../../env/local.seed.json'));
    expect(local.people.map(({ name }) => name)).toContain('Alex Wilber');
  });

  it('needs no more than a tenant and people', () => {
    expect(messageOf({ tenantId: seed.tenantId, people: [] })).toBe('accepted');
  });

  it('scopes are taken in any case, and answered as Azure writes them', async () => {
    const shout = (scope: string): string => scope.toUpperCase();
    await using client = await EmulatorClient.start({
      seed: checkSeed({
        tenantId: seed.tenantId,
        people: seed.people,
        scopes: [{ id: contoso.toLowerCase() }, { id: shout(rgApp) }, { id: shout(production), parent: shout(contoso) }],
        administrators: [{ principalId: nestor, scope: contoso }],
        eligible: [{ ...eligible, scope: rgApp.toLowerCase() }],
      }),
    });
    const [listed] = items(await client.person(alex).list('', 'roleEligibilityScheduleInstances', 'asTarget()'));
    expect(text(listed, 'properties', 'scope')).toMatch(/^\/subscriptions\/[^/]+\/resourceGroups\/RG-APP$/);
    expect(text(listed, 'properties', 'roleDefinitionId')).toMatch(/^\/subscriptions\//);
    expect(items(await client.person(nestor).list(contoso, 'roleEligibilityScheduleInstances'))).toHaveLength(1);
  });

  it('a resource group brings its subscription, and a subscription lies under the first management group', async () => {
    await using client = await EmulatorClient.start({
      seed: {
        tenantId: seed.tenantId,
        people: seed.people,
        scopes: [{ id: rgApp }, { id: contoso }],
        administrators: [{ principalId: nestor, scope: contoso }],
        eligible: [{ kind: 'azure', principalId: alex, role: 'Reader', scope: production }],
      },
    });
    expect(items(await client.person(nestor).list(rgApp, 'roleEligibilityScheduleInstances'))).toHaveLength(1);
  });

  it('an eligibility outside its time is not there', async () => {
    const entries = [{ start: '2099-01-01T00:00:00Z' }, { end: '2001-01-01T00:00:00Z' }, { start: '2001-01-01T00:00:00Z', end: '2099-01-01T00:00:00Z' }];
    const timed = entries.map((time) => ({ kind: 'azure' as const, principalId: alex, role: 'Reader', scope: production, ...time }));
    await using client = await EmulatorClient.start({ seed: { ...seed, eligible: timed } });
    const listed = items(await client.person(alex).list('', 'roleEligibilityScheduleInstances', 'asTarget()'));
    expect(listed.map((item) => [text(item, 'properties', 'startDateTime'), at(item, 'properties', 'endDateTime')])).toEqual([
      ['2001-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'],
    ]);
  });
});

describe('elevationDuration', () => {
  it.each([
    ['PT29M', 30], ['PT15M', 30], ['PT14M', null], ['PT44M', 30], ['PT45M', 60], ['PT2H', 120], ['PT1H14M', 60], ['PT1H59M', 120],
    ['P3DT2H', 74 * 60], ['P3DT2H14M', 74 * 60], ['P3DT2H15M', null], ['PT0S', null], ['soon', null],
  ])('%s comes to %s minutes', (duration, minutes) => {
    expect(roundElevationDuration(duration)).toBe(minutes);
  });
});
