import type { Question } from '../../cards/choose-one.ts';
import { PimError } from '../../pim/errors.ts';
import type { Gap, Principal, Role, Scope } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import type { RoleAtWords } from '../commands/command.ts';
import { nearestNamed } from '../../nearest.ts';
import type { Chosen } from './inquiry.ts';

/** What some words mean; or what to ask, where they mean several things, or nothing that PIM knows. */
export type Found<T> = { readonly found: T } | { readonly question: Question };

const myself: ReadonlySet<string> = new Set(['me', 'myself', '自分', '私']);
/** So much of a name is asked for, where the whole of it is nobody's. */
const beginning = 3;

/** Never the first of several: two people may have the same name. */
export async function principalOf(pim: PimAssignments, actorId: string, words: string, { principal }: Chosen): Promise<Found<Principal>> {
  if (principal !== undefined) return { found: principal };
  const candidates = await pim.findPrincipals(myself.has(words.toLowerCase()) ? actorId : words);
  const only = exactly(candidates, words, ({ id, name, userPrincipalName }) => [id, name, userPrincipalName ?? '']);
  if (only !== null) return { found: only };
  if (candidates.length > 0) return { question: { about: 'principal', why: 'ambiguous', asked: words, candidates } };
  const near = words.length <= beginning ? [] : await pim.findPrincipals(words.slice(0, beginning));
  return { question: { about: 'principal', why: 'unknown', asked: words, candidates: nearestNamed(words, near, ({ name }) => name) } };
}

const passingFaults: ReadonlySet<Gap['why']> = new Set(['unavailable', 'throttled', 'badAnswer']);

/** By its name or id. "member of X" means a group, wherever there is one of that name. */
export async function scopeOf(pim: PimAssignments, { scope: words, ofGroup }: Pick<RoleAtWords, 'scope' | 'ofGroup'>): Promise<Found<Scope>> {
  const { items, gaps } = await pim.findScopes(words);
  const passing = gaps.find(({ why }) => passingFaults.has(why));
  // What cannot be looked through now may hold it.
  if (items.length === 0 && passing !== undefined && passing.why !== 'tooManyScopes') throw new PimError(passing.why, 'the scopes could not all be read');
  const groups = items.filter(({ type }) => type === 'group');
  const candidates = ofGroup && groups.length > 0 ? groups : items;
  const only = exactly(candidates, words, ({ id, name }) => [id, name]);
  if (only !== null) return { found: only };
  if (words === '') return { question: { about: 'scope', why: 'notNamed', asked: '', candidates } };
  if (candidates.length > 0) return { question: { about: 'scope', why: 'ambiguous', asked: words, candidates } };
  const { items: all } = await pim.findScopes('');
  return { question: { about: 'scope', why: 'unknown', asked: words, candidates: nearestNamed(words, all, ({ name }) => name) } };
}

export async function roleOf(pim: PimAssignments, scope: Scope, words: string): Promise<Found<Role>> {
  const candidates = await pim.findRoles(scope, words);
  const only = exactly(candidates, words, ({ name, definitionId }) => [name, definitionId]);
  if (only !== null) return { found: only };
  if (candidates.length > 0) return { question: { about: 'role', why: 'ambiguous', asked: words, candidates } };
  const all = await pim.findRoles(scope, '');
  return { question: { about: 'role', why: 'unknown', asked: words, candidates: nearestNamed(words, all, ({ name }) => name) } };
}

/** An Entra role tells its scope by its full name: the directory. `null`: it is no such role, or Entra cannot be asked. */
export async function directoryFor(pim: PimAssignments, words: string): Promise<Scope | null> {
  const found = await orPimError(pim.findScopes('/'));
  const directory = found instanceof PimError ? undefined : found.items.find(({ type }) => type === 'directory');
  if (directory === undefined) return null;
  const roles = await orPimError(pim.findRoles(directory, words));
  return !(roles instanceof PimError) && roles.some(({ name }) => name.toLowerCase() === words.toLowerCase()) ? directory : null;
}

/** The one that there is, or the one that is called exactly so. */
function exactly<T>(candidates: readonly T[], words: string, namesOf: (candidate: T) => readonly string[]): T | null {
  const [first] = candidates;
  if (first !== undefined && candidates.length === 1) return first;
  const same = candidates.filter((candidate) => namesOf(candidate).some((name) => name.toLowerCase() === words.toLowerCase()));
  return same.length === 1 ? same[0] ?? null : null;
}
