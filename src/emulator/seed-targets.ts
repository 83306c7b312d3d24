import type { RoleCatalog } from './role-catalog.ts';
import type { Role, RoleKind } from './roles.ts';
import { directoryScopeId, groupScopeId } from './scopes.ts';
import type { Scope, ScopeTree } from './scopes.ts';

/** A role at a scope, as a seed names it. */
export interface SeedTarget {
  readonly kind: RoleKind;
  readonly role: string;
  readonly scope: string;
}

/** What a seed's names stand for. */
export interface Places {
  readonly roles: RoleCatalog;
  readonly scopes: ScopeTree;
}

/** The seed has passed `checkSeed`, so whatever it names is there. */
export function resolveTarget({ kind, role, scope }: SeedTarget, { roles, scopes }: Places): { readonly role: Role; readonly scope: Scope } {
  const foundRole = roles.findByName(kind, role);
  const foundScope = scopes.find(internalId(kind, scope));
  if (foundRole === undefined || foundScope === undefined) {
    throw new Error(`The seed names ${kind} role ${role} at ${scope}, which is not there`);
  }
  return { role: foundRole, scope: foundScope };
}

function internalId(kind: RoleKind, scope: string): string {
  switch (kind) {
    case 'azure':
      return scope;
    case 'entra':
      return directoryScopeId(scope);
    case 'group':
      return groupScopeId(scope);
  }
}
