/**
 * Just-enough access: a role may be activated at a scope below its eligibility's. Which scopes there are, PIM says for each
 * person; an id that comes from a card is looked up among them and never used as it came (promise 13).
 */
import type { ScopesOffered } from '../../cards/where-field.ts';
import { PimError } from '../../pim/errors.ts';
import { mapAtMost } from '../../pim/http/at-most.ts';
import type { EligibleAssignment, Gap, Scope, ScopeType } from '../../pim/model.ts';
import type { PimUser } from '../../pim/pim.ts';
import { isBelow, lastSegment, sameScope, scopeKey } from '../../pim/scope.ts';
import type { RoleWords } from '../commands/command.ts';
import { atScopeNamed, isAtScopeCalled, withRoleNamed } from '../commands/match-role.ts';

/** Scopes that others may lie below, the narrowest first. */
const wholes: readonly ScopeType[] = ['resourceGroup', 'subscription', 'managementGroup'];

/** How many scopes are looked below, for one question. */
const mostLooks = 20;
const looksAtOnce = 4;

export function mayHaveScopesBelow({ type }: Pick<Scope, 'type'>): boolean {
  return wholes.includes(type);
}

/** What a form offers beside the eligibility's own scope; `null`: that is the only one. */
export async function scopesOffered(pim: PimUser, whole: Scope): Promise<ScopesOffered | null> {
  if (!mayHaveScopesBelow(whole)) return null;
  const below = await scopesBelow(pim, whole);
  return { whole, below: below instanceof PimError ? 'unread' : below };
}

/** The scope of this id, as PIM names it to this person: the eligibility's own or one below it; `null`: PIM names none. */
export async function findScopeOffered(pim: PimUser, { scope: whole }: EligibleAssignment, scopeId: string): Promise<Scope | null> {
  if (sameScope(whole.id, scopeId)) return whole;
  const ahead = mayHaveScopesBelow(whole) ? [whole] : [];
  // PIM lists what lies directly below: a management group's resource groups are found through their subscription.
  for (let looks = 0; looks < mostLooks; looks++) {
    const next = ahead.shift();
    if (next === undefined) return null;
    const below = await pim.listChildren(next);
    const found = below.find(({ id }) => sameScope(id, scopeId));
    if (found !== undefined) return found;
    ahead.push(...below.filter(({ id, type }) => holdsOthers(whole, type) && (type === 'managementGroup' || isBelow(scopeId, id))));
  }
  return null;
}

/** A scope that an eligibility reaches. */
export interface Reached {
  readonly eligible: EligibleAssignment;
  readonly role: EligibleAssignment['role'];
  readonly scope: Scope;
}

export interface FoundBelow {
  readonly found: readonly Reached[];
  readonly gaps: readonly Gap[];
}

/**
 * Scopes below the person's eligibilities that the words name: "Contributor on rg-web" with an eligibility at the
 * subscription. Only eligibilities whose role fits are looked below; of two that reach one scope, the nearer counts.
 *
 * @param how `exactly`: only what is called just so, directly below
 */
export async function findBelow(
  pim: PimUser, eligible: readonly EligibleAssignment[], words: RoleWords, { exactly }: { readonly exactly: boolean },
): Promise<FoundBelow> {
  const { assignments, scope: scopeWords } = withRoleNamed(eligible.filter(({ scope }) => mayHaveScopesBelow(scope)), words);
  let ahead = scopeWords === '' ? [] : assignments.map((each): Reached => ({ eligible: each, role: each.role, scope: each.scope }));
  const looked = new Set<string>();
  const gaps: Gap[] = [];
  while (ahead.length > 0) {
    const level = await lookBelow(pim, ahead, looked);
    gaps.push(...level.gaps);
    const fitting = exactly ? level.found.filter((reached) => isAtScopeCalled(reached, scopeWords)) : atScopeNamed(level.found, scopeWords);
    if (exactly || fitting.length > 0) return { found: nearestOnly(fitting), gaps };
    ahead = level.found.filter(({ eligible: { scope: whole }, scope }) => holdsOthers(whole, scope.type) && !looked.has(scopeKey(scope.id)));
  }
  return { found: [], gaps };
}

/** What lies below a management group may hold what is wanted; what lies below a subscription is a resource group, and is it or not. */
function holdsOthers(whole: Scope, type: ScopeType): boolean {
  return whole.type === 'managementGroup' && (type === 'managementGroup' || type === 'subscription');
}

/** Each scope is looked below once. */
async function lookBelow(pim: PimUser, ahead: readonly Reached[], looked: Set<string>): Promise<FoundBelow> {
  const scopes = [...new Map(ahead.map(({ scope }) => [scopeKey(scope.id), scope])).values()];
  const now = scopes.slice(0, mostLooks - looked.size);
  const answers = await mapAtMost(looksAtOnce, now, (scope) => scopesBelow(pim, scope));
  const below = new Map(now.map(({ id }, index) => [scopeKey(id), answers[index] ?? []]));
  for (const key of below.keys()) looked.add(key);
  const found = ahead.flatMap(({ eligible, role, scope }) => {
    const answer = below.get(scopeKey(scope.id)) ?? [];
    return answer instanceof PimError ? [] : answer.map((child): Reached => ({ eligible, role, scope: child }));
  });
  return { found: now.length === 0 ? [] : found, gaps: gapsOf(answers, now.length < scopes.length) };
}

function gapsOf(answers: readonly (readonly Scope[] | PimError)[], isCut: boolean): readonly Gap[] {
  const unread = answers.find((answer) => answer instanceof PimError);
  if (unread !== undefined) return [{ kind: 'azure', why: unread.code }];
  return isCut ? [{ kind: 'azure', why: 'tooManyScopes' }] : [];
}

function nearestOnly(found: readonly Reached[]): readonly Reached[] {
  const farthestFirst = found.toSorted((a, b) => distance(b) - distance(a));
  const nearest = new Map(farthestFirst.map((reached) => [keyOf(reached), reached]));
  return found.filter((reached) => nearest.get(keyOf(reached)) === reached);
}

function keyOf({ role, scope }: Reached): string {
  return `${lastSegment(role.definitionId).toLowerCase()} ${scopeKey(scope.id)}`;
}

function distance({ eligible }: Reached): number {
  return wholes.indexOf(eligible.scope.type);
}

async function scopesBelow(pim: PimUser, whole: Scope): Promise<readonly Scope[] | PimError> {
  try {
    return await pim.listChildren(whole);
  } catch (error) {
    if (error instanceof PimError) return error;
    throw error;
  }
}
