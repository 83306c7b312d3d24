/**
 * Just-enough access: a role may be activated at a scope below its eligibility's. Which scopes there are, PIM says for each
 * person; an id that comes from a card is looked up among them and never used as it came (promise 13).
 */
import type { ScopesOffered } from '../../cards/where-field.ts';
import { PimError } from '../../pim/errors.ts';
import { mapAtMost } from '../../pim/http/at-most.ts';
import { mostScopes, scopesAtOnce } from '../../pim/look-limits.ts';
import type { ChildType, EligibleAssignment, Gap, Scope, ScopeType } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimUser } from '../../pim/pim.ts';
import { isBelow, lastSegment, parseScope, sameScope, scopeKey } from '../../pim/scope.ts';
import { readChildWords } from '../commands/child-words.ts';
import type { RoleWords } from '../commands/command.ts';
import { atScopeNamed, isAtScopeCalled, withRoleNamed } from '../commands/match-role.ts';

/** Scopes that others may lie below, the narrowest first. */
const wholes: readonly ScopeType[] = ['resourceGroup', 'subscription', 'managementGroup'];

export function mayHaveScopesBelow({ type }: Pick<Scope, 'type'>): boolean {
  return wholes.includes(type);
}

/** What a form offers beside the eligibility's own scope; `null`: that is the only one. */
export async function scopesOffered(pim: PimUser, whole: Scope): Promise<ScopesOffered | null> {
  if (!mayHaveScopesBelow(whole)) return null;
  const below = await orPimError(pim.listChildren(whole));
  return { whole, below: below instanceof PimError ? 'unread' : below };
}

/**
 * The scope of this id, as PIM names it to this person: the eligibility's own or one below it; `null`: PIM names none. PIM
 * lists no single resources: one is offered where what holds it is, which its path tells.
 */
export async function findScopeOffered(pim: PimUser, eligible: Pick<EligibleAssignment, 'scope'>, scopeId: string): Promise<Scope | null> {
  const { scope: whole } = eligible;
  if (sameScope(whole.id, scopeId)) return whole;
  const resource = parseScope(scopeId);
  if (resource?.type === 'resource') return await isHolderOffered(pim, eligible, resource) ? resource : null;
  const ahead = mayHaveScopesBelow(whole) ? [whole] : [];
  // PIM lists what lies directly below: a management group's resource groups are found through their subscription.
  for (let looks = 0; looks < mostScopes; looks++) {
    const next = ahead.shift();
    if (next === undefined) return null;
    const below = await pim.listChildren(next);
    const found = below.find(({ id }) => sameScope(id, scopeId));
    if (found !== undefined) return found;
    ahead.push(...below.filter(({ id, type }) => holdsOthers(whole, type) && (type === 'managementGroup' || isBelow(scopeId, id))));
  }
  return null;
}

async function isHolderOffered(pim: PimUser, eligible: Pick<EligibleAssignment, 'scope'>, resource: Scope): Promise<boolean> {
  if (isBelow(resource.id, eligible.scope.id)) return true;
  const holder = resource.id.slice(0, resource.id.toLowerCase().indexOf('/providers/'));
  return eligible.scope.type === 'managementGroup' && await findScopeOffered(pim, eligible, holder) !== null;
}

/**
 * Where a typed ARM path leads: `Contributor on /subscriptions/…/resourceGroups/rg-web`. An eligibility at that very scope
 * comes first, then the nearest above it; which subscriptions a management group holds, only PIM can say.
 */
