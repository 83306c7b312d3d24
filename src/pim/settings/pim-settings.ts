/** Role settings at PIM, as one signed-in person may read and write them. */
import type { Approver, Listing, Role, Scope } from '../model.ts';
import type { SettingsChange } from './privileged-role-settings.ts';
import type { RolePolicy } from './role-policy.ts';

/** Methods reject with `PimError`: `badAnswer` where a policy lacks a rule that settings stand in. */
export interface PimSettings {
  read(role: Role, scope: Scope): Promise<RolePolicy>;
  /** The settings of every role that the person may read, at these scopes. */
  list(query?: PolicyQuery): Promise<Listing<RolePolicy>>;
  /**
   * Writes what the change names, by the person's own token, to the policy as it was read. The policy is read once more
   * before: `changedMeanwhile` where its settings are no longer those, and then nothing is written.
   * Rejects with `invalidRequest` for what PIM would refuse or misunderstand, before anything is sent. Where some rules were
   * written before one failed, `details.written` names them.
   */
  write(policy: RolePolicy, change: SettingsChange): Promise<WriteOutcome>;
  /** The users and groups among these object ids; what else there is under an id may not approve. */
  findApprovers(ids: readonly string[]): Promise<readonly Approver[]>;
}

export type WriteOutcome = 'written' | 'changedMeanwhile';

export interface PolicyQuery {
  /**
   * Without it: the management groups and subscriptions that the person can see and the Azure scopes where they are
   * eligible, the directory, and the groups that they may activate (`tooManyScopes` says that there may be others).
   */
  readonly scopes?: readonly Scope[];
}

/** Of one kind of role. Who the approvers are is found out by the directory, whatever the kind. */
export interface SettingsOfKind {
  read(role: Role, scope: Scope): Promise<RolePolicy>;
  list(query: PolicyQuery): Promise<Listing<RolePolicy>>;
  write(policy: RolePolicy, change: SettingsChange, approvers: readonly Approver[]): Promise<WriteOutcome>;
}

/** Whether they are not PIM's own any more: a scope has hundreds of roles, and few are in use. */
export function isChanged({ settings, source }: RolePolicy): boolean {
  return source.lastModifiedBy !== null
    || settings.elevationDuration !== 'PT8H' || settings.ticketingInfoOnElevation || settings.mfaOnElevation || settings.approvalOnElevation
    || !settings.notificationToUserOnElevation || settings.approverIds.length > 0;
}
