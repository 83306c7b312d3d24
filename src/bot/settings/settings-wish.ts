/** What somebody wants role settings to be, held against what PIM has now. */
import type { PlaceFaultReason, ShownFault } from '../../cards/settings-fault-words.ts';
import { PimError } from '../../pim/errors.ts';
import { mapAtMost } from '../../pim/http/at-most.ts';
import { mostSettingsScopes, scopesAtOnce } from '../../pim/look-limits.ts';
import type { Approver, Scope } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimAssignments, PimUser } from '../../pim/pim.ts';
import { kindOf, lastSegment, parseScope, sameScope, scopeKey } from '../../pim/scope.ts';
import { checkChange, notesOn } from '../../pim/settings/check-change.ts';
import { compareSettings } from '../../pim/settings/compare-settings.ts';
import { inTextOrder, type SettingsEntry, type WrittenSettings } from '../../pim/settings/parse-settings-file.ts';
import { approverSet } from '../../pim/settings/privileged-role-settings.ts';
import type { RolePolicy } from '../../pim/settings/role-policy.ts';
import type { RoleChange } from '../../store/settings-changes.ts';
import type { RoleAtScope } from './find-role-at.ts';

/** One role's settings as they were written, and as PIM has them. */
export interface Wish {
  readonly written: WrittenSettings;
  readonly policy: RolePolicy;
}

export type Placed<T> = { readonly ok: true; readonly items: readonly T[] } | { readonly ok: false; readonly faults: readonly ShownFault[] };

/** An export has all roles of some dozens of scopes: what costs is a scope, which is listed, and a role that is asked for alone. */
const mostReadAlone = 100;

/** Of one role, which is known already. */
export async function wishFor(pim: PimUser, { role, scope }: RoleAtScope, written: WrittenSettings): Promise<Placed<Wish>> {
  return collected([await readAlone(pim, { role, scope }, written)]);
}

/** The roles that a file names, where it names them: all of one scope from one listing. `null`: they are too many. */
export async function findWishes(pim: PimUser, entries: readonly SettingsEntry[]): Promise<Placed<Wish> | null> {
  const byScope = Map.groupBy(entries, keyOf);
  if (byScope.size > mostSettingsScopes) return null;
  const containers = await orPimError(pim.assignments.findScopes(''));
  const named = containers instanceof PimError ? [] : containers.items;
  const places = await mapAtMost(scopesAtOnce, [...byScope.values()], (entriesThere) => placeOf(pim, entriesThere, named));
  if (places.reduce((sum, { alone }) => sum + alone.length, 0) > mostReadAlone) return null;
  const others = places.flatMap(({ scope, alone }) => alone.map((entry) => ({ scope, entry })));
  const readOneByOne = await mapAtMost(scopesAtOnce, others, ({ scope, entry }) => wishOf(pim, entry, scope));
  return collected([...places.flatMap(({ found }) => found), ...readOneByOne]);
}

function keyOf({ kind, scope }: SettingsEntry): string {
  return `${kind} ${scopeKey(scope)}`;
}

interface Place {
  readonly scope: Scope | null;
  readonly found: readonly (Wish | ShownFault)[];
  /** What the listing does not have: it is asked for by itself. */
  readonly alone: readonly SettingsEntry[];
}

/** What a file says of one scope. A listing there costs as much as a role alone, so that one role is not worth it. */
async function placeOf(pim: PimUser, entries: readonly SettingsEntry[], named: readonly Scope[]): Promise<Place> {
  const [first, ...others] = entries;
  const scope = first === undefined ? null : await scopeOfEntry(pim.assignments, first, named);
  if (scope === null || others.length === 0) return { scope, found: [], alone: entries };
  const listing = await orPimError(pim.settings.list({ scopes: [scope] }));
  if (listing instanceof PimError) return { scope, found: entries.map(({ place }) => ({ ...place(), reason: { code: 'unread', why: listing.code } })), alone: [] };
  const policyOf = finderIn(listing.items.filter((policy) => sameScope(policy.scope.id, scope.id)));
  const pairs = entries.map((entry) => ({ entry, policy: policyOf(entry) }));
  return {
    scope,
    found: pairs.flatMap(({ entry, policy }) => (policy === undefined ? [] : [{ written: entry, policy: { ...policy, scope } }])),
    alone: pairs.flatMap(({ entry, policy }) => (policy === undefined ? [entry] : [])),
  };
}

/** By the role's id, where the file has it; else by its name. */
function finderIn(policies: readonly RolePolicy[]): (entry: SettingsEntry) => RolePolicy | undefined {
  const byId = new Map(policies.map((policy) => [lastSegment(policy.role.definitionId).toLowerCase(), policy]));
  const byName = new Map(policies.toReversed().map((policy) => [policy.role.name.toLowerCase(), policy]));
  return ({ role, roleId }) => (roleId === null ? byName.get(role.toLowerCase()) : byId.get(lastSegment(roleId).toLowerCase()));
}

