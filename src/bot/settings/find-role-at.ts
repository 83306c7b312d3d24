import type { Question } from '../../cards/choose-one.ts';
import type { Role, Scope } from '../../pim/model.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import { directoryFor, roleOf, scopeOf } from '../assignments/find-target.ts';
import type { Chosen } from '../assignments/inquiry.ts';
import type { RoleAtWords } from '../commands/command.ts';

export interface RoleAtScope {
  readonly role: Role;
  readonly scope: Scope;
}

/** What is meant, or what to ask, with what is known by then. */
export type FoundRole = { readonly found: RoleAtScope } | { readonly chosen: Chosen; readonly question: Question };

/** A role where its settings lie: the scope first, because it tells which roles there are. */
export async function findRoleAt(pim: PimAssignments, words: RoleAtWords, chosen: Chosen): Promise<FoundRole> {
  const scope = chosen.scope === undefined || chosen.scope === 'everywhere' ? await scopeFor(pim, words) : { found: chosen.scope };
  if ('question' in scope) return { chosen, question: scope.question };
  const role = chosen.role === undefined ? await roleOf(pim, scope.found, words.role) : { found: chosen.role };
  if ('question' in role) return { chosen: { ...chosen, scope: scope.found }, question: role.question };
  return { found: { role: role.found, scope: scope.found } };
}

/** An Entra role tells its scope by its name. */
async function scopeFor(pim: PimAssignments, words: RoleAtWords): ReturnType<typeof scopeOf> {
  const directory = words.scope === '' ? await directoryFor(pim, words.role) : null;
  return directory === null ? scopeOf(pim, words) : { found: directory };
}
