import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../src/pim/model.ts';
import { isBelow, kindOf, lastSegment, parseScope, roleDefinitionIdAt, sameScope, scopeKey, sdkScope } from '../../src/pim/scope.ts';

const sub = '/subscriptions/11111111-1111-4111-8111-111111111111';
const group = '/providers/Microsoft.Management/managementGroups/contoso';
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';

describe('parseScope', () => {
  it.each([
    [group, { type: 'managementGroup', name: 'contoso' }],
    [sub, { type: 'subscription', name: '11111111-1111-4111-8111-111111111111' }],
    [`${sub}/resourceGroups/rg-app`, { type: 'resourceGroup', name: 'rg-app' }],
    [`${sub}/resourceGroups/rg app (1)`, { type: 'resourceGroup', name: 'rg app (1)' }],
    [`${sub}/resourceGroups/rg-app/providers/Microsoft.Web/sites/shop`, { type: 'resource', name: 'shop' }],
    [`${sub}/resourceGroups/rg-app/providers/Microsoft.Sql/servers/s1/databases/d1`, { type: 'resource', name: 'd1' }],
    [`${sub}/providers/Microsoft.Security/pricings/p1`, { type: 'resource', name: 'p1' }],
    [`${sub}/providers/Microsoft.Management/managementGroups/contoso`, { type: 'resource', name: 'contoso' }],
    [`${sub}/providers/Microsoft.Subscription/subscriptions/s2`, { type: 'resource', name: 's2' }],
    [`${group}/subscriptions/s1`, { type: 'resource', name: 's1' }],
    [`${group}/subscriptions/s1/resourceGroups/rg-app`, { type: 'resource', name: 'rg-app' }],
  ])('knows %s', (id, expected) => {
    expect(parseScope(id)).toEqual({ id, ...expected });
  });

  it('takes the name that PIM gives, and the path where PIM gives none', () => {
    expect(parseScope(sub, 'Production')?.name).toBe('Production');
    expect(parseScope(sub, '')?.name).toBe(lastSegment(sub));
  });

  it.each([
    [`${sub.slice(1)}/resourceGroups/rg-app`, `${sub}/resourceGroups/rg-app`],
    [`//${sub}//resourceGroups/rg-app/`, `${sub}/resourceGroups/rg-app`],
    [`/providers/Microsoft.Subscription${sub}`, sub],
  ])('writes %s in one way', (given, id) => {
    expect(parseScope(given)?.id).toBe(id);
  });

  it.each([
    '', '/', '//', 'rg-app', '/subscriptions', '/subscriptions/a/b', '/subscriptions/a/resourceGroups', `${sub}/resourceGroups/rg?x=1`,
    `${sub}/resourceGroups/rg#x`, `${sub}/resourceGroups/..`, `${sub}/resourceGroups/./rg`, `${sub}/resourceGroups/%2e%2e`,
    `${sub}/resourceGroups/a\\b`, `${sub}/resourceGroups/a\nb`, 'https://evil.example/subscriptions/a', `${sub}/providers/Microsoft.Web`,
    `${sub}/providers/Microsoft.Web/sites`, `${sub}/providers/Microsoft.Web/sites/shop/slots`, '..', '/./subscriptions/a',
  ])('refuses %j', (path) => {
    expect(parseScope(path)).toBeNull();
  });
});

describe('kindOf', () => {
  it.each([
    ['managementGroup', 'azure'], ['subscription', 'azure'], ['resourceGroup', 'azure'], ['resource', 'azure'],
    ['directory', 'entra'], ['administrativeUnit', 'entra'], ['group', 'group'],
  ] as const)('says which roles a %s has: %s', (type, kind) => {
    expect(kindOf({ type })).toBe(kind);
  });
});

describe('comparison', () => {
  it('goes by one text for all spellings', () => {
    expect(scopeKey('//Subscriptions/S1/')).toBe('/subscriptions/s1');
  });

  it('pays no regard to case and slashes', () => {
    expect(sameScope(`${sub}/resourceGroups/RG-App`, `${sub.toUpperCase()}//resourcegroups/rg-app/`)).toBe(true);
    expect(sameScope(sub, `${sub}0`)).toBe(false);
  });

  it('puts a resource below its group and its subscription, and nothing below itself', () => {
    const site = `${sub}/resourceGroups/RG-APP/providers/Microsoft.Web/sites/shop`;
    expect(isBelow(site, `${sub}/resourceGroups/rg-app`)).toBe(true);
    expect(isBelow(site, sub)).toBe(true);
    expect(isBelow(sub, sub)).toBe(false);
    expect(isBelow(sub, site)).toBe(false);
    expect(isBelow(sub, group)).toBe(false);
  });

  it('does not take a longer name for something below', () => {
    expect(isBelow(`${sub}/resourceGroups/rg-app2`, `${sub}/resourceGroups/rg-app`)).toBe(false);
  });

  it('is an order: never both ways, and through the middle', () => {
    const part = fc.constantFrom('a', 'b', 'A');
    const path = fc.array(part, { maxLength: 4 }).map((parts) => `/subscriptions/s/${parts.join('/')}`);
    fc.assert(fc.property(path, path, path, (a, b, c) => {
      if (isBelow(a, b)) expect(isBelow(b, a)).toBe(false);
      if (isBelow(a, b) && isBelow(b, c)) expect(isBelow(a, c)).toBe(true);
      if (isBelow(a, b)) expect(sameScope(a, b)).toBe(false);
    }));
  });
});

describe('what is sent', () => {
  const at = (id: string): Scope => {
    const scope = parseScope(id);
    if (scope === null) throw new Error(id);
    return scope;
  };

  it('gives the SDK a scope without its leading slash', () => {
    expect(sdkScope(at(sub))).toBe(sub.slice(1));
    expect(sdkScope(at(group))).toBe(group.slice(1));
    expect(sdkScope({ id: `//${sub.slice(1)}` })).toBe(sub.slice(1));
    expect(sdkScope({ id: sub.slice(1) })).toBe(sub.slice(1));
  });

  it.each([
    [`${sub}/resourceGroups/rg-app`, `${sub}/providers/Microsoft.Authorization/roleDefinitions/${contributor}`],
    [sub, `${sub}/providers/Microsoft.Authorization/roleDefinitions/${contributor}`],
    [group, `/providers/Microsoft.Authorization/roleDefinitions/${contributor}`],
    [`${group}${sub}`, `/providers/Microsoft.Authorization/roleDefinitions/${contributor}`],
  ])('qualifies a role definition for %s', (scope, expected) => {
    expect(roleDefinitionIdAt(`/providers/Microsoft.Authorization/roleDefinitions/${contributor}`, at(scope))).toBe(expected);
    expect(roleDefinitionIdAt(`/subscriptions/other/providers/Microsoft.Authorization/roleDefinitions/${contributor}`, at(scope))).toBe(expected);
  });
});
