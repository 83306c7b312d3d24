/** Where PIM asks for less than our own settings do: whoever activates elsewhere is held to PIM's alone. */
import type { PimErrorCode } from './errors.ts';
import { PimError } from './errors.ts';
import { isGuid } from './guid.ts';
import { mapAtMost } from './http/at-most.ts';
import { toPimError } from './http/to-pim-error.ts';
import { scopesAtOnce } from './look-limits.ts';
import type { Approver, Role, RoleSettings, Scope } from './model.ts';
import type { OwnEntry } from './own-settings.ts';
import { orPimError } from './or-pim-error.ts';
import { kindOf, lastSegment } from './scope.ts';

/** PIM as a person sees it, or the bot itself. */
export interface SettingsSource {
  /** Roles that there are at a scope, by words out of their name; all of them for no words. */
  findRoles(scope: Scope, words: string): Promise<readonly Role[]>;
  readRoleSettings(role: Role, scope: Scope): Promise<RoleSettings>;
}

/** A field in which PIM is looser. Approvers: whom PIM lets decide, and we do not; nobody where PIM names no approvers at all. */
export type Drift =
  | { readonly field: 'elevationDuration'; readonly atPim: number; readonly ours: number }
  | { readonly field: 'notificationToUserOnElevation' | 'ticketingInfoOnElevation' | 'mfaOnElevation' | 'approvalOnElevation' }
  | { readonly field: 'approverIds'; readonly others: readonly Approver[] };

/** One entry of our own settings, compared. `role` as PIM calls it, where that was found out. */
export interface ComparedEntry {
  readonly role: string;
  readonly scope: Scope;
  /** Empty: PIM asks for as much. `null`: it could not be read. */
  readonly drift: readonly Drift[] | null;
  /** Why it could not be read. */
  readonly why: PimErrorCode | null;
}

/** Each entry at its own scope. What cannot be read is said of that entry alone. */
export async function readDrift(entries: readonly OwnEntry[], source: SettingsSource): Promise<readonly ComparedEntry[]> {
  return mapAtMost(scopesAtOnce, entries, (entry) => compareEntry(entry, source));
}

async function compareEntry(entry: OwnEntry, source: SettingsSource): Promise<ComparedEntry> {
  const { scope } = entry;
  try {
    const role = await roleOf(entry, source);
    if (role === null) throw new PimError('notFound', 'there is no such role at this scope');
    return { role: role.name, scope, drift: driftOf(entry, await source.readRoleSettings(role, scope)), why: null };
  } catch (error) {
    return { role: entry.role, scope, drift: null, why: toPimError(error, 'read').code };
  }
}

async function roleOf({ role, scope }: OwnEntry, source: SettingsSource): Promise<Role | null> {
  if (kindOf(scope) === 'group') return { definitionId: role.toLowerCase(), name: role.toLowerCase() };
  const id = lastSegment(role).toLowerCase();
  if (isGuid(id)) return roleById(id, scope, source);
  const roles = await source.findRoles(scope, role);
  return roles.find(({ name }) => name.toLowerCase() === role.trim().toLowerCase()) ?? null;
}

/** Its settings can be read without its name. */
async function roleById(id: string, scope: Scope, source: SettingsSource): Promise<Role> {
  const roles = await orPimError(source.findRoles(scope, ''));
  const named = roles instanceof PimError ? undefined : roles.find(({ definitionId }) => lastSegment(definitionId).toLowerCase() === id);
  return named ?? { definitionId: id, name: id };
}

function driftOf(ours: OwnEntry, atPim: RoleSettings): readonly Drift[] {
  return [
    ...(ours.maximumMinutes !== null && atPim.maximumMinutes > ours.maximumMinutes
      ? [{ field: 'elevationDuration', atPim: atPim.maximumMinutes, ours: ours.maximumMinutes } as const] : []),
    ...(ours.notifiesAdministrators && !atPim.notifiesAdministrators ? [{ field: 'notificationToUserOnElevation' } as const] : []),
    ...((ours.ticketRequired || ours.tickets.length > 0) && !atPim.ticketRequired ? [{ field: 'ticketingInfoOnElevation' } as const] : []),
    ...(ours.mfaRequired && !atPim.mfaRequired ? [{ field: 'mfaOnElevation' } as const] : []),
    ...approvalDrift(ours, atPim),
  ];
}

function approvalDrift({ approverIds }: OwnEntry, atPim: RoleSettings): readonly Drift[] {
  if (approverIds === null) return [];
  if (!atPim.approvalRequired) return [{ field: 'approvalOnElevation' }];
  // Of a directory role that names nobody, those who manage directory roles decide: whoever they are, it is not our list.
  // https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-how-to-change-default-settings
  if (atPim.approvers.length === 0) return [{ field: 'approverIds', others: [] }];
  const named = new Set(approverIds.map((id) => id.toLowerCase()));
  const others = atPim.approvers.filter(({ id }) => !named.has(id.toLowerCase()));
  return others.length === 0 ? [] : [{ field: 'approverIds', others }];
}
