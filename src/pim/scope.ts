import type { RoleKind, Scope, ScopeType } from './model.ts';

const managementGroup = /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+$/i;
const subscription = /^\/subscriptions\/[^/]+$/i;
const resourceGroup = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i;
const resource = /\/providers\/[^/]+(?:\/[^/]+\/[^/]+)+$/i;

/** Other spelling of a subscription, seen in Microsoft's own examples. */
const subscriptionAlias = /^\/providers\/Microsoft\.Subscription(?=\/subscriptions\/)/i;

/** Would end the path, leave it, or hide what follows. No ARM name contains one of them. */
const notInAPath = /[?#%\\\p{Cc}]|\/\.{1,2}(?:\/|$)/u;

/**
 * Reads an ARM path. Without a `name`, the scope is called by the last part of its path: the name of the resource group
 * or resource, the id of the subscription or management group. `null` for the tenant root and for what is no ARM path.
 */
export function parseScope(path: string, name?: string): Scope | null {
  const id = normalisePath(path);
  const type = notInAPath.test(id) ? null : scopeType(id);
  if (type === null) return null;
  return { id, type, name: name === undefined || name === '' ? lastSegment(id) : name };
}

function scopeType(id: string): ScopeType | null {
  if (managementGroup.test(id)) return 'managementGroup';
  if (subscription.test(id)) return 'subscription';
  if (resourceGroup.test(id)) return 'resourceGroup';
  return resource.test(id) ? 'resource' : null;
}

/** The kind of role that a scope has. */
export function kindOf({ type }: Pick<Scope, 'type'>): RoleKind {
  switch (type) {
    case 'managementGroup':
    case 'subscription':
    case 'resourceGroup':
    case 'resource':
      return 'azure';
    case 'directory':
    case 'administrativeUnit':
      return 'entra';
    case 'group':
      return 'group';
  }
}

/** One leading slash, none at the end, none doubled: ARM accepts and produces all of these. */
function normalisePath(path: string): string {
  return `/${path.split('/').filter((segment) => segment !== '').join('/')}`.replace(subscriptionAlias, '');
}

/** ARM compares scopes without regard to case. */
export function sameScope(a: string, b: string): boolean {
  return scopeKey(a) === scopeKey(b);
}

/** One text for all spellings of a scope: what to compare and to index by. */
export function scopeKey(path: string): string {
  return normalisePath(path).toLowerCase();
}

/**
 * Whether `child` lies strictly below `parent` by its path. Which subscriptions a management group holds is not written
 * in any path, so this is `false` for them.
 */
export function isBelow(child: string, parent: string): boolean {
  return scopeKey(child).startsWith(`${scopeKey(parent)}/`);
}

/** The scope as `@azure/arm-authorization` wants it: without a leading slash. */
export function sdkScope(scope: Pick<Scope, 'id'>): string {
  return scope.id.replace(/^\/+/, '');
}

/** Last part of an ARM path: the GUID of a role definition, the name of a request. */
export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * A role definition's id as it must be written in a request at `scope`: below a subscription it carries that
 * subscription, at a management group it carries none. Otherwise PIM says `ScopeDoesNotMatchRoleDefinition`.
 */
export function roleDefinitionIdAt(definitionId: string, scope: Pick<Scope, 'id'>): string {
  const bare = `/providers/Microsoft.Authorization/roleDefinitions/${lastSegment(definitionId)}`;
  const within = /^\/subscriptions\/[^/]+/i.exec(normalisePath(scope.id));
  return within === null ? bare : `${within[0]}${bare}`;
}
