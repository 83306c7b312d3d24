import { expect, test } from 'vitest';
import { matchRole } from '../../../src/bot/commands/match-role.ts';

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
