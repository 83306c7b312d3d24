/** What somebody wants role settings to be, held against what PIM has now. */
import type { PlaceFaultReason, ShownFault } from '../../cards/settings-fault-words.ts';
import { PimError } from '../../pim/errors.ts';
import { mapAtMost } from '../../pim/http/at-most.ts';
import { scopesAtOnce } from '../../pim/look-limits.ts';
import type { Approver, Scope } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimAssignments, PimUser } from '../../pim/pim.ts';
import { kindOf, lastSegment, parseScope, sameScope, scopeKey } from '../../pim/scope.ts';
import { checkChange } from '../../pim/settings/check-change.ts';
import { compareSettings } from '../../pim/settings/compare-settings.ts';
import type { SettingsEntry, WrittenSettings } from '../../pim/settings/parse-settings-file.ts';
import { approverSet } from '../../pim/settings/privileged-role-settings.ts';
import type { RolePolicy } from '../../pim/settings/role-policy.ts';
import type { RoleChange } from '../../store/settings-changes.ts';
import type { RoleAtScope } from './find-role-at.ts';

/** One role's settings as they were written. */
export interface Wish {
  readonly at: RoleAtScope;
  readonly written: WrittenSettings;
}

export type Placed<T> = { readonly ok: true; readonly items: readonly T[] } | { readonly ok: false; readonly faults: readonly ShownFault[] };

/** Finds the roles that a file names, where it names them. */
export async function findWishes(pim: PimAssignments, entries: readonly SettingsEntry[]): Promise<Placed<Wish>> {
  const containers = await orPimError(pim.findScopes(''));
  const named = containers instanceof PimError ? [] : containers.items;
  const scopes = new Map(await mapAtMost(scopesAtOnce, distinctScopes(entries), async (entry) => [keyOf(entry), await scopeOfEntry(pim, entry, named)] as const));
  const found = await mapAtMost(scopesAtOnce, entries, (entry) => wishOf(pim, entry, scopes.get(keyOf(entry)) ?? null));
  return collected(found);
}

function keyOf({ kind, scope }: SettingsEntry): string {
  return `${kind} ${scopeKey(scope)}`;
}

function distinctScopes(entries: readonly SettingsEntry[]): readonly SettingsEntry[] {
  return [...new Map(entries.map((entry) => [keyOf(entry), entry])).values()];
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

async function wishOf(pim: PimAssignments, entry: SettingsEntry, scope: Scope | null): Promise<Wish | ShownFault> {
  const fault = (reason: PlaceFaultReason): ShownFault => ({ ...entry.place(), reason });
  if (scope === null) return fault({ code: 'roleUnknown', role: entry.role, scope: entry.scope });
  const roles = await orPimError(pim.findRoles(scope, entry.roleId === null ? entry.role : ''));
  if (roles instanceof PimError) return fault({ code: 'unread', why: roles.code });
  const id = entry.roleId === null ? null : lastSegment(entry.roleId).toLowerCase();
  const role = roles.find(({ definitionId, name }) => (id === null ? name.toLowerCase() === entry.role.toLowerCase() : lastSegment(definitionId).toLowerCase() === id));
  return role === undefined ? fault({ code: 'roleUnknown', role: entry.role, scope: scope.name }) : { at: { role, scope }, written: entry };
}

export interface Proposal {
  /** What would be different, role by role. */
  readonly roles: readonly RoleChange[];
  readonly approvers: readonly Approver[];
  /** How many of the roles have these settings already. */
  readonly unchanged: number;
}

/** Reads what PIM has now and judges the wishes by it. Any fault of any of them: nothing is proposed. */
export async function weighWishes(pim: PimUser, wishes: readonly Wish[]): Promise<Proposal | { readonly faults: readonly ShownFault[] }> {
  const read = collected(await mapAtMost(scopesAtOnce, wishes, (wish) => readPresent(pim, wish)));
  if (!read.ok) return { faults: read.faults };
  const named = await pim.settings.findApprovers(approverSet(wishes.flatMap(({ written }) => written.change.approverIds ?? [])));
  const faults = read.items.flatMap(({ wish, policy }) => faultsIn(wish, policy, named));
  if (faults.length > 0) return { faults };
  const differing = read.items.filter(({ wish, policy }) => compareSettings(policy.settings, wish.written.change).length > 0);
  return {
    roles: differing.map(({ wish: { written }, policy }) => ({ policy, change: written.change, given: written.readOnly, roundedFrom: written.roundedFrom, outcome: null })),
    approvers: [...differing.flatMap(({ policy }) => policy.approvers), ...named],
    unchanged: read.items.length - differing.length,
  };
}

interface Present {
  readonly wish: Wish;
  readonly policy: RolePolicy;
}

async function readPresent(pim: PimUser, wish: Wish): Promise<Present | ShownFault> {
  const { at: { role, scope }, written } = wish;
  const policy = await orPimError(pim.settings.read(role, scope));
  if (policy instanceof PimError) return { ...written.place(), reason: { code: 'unread', why: policy.code } };
  return { wish, policy };
}

function faultsIn({ written: { change, place } }: Wish, policy: RolePolicy, named: readonly Approver[]): readonly ShownFault[] {
  const differs = compareSettings(policy.settings, change).length > 0;
  const isElsewhere = !sameScope(policy.scope.id, policy.source.scope.id);
  return [
    ...(differs && isElsewhere ? [{ ...place(), reason: { code: 'inherited', scope: policy.source.scope.name } as const }] : []),
    ...checkChange(policy, change, named).map(({ field, reason }) => ({ ...place(field), reason })),
  ];
}

function collected<T extends object>(found: readonly (T | ShownFault)[]): Placed<T> {
  const faults = found.filter(isFault);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, items: found.filter((item): item is T => !isFault(item)) };
}

function isFault(item: object): item is ShownFault {
  return 'reason' in item;
}
