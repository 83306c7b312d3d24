/** Where to look for assignments when nobody has said where. */
import { PimError } from '../../pim/errors.ts';
import { mostScopes } from '../../pim/look-limits.ts';
import type { Listing, Scope } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimAssignments, PimUser } from '../../pim/pim.ts';
import { isBelow, kindOf, sameScope } from '../../pim/scope.ts';

/** For what one principal holds: at the widest scopes that the person who asks can see. */
export async function visiblePlaces(pim: PimAssignments): Promise<Listing<Scope>> {
  return fewEnough(await pim.findWidestScopes());
}

/** For what anybody holds: groups are looked through one by one, or not at all. */
export async function placesOfAnybody(pim: PimAssignments): Promise<Listing<Scope>> {
  const { items, gaps } = await pim.findWidestScopes();
  return fewEnough({ items: items.filter(({ type }) => type !== 'group'), gaps });
}

/** For one's own: also where one is eligible, which nobody has to see before it is activated. */
export async function ownPlaces({ assignments: pim, listEligible }: Pick<PimUser, 'assignments' | 'listEligible'>): Promise<Listing<Scope>> {
  const [visible, listed] = await Promise.all([pim.findWidestScopes(), orPimError(listEligible())]);
  const eligible = listed instanceof PimError ? { items: [], gaps: [{ kind: 'azure', why: listed.code } as const] } : listed;
  const azure = eligible.items.map(({ scope }) => scope).filter((scope) => kindOf(scope) === 'azure');
  const items = [...visible.items, ...azure].filter((scope, index, all) =>
    !all.some(({ id }) => isBelow(scope.id, id)) && all.findIndex(({ id }) => sameScope(id, scope.id)) === index);
  return fewEnough({ items, gaps: [...visible.gaps, ...eligible.gaps] });
}

/** The directory and all groups are one place each: they come first. */
function fewEnough({ items, gaps }: Listing<Scope>): Listing<Scope> {
  const places = items.toSorted((a, b) => Number(kindOf(a) === 'azure') - Number(kindOf(b) === 'azure'));
  const tooMany = places.length > mostScopes;
  return { items: places.slice(0, mostScopes), gaps: [...gaps, ...(tooMany ? [{ kind: 'azure', why: 'tooManyScopes' } as const] : [])] };
}

/** The first scope that knows a role of these words; the first of all where none does; `null` where none is in sight. */
export async function placeOfRole(pim: PimAssignments, words: string): Promise<Scope | null> {
  const { items: widest } = await placesOfAnybody(pim);
  const azureFirst = widest.toSorted((a, b) => Number(a.type === 'directory') - Number(b.type === 'directory'));
  return await firstThatKnows(pim, azureFirst, words)
    // A subscription may have roles of its own, which the management group above it does not know.
    ?? await firstThatKnows(pim, (await pim.findScopes('')).items.filter(({ type }) => type === 'subscription').slice(0, mostScopes), words)
    ?? azureFirst[0] ?? null;
}

async function firstThatKnows(pim: PimAssignments, scopes: readonly Scope[], words: string): Promise<Scope | null> {
  for (const scope of scopes) {
    if ((await pim.findRoles(scope, words)).length > 0) return scope;
  }
  return null;
}