/** By its id, so that it is called by its name; where PIM tells no name, by its id. */
async function scopeOfEntry(pim: PimAssignments, { kind, scope: id }: SettingsEntry, named: readonly Scope[]): Promise<Scope | null> {
  const known = named.find((scope) => kindOf(scope) === kind && sameScope(scope.id, id));
  if (known !== undefined) return known;
  const listing = await orPimError(pim.findScopes(id));
  const found = listing instanceof PimError ? undefined : listing.items.find((scope) => sameScope(scope.id, id));
  if (found !== undefined) return found;
  switch (kind) {
    case 'azure': return parseScope(id);
    case 'entra': return { id, name: lastSegment(id), type: id === '/' ? 'directory' : 'administrativeUnit' };
    case 'group': return { id, name: id, type: 'group' };
  }
}

async function wishOf(pim: PimUser, entry: SettingsEntry, scope: Scope | null): Promise<Wish | ShownFault> {
  const fault = (reason: PlaceFaultReason): ShownFault => ({ ...entry.place(), reason });
  if (scope === null) return fault({ code: 'roleUnknown', role: entry.role, scope: entry.scope });
  const roles = await orPimError(pim.assignments.findRoles(scope, entry.roleId === null ? entry.role : ''));
  if (roles instanceof PimError) return fault({ code: 'unread', why: roles.code });
  const id = entry.roleId === null ? null : lastSegment(entry.roleId).toLowerCase();
  const role = roles.find(({ definitionId, name }) => (id === null ? name.toLowerCase() === entry.role.toLowerCase() : lastSegment(definitionId).toLowerCase() === id));
  return role === undefined ? fault({ code: 'roleUnknown', role: entry.role, scope: scope.name }) : readAlone(pim, { role, scope }, entry);
}

async function readAlone(pim: PimUser, { role, scope }: RoleAtScope, written: WrittenSettings): Promise<Wish | ShownFault> {
  const policy = await orPimError(pim.settings.read(role, scope));
  return policy instanceof PimError ? { ...written.place(), reason: { code: 'unread', why: policy.code } } : { written, policy };
}

export interface Proposal {
  /** What would be different, role by role; behind it, what stays as it is although something was given that cannot be set. */
  readonly roles: readonly RoleChange[];
  readonly approvers: readonly Approver[];
  /** How many of the other roles have these settings already. */
  readonly unchanged: number;
}

/** Judges the wishes by what PIM has now. Any fault of any role that would be different: nothing is proposed. */
export async function weighWishes(pim: PimUser, wishes: readonly Wish[]): Promise<Proposal | { readonly faults: readonly ShownFault[] }> {
  const [differing, same] = [wishes.filter(isDifferent), wishes.filter((wish) => !isDifferent(wish))];
  const named = await pim.settings.findApprovers(approverSet(differing.flatMap(({ written }) => written.change.approverIds ?? [])));
  const faults = differing.flatMap((wish) => faultsIn(wish, named));
  if (faults.length > 0) return { faults };
  const noted = same.filter(({ policy, written: { change, readOnly } }) => notesOn(policy, change, readOnly).length > 0);
  return {
    roles: [...differing.map((wish) => roleChange(wish, null)), ...noted.map((wish) => roleChange(wish, { result: 'same', problem: null }))],
    approvers: [...differing.flatMap(({ policy }) => policy.approvers), ...named],
    unchanged: same.length - noted.length,
  };
}

function isDifferent({ policy, written }: Wish): boolean {
  return compareSettings(policy.settings, written.change).length > 0;
}

function roleChange({ policy, written: { change, readOnly, roundedFrom } }: Wish, outcome: RoleChange['outcome']): RoleChange {
  return { policy, change, given: readOnly, roundedFrom, outcome };
}

function faultsIn({ policy, written: { change, place, placeOfApprover } }: Wish, named: readonly Approver[]): readonly ShownFault[] {
  const isElsewhere = !sameScope(policy.scope.id, policy.source.scope.id);
  return [
    ...(isElsewhere ? [{ ...place(), reason: { code: 'inherited', scope: policy.source.scope.name } as const }] : []),
    ...checkChange(policy, change, named).map(({ field, reason }) => ({ ...(reason.code === 'approverUnknown' ? placeOfApprover(reason.id) : place(field)), reason })),
  ].toSorted(inTextOrder);
}

function collected<T extends object>(found: readonly (T | ShownFault)[]): Placed<T> {
  const faults = found.filter(isFault);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, items: found.filter((item): item is T => !isFault(item)) };
}

function isFault(item: object): item is ShownFault {
  return 'reason' in item;
}
