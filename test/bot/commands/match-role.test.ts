import { expect, test } from 'vitest';
import { matchRole, withRoleNamed } from '../../../src/bot/commands/match-role.ts';
import type { Role, Scope } from '../../../src/pim/model.ts';

const held = (role: string, scope: string) => ({
  role: { definitionId: `/roleDefinitions/${role}`, name: role },
  scope: { id: `/subscriptions/1/resourceGroups/${scope}`, name: scope, type: 'resourceGroup' as const },
});
const contributorApp = held('Contributor', 'rg-app');
const contributorWeb = held('Contributor', 'rg-web');
const reader = held('Reader', 'rg-app');
const billingReader = held('Billing Reader', 'rg-app');
const all = [contributorApp, contributorWeb, reader, billingReader];

test('a role and a scope name one assignment', () => {
  expect(matchRole(all, { role: 'contributor', scope: 'RG-WEB' })).toEqual({ found: 'one', assignment: contributorWeb });
});

test('an exact role name wins over a role that contains it', () => {
  expect(matchRole(all, { role: 'reader', scope: '' })).toEqual({ found: 'one', assignment: reader });
});

test('a role at two scopes is offered at both, never the first', () => {
  expect(matchRole(all, { role: 'Contributor', scope: '' })).toEqual({ found: 'several', candidates: [contributorApp, contributorWeb] });
});

test('the beginning of a name is enough', () => {
  expect(matchRole(all, { role: 'bill', scope: '' })).toEqual({ found: 'one', assignment: billingReader });
});

test('role and scope without a word between them are understood', () => {
  expect(matchRole(all, { role: 'Contributor rg-app', scope: '' })).toEqual({ found: 'one', assignment: contributorApp });
});

test('a role that nobody holds leads to the nearest', () => {
  const match = matchRole(all, { role: 'Contributer', scope: 'rg-app' });
  expect(match.found).toBe('none');
  expect(match.found === 'none' ? match.candidates[0] : null).toEqual(contributorApp);
});

test('a known role at an unknown scope leads to that role\'s scopes only', () => {
  const match = matchRole(all, { role: 'Contributor', scope: 'rg-nowhere' });
  expect(match).toEqual({ found: 'none', candidates: expect.arrayContaining([contributorApp, contributorWeb]) });
  expect(match.found === 'none' ? match.candidates : []).toHaveLength(2);
});

test('nothing typed and one assignment held is that one', () => {
  expect(matchRole([reader], { role: '', scope: '' })).toEqual({ found: 'one', assignment: reader });
});

const directory: Scope = { id: '/', name: 'Contoso', type: 'directory' };
const opsLeads: Scope = { id: 'b2e00000-0000-4000-8000-000000000001', name: 'Ops leads', type: 'group' };
const onCall: Scope = { id: 'b2e00000-0000-4000-8000-000000000003', name: 'On call', type: 'group' };
const groupRole = (definitionId: 'member' | 'owner'): Role => ({ definitionId, name: definitionId });
const userAdministrator = { role: { definitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1', name: 'User Administrator' }, scope: directory };
const leadsMember = { role: groupRole('member'), scope: opsLeads };
const leadsOwner = { role: groupRole('owner'), scope: opsLeads };
const onCallMember = { role: groupRole('member'), scope: onCall };
const kinds = [...all, userAdministrator, leadsMember, onCallMember];

test.each([
  ['the role of a group', { role: 'member', scope: 'ops leads' }, leadsMember],
  ['its name in Japanese', { role: 'メンバー', scope: 'On call' }, onCallMember],
  ['the group alone', { role: 'Ops leads', scope: '' }, leadsMember],
  ['the group with its role behind it', { role: 'on call member', scope: '' }, onCallMember],
  ['the group, called one', { role: 'member', scope: 'group On call' }, onCallMember],
  ['an Entra role', { role: 'user administrator', scope: '' }, userAdministrator],
  ['an Entra role in the directory', { role: 'User', scope: 'Entra directory' }, userAdministrator],
  ['a resource group, called one', { role: 'contributor', scope: 'resource group rg-web' }, contributorWeb],
  ['a resource group, called one in Japanese', { role: 'contributor', scope: 'リソース グループ rg-web' }, contributorWeb],
])('%s is found', (_what, words, assignment) => {
  expect(matchRole(kinds, words)).toEqual({ found: 'one', assignment });
});

test('a group whose member and owner one may become is offered with both', () => {
  expect(matchRole([leadsMember, leadsOwner], { role: 'Ops leads', scope: '' })).toEqual({ found: 'several', candidates: [leadsMember, leadsOwner] });
  expect(matchRole([leadsMember, leadsOwner], { role: 'owner', scope: '' })).toEqual({ found: 'one', assignment: leadsOwner });
});

test('without a word in between, the longest role name that the words begin with counts, and the rest is the scope', () => {
  const longer = held('Contributor Plus', 'rg-app');
  expect(withRoleNamed([contributorApp, longer], { role: 'contributor plus rg-web', scope: '' })).toEqual({ assignments: [longer], scope: 'rg-web' });
  expect(withRoleNamed([contributorApp, longer], { role: 'Contributor rg-web', scope: '' })).toEqual({ assignments: [contributorApp], scope: 'rg-web' });
  expect(withRoleNamed([contributorApp], { role: 'Contributorrg-web', scope: '' }).assignments).toEqual([]);
  expect(withRoleNamed([contributorApp, reader], { role: 'reader', scope: 'rg-x' })).toEqual({ assignments: [reader], scope: 'rg-x' });
});
