import { builtInRoles } from './roles.ts';
import type { Role, RoleKind } from './roles.ts';
import { isWithin } from './scopes.ts';
import type { Scope } from './scopes.ts';

/** The roles of a tenant: those that every tenant has, and its own. */
export class RoleCatalog {
  readonly #roles: Readonly<Record<RoleKind, readonly Role[]>>;
  readonly #byId: ReadonlyMap<string, Role>;

  constructor(custom: readonly Role[]) {
    const withOwn = (kind: RoleKind): readonly Role[] => [...builtInRoles[kind], ...custom.filter((role) => role.kind === kind)];
    this.#roles = { azure: withOwn('azure'), entra: withOwn('entra'), group: withOwn('group') };
    this.#byId = new Map(Object.values(this.#roles).flatMap((ofKind) => ofKind.map((role) => [role.id, role])));
  }

  of(kind: RoleKind): readonly Role[] {
    return this.#roles[kind];
  }

  /** Those of the scope's kind that can be held there. */
  at(scope: Scope): readonly Role[] {
    return this.of(scope.kind).filter((role) => isAssignableAt(role, scope));
  }

  /** A role of any kind. */
  find(id: string): Role | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  findByName(kind: RoleKind, name: string): Role | undefined {
    return this.of(kind).find((role) => role.name.toLowerCase() === name.toLowerCase());
  }
}

/** Whether the role can be held at a scope of its kind: a tenant's own role is for some scopes only. */
export function isAssignableAt({ custom }: Role, scope: Scope): boolean {
  return custom === null || custom.assignableScopes.some((assignable) => isWithin(scope, assignable));
}
