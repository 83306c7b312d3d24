import type { RoleKind } from './roles.ts';

/** Where a role holds: Azure's scopes as a tree, the directory with its administrative units, and single groups. */
export interface Scope {
  readonly kind: RoleKind;
  /**
   * Azure: ARM path without a trailing slash; the tenant root is the empty string. Entra: `/directory`, or
   * `/directory/administrativeUnits/{id}`. A group: `/groups/{id}`. What Graph calls them: `graphScopeId`.
   */
  readonly id: string;
  readonly name: string;
  /** As PIM spells it in `expandedProperties`. */
  readonly type:
    | 'tenant'
    | 'managementgroup'
    | 'subscription'
    | 'resourcegroup'
    | 'resource'
    | 'directory'
    | 'administrativeunit'
    | 'group';
  readonly parent: Scope | null;
}

const tenantRoot: Scope = { kind: 'azure', id: '', name: 'Tenant', type: 'tenant', parent: null };
export const directory: Scope = { kind: 'entra', id: '/directory', name: 'Directory', type: 'directory', parent: null };

/** The internal id of what Graph calls `/` or `/administrativeUnits/{id}` (`directoryScopeId`). */
export function directoryScopeId(graphId: string): string {
  return graphId === '/' ? directory.id : `${directory.id}${graphId}`;
}

/** The internal id of a group's scope. */
export function groupScopeId(groupId: string): string {
  return `/groups/${groupId.toLowerCase()}`;
}

/** What Graph calls a scope: `/`, `/administrativeUnits/{id}`, or the object id of the group. */
export function graphScopeId(scope: Scope): string {
  return scope.kind === 'group' ? scope.id.slice('/groups/'.length) : scope.id.slice(directory.id.length) || '/';
}

const managementGroupPattern = /^\/providers\/Microsoft\.Management\/managementGroups\/[^/]+$/i;
const subscriptionPattern = /^\/subscriptions\/[0-9a-f-]{36}$/i;
const resourceGroupPattern = /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+$/i;
const resourcePattern = /^(\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+)\/providers\/[^/]+(\/[^/]+\/[^/]+)+$/i;

/** The type that the form of an ARM path tells; `null` when it is no scope of Azure's. */
export function scopeType(id: string): Scope['type'] | null {
  if (id === '') {
    return 'tenant';
  }
  if (managementGroupPattern.test(id)) {
    return 'managementgroup';
  }
  if (subscriptionPattern.test(id)) {
    return 'subscription';
  }
  if (resourceGroupPattern.test(id)) {
    return 'resourcegroup';
  }
  return resourcePattern.test(id) ? 'resource' : null;
}

/** `/`, a trailing slash, the alias `/providers/Microsoft.Subscription/subscriptions/{id}` and other case in Azure's usual form. */
export function normaliseScopeId(id: string): string {
  return id
    .replace(/\/+$/, '')
    .replace(/^\/providers\/Microsoft\.Subscription(?=\/subscriptions\/)/i, '')
    .replace(/^\/subscriptions\//i, '/subscriptions/')
    .replace(/^(\/subscriptions\/[^/]+)\/resourceGroups\//i, '$1/resourceGroups/')
    .replace(/^\/providers\/Microsoft\.Management\/managementGroups\//i, '/providers/Microsoft.Management/managementGroups/');
}

/** The scope that an ARM path lies in by its form: a resource's group, a group's subscription. */
export function containerOf(id: string): string | null {
  const resource = resourcePattern.exec(id);
  if (resource?.[1] !== undefined) {
    return resource[1];
  }
  return resourceGroupPattern.test(id) ? id.split('/').slice(0, 3).join('/') : null;
}

/** `scope` is `ancestor` or lies below it. */
export function isWithin(scope: Scope, ancestor: Scope): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.id === ancestor.id) {
      return true;
    }
  }
  return false;
}

/** The subscription that `scope` is or lies in. */
function subscriptionOf(scope: Scope): Scope | null {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.type === 'subscription') {
      return at;
    }
  }
  return null;
}

/** ARM qualifies a role definition by the subscription of the scope, and by nothing above subscriptions. */
export function roleDefinitionId(roleId: string, scope: Scope): string {
  return `${subscriptionOf(scope)?.id ?? ''}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
}

export interface ScopeEntry {
  readonly id: string;
  readonly name?: string;
  readonly parent?: string;
}

/** What Entra has beside the directory itself. `id` is an object id. */
export interface DirectoryEntries {
  readonly units: readonly { readonly id: string; readonly name: string }[];
  readonly groups: readonly { readonly id: string; readonly name: string }[];
}

export class ScopeTree {
  readonly #scopes = new Map([tenantRoot, directory].map((scope) => [scope.id, scope]));

  /** Entries come in any order; a group whose subscription is not listed brings it along. */
  constructor(entries: readonly ScopeEntry[], { units, groups }: DirectoryEntries) {
    for (const { id, name } of units) {
      const unitId = `${directory.id}/administrativeUnits/${id.toLowerCase()}`;
      this.#put({ kind: 'entra', id: unitId, name, type: 'administrativeunit', parent: directory });
    }
    for (const { id, name } of groups) {
      this.#put({ kind: 'group', id: groupScopeId(id), name, type: 'group', parent: null });
    }
    const listed = new Map(entries.map((entry) => [normaliseScopeId(entry.id).toLowerCase(), entry]));
    const firstGroup = entries.find((entry) => scopeType(entry.id) === 'managementgroup');
    for (const entry of entries) {
      this.#add(normaliseScopeId(entry.id), listed, firstGroup?.id ?? '');
    }
  }

  #add(id: string, listed: ReadonlyMap<string, ScopeEntry>, firstGroup: string): Scope {
    const known = this.find(id);
    const type = scopeType(id);
    if (known !== undefined) {
      return known;
    }
    if (type === null) {
      throw new Error(`${id} is not an Azure scope`);
    }
    const entry = listed.get(id.toLowerCase());
    // Azure puts a new subscription under the root management group; here that is the first one listed.
    const parentId = entry?.parent ?? containerOf(id) ?? (type === 'subscription' ? firstGroup : '');
    const parent = this.#add(normaliseScopeId(parentId), listed, firstGroup);
    const name = entry?.name ?? id.slice(id.lastIndexOf('/') + 1);
    return this.#put({ kind: 'azure', id: entry === undefined ? id : normaliseScopeId(entry.id), name, type, parent });
  }

  #put(scope: Scope): Scope {
    this.#scopes.set(scope.id.toLowerCase(), scope);
    return scope;
  }

  /** A scope of any kind by its internal id. */
  find(id: string): Scope | undefined {
    // The usual form first: most callers have an id from here, and there are thousands in a listing.
    return this.#scopes.get(id.toLowerCase()) ?? this.#scopes.get(normaliseScopeId(id).toLowerCase());
  }

  all(): readonly Scope[] {
    return [...this.#scopes.values()];
  }
}