export async function findAtPath(pim: PimUser, eligible: readonly EligibleAssignment[], words: RoleWords): Promise<FoundBelow | null> {
  const isPathAlone = words.scope === '' && words.role.startsWith('/');
  const { assignments, scope: path } = isPathAlone ? { assignments: eligible, scope: words.role } : withRoleNamed(eligible, words);
  const typed = path.startsWith('/') ? parseScope(path) : null;
  if (typed === null) return null;
  const above = assignments.filter(({ scope }) => sameScope(scope.id, typed.id) || isBelow(typed.id, scope.id));
  const nearest = above.filter(({ scope }) => !above.some((other) => isBelow(other.scope.id, scope.id)));
  const groups = assignments.filter(({ scope }) => scope.type === 'managementGroup').slice(0, mostScopes);
  const looked = await mapAtMost(scopesAtOnce, nearest.length > 0 ? nearest : groups, async (each) => ({ each, scope: await orPimError(findScopeOffered(pim, each, typed.id)) }));
  const found = looked.flatMap(({ each, scope }): readonly Reached[] => scope === null || scope instanceof PimError ? [] : [{ eligible: each, role: each.role, scope }]);
  return { found, gaps: gapsOf(looked.map(({ scope }) => scope instanceof PimError ? scope : []), false) };
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
 * subscription, or all of a type, "resource groups in Production". Only eligibilities whose role fits are looked below; of
 * two that reach one scope, the nearer counts.
 *
 * @param how `exactly`: only what is called just so, directly below
 */
export async function findBelow(
  pim: PimUser, eligible: readonly EligibleAssignment[], words: RoleWords, { exactly }: { readonly exactly: boolean },
): Promise<FoundBelow> {
  const child = readChildWords(words);
  const { assignments, scope } = withRoleNamed(eligible.filter((each) => mayHaveScopesBelow(each.scope)), child === null ? words : { ...words, role: child.role });
  const { name, within, type } = child ?? { name: scope, within: '', type: null };
  if (name === '' && type === null) return { found: [], gaps: [] };
  const looks = createLooks(pim);
  const passed = new Set<string>();
  let inside = within === '';
  let ahead: readonly Reached[] = assignments.filter((each) => mayHold(each.scope, type)).map((each) => ({ eligible: each, role: each.role, scope: each.scope }));
  while (ahead.length > 0) {
    const containers = inside ? [] : atScopeNamed(ahead, within);
    if (containers.length > 0) [ahead, inside] = [containers, true];
    const fitting = inside ? called(await looks.below(ahead, type), { name, type, exactly }) : [];
    if ((exactly && inside) || fitting.length > 0) return { found: nearestOnly(fitting), gaps: looks.gaps };
    for (const each of ahead) passed.add(scopeKey(each.scope.id));
    const below = await looks.below(ahead, null);
    ahead = below.filter((each) => holdsOthers(each.eligible.scope, each.scope.type) && mayHold(each.scope, type) && !passed.has(scopeKey(each.scope.id)));
  }
  return { found: [], gaps: looks.gaps };
}

interface Called {
  /** Empty: whatever it is called. */
  readonly name: string;
  readonly type: ChildType | null;
  readonly exactly: boolean;
}

function called(found: readonly Reached[], { name, type, exactly }: Called): readonly Reached[] {
  const ofType = found.filter(({ scope }) => type === null || scope.type === type);
  return exactly && name !== '' ? ofType.filter((reached) => isAtScopeCalled(reached, name)) : atScopeNamed(ofType, name);
}

/** What lies below a management group may hold what is wanted; what lies below a subscription is a resource group, and is it or not. */
function holdsOthers(whole: Scope, type: ScopeType): boolean {
  return whole.type === 'managementGroup' && (type === 'managementGroup' || type === 'subscription');
}

/** Whether anything of the type can lie below. */
function mayHold({ type: above }: Scope, type: ChildType | null): boolean {
  return type === null || above === 'managementGroup' || (above === 'subscription' && type === 'resourceGroup');
}

/** What lies below scopes: each is asked for once, and `mostScopes` in all. */
interface Looks {
  /** @param type of what is wanted; `null`: all that there is */
  below(ahead: readonly Reached[], type: ChildType | null): Promise<readonly Reached[]>;
  readonly gaps: Gap[];
}

function createLooks(pim: PimUser): Looks {
  const answers = new Map<string, readonly Scope[] | PimError>();
  const gaps: Gap[] = [];
  const ask = async (questions: ReadonlyMap<string, Look>): Promise<void> => {
    const unasked = [...questions].filter(([key]) => !answers.has(key));
    const now = unasked.slice(0, mostScopes - answers.size);
    const given = await mapAtMost(scopesAtOnce, now, ([, { scope, types }]) => orPimError(pim.listChildren(scope, types)));
    now.forEach(([key], index) => { answers.set(key, given[index] ?? []); });
    gaps.push(...gapsOf(given, now.length < unasked.length));
  };
  return {
    gaps,
    below: async (ahead, type) => {
      const looks = ahead.map(({ scope }): Look => ({ scope, types: typesBelow(scope, type) }));
      await ask(new Map(looks.map((look) => [lookKey(look), look])));
      return ahead.flatMap(({ eligible, role }, index) => {
        const look = looks[index];
        const answer = look === undefined ? [] : answers.get(lookKey(look)) ?? [];
        return answer instanceof PimError ? [] : answer.map((child): Reached => ({ eligible, role, scope: child }));
      });
    },
  };
}

interface Look {
  readonly scope: Scope;
  readonly types: readonly ChildType[];
}

function lookKey({ scope, types }: Look): string {
  return [scopeKey(scope.id), ...types].join(' ');
}

/** The type lies directly below some scopes only: a resource group lies below the subscriptions of a management group. */
function typesBelow({ type: above }: Scope, type: ChildType | null): readonly ChildType[] {
  const isDirect = (above === 'managementGroup' && type === 'subscription') || (above === 'subscription' && type === 'resourceGroup');
  return isDirect && type !== null ? [type] : [];
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
