/**
 * A role's settings as people read and write them: the six members of `privilegedRoleSettings` that can be set, and the
 * five that cannot. https://learn.microsoft.com/graph/api/resources/privilegedrolesettings
 * That API is retired; today the same is written in a role's management policy (`read-policy.ts`, `write-policy.ts`).
 */
import { printDuration, readElevationDuration } from './elevation-duration.ts';

export interface PrivilegedRoleSettings {
  /** The longest activation, ISO 8601. What PIM has need not be rounded; what is written is. */
  readonly elevationDuration: string;
  readonly notificationToUserOnElevation: boolean;
  readonly ticketingInfoOnElevation: boolean;
  readonly mfaOnElevation: boolean;
  readonly approvalOnElevation: boolean;
  /** Object ids of users and groups. Their order means nothing: here they are in lower case, each once, sorted. */
  readonly approverIds: readonly string[];
}

/** What is to become of a role's settings: a member that is not named stays as it is. */
export type SettingsChange = Partial<PrivilegedRoleSettings>;

/** Accepted wherever settings are read, shown, and never written. */
export interface ReadOnlyRoleSettings {
  /** Template id of the role; `member` or `owner` of a group. */
  readonly id: string;
  /** `false`: MFA cannot be turned off for this role. */
  readonly isMfaOnElevationConfigurable: boolean;
  /** `null`: today's PIM does not tell. */
  readonly lastGlobalAdmin: boolean | null;
  readonly minElevationDuration: string;
  /** Their spelling. */
  readonly maxElavationDuration: string;
}

export type SettingField = keyof PrivilegedRoleSettings;
export type ReadOnlyField = keyof ReadOnlyRoleSettings;

export const settingFields = [
  'elevationDuration', 'notificationToUserOnElevation', 'ticketingInfoOnElevation', 'mfaOnElevation', 'approvalOnElevation', 'approverIds',
] as const satisfies readonly SettingField[];

export const readOnlyFields = [
  'id', 'isMfaOnElevationConfigurable', 'lastGlobalAdmin', 'minElevationDuration', 'maxElavationDuration',
] as const satisfies readonly ReadOnlyField[];

/**
 * Where the read-only members come from. `role`: the role definition; `policy`: what the enablement rule's target enforces;
 * `document`: without effect in today's PIM, so it is what the retired API documented; `notTold`: nobody says any more.
 */
export const readOnlySources: Readonly<Record<ReadOnlyField, 'role' | 'policy' | 'document' | 'notTold'>> = {
  id: 'role',
  isMfaOnElevationConfigurable: 'policy',
  lastGlobalAdmin: 'notTold',
  minElevationDuration: 'document',
  maxElavationDuration: 'document',
};

/** The retired API's own limits. */
export const documentedDurations = { minElevationDuration: 'PT30M', maxElavationDuration: 'P3DT2H' } as const;

/** What is written of a change: the duration rounded, each approver once. A duration that cannot be read is left for whoever judges it. */
export function roundSettings(settings: PrivilegedRoleSettings): PrivilegedRoleSettings;
export function roundSettings(change: SettingsChange): SettingsChange;
export function roundSettings(change: SettingsChange): SettingsChange {
  const { elevationDuration, approverIds } = change;
  return {
    ...change,
    ...(elevationDuration === undefined ? {} : { elevationDuration: rounded(elevationDuration) }),
    ...(approverIds === undefined ? {} : { approverIds: approverSet(approverIds) }),
  };
}

function rounded(elevationDuration: string): string {
  const read = readElevationDuration(elevationDuration);
  return read.ok ? printDuration(read.minutes) : elevationDuration;
}

export function approverSet(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))].sort();
}

/** Both are set together: approvers that lie in the policy from an earlier time would decide, and nobody has been shown them. */
export function setsApprovalAlone({ approvalOnElevation, approverIds }: { readonly approvalOnElevation?: boolean | undefined; readonly approverIds?: readonly string[] | undefined }): boolean {
  return approvalOnElevation === true && approverIds === undefined;
}

/** Whether approval would be asked for with nobody named to give it. */
export function lacksApprovers({ approvalOnElevation, approverIds }: SettingsChange): boolean {
  return approvalOnElevation === true && (approverIds ?? []).length === 0;
}
