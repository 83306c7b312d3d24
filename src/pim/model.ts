/**
 * The words of Privileged Identity Management. `README.md` beside this file maps each to its ARM and Graph field.
 */

export type ScopeType = 'managementGroup' | 'subscription' | 'resourceGroup' | 'resource';

/** Where a role applies. `id` is an ARM path with a leading slash; two ids are the same scope whatever their case. */
export interface Scope {
  readonly id: string;
  readonly name: string;
  readonly type: ScopeType;
}

/** `definitionId` is the full ARM id, qualified exactly as PIM gave it. */
export interface Role {
  readonly definitionId: string;
  readonly name: string;
}

/** A user, group or service principal. `id` is the Entra object id. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'group' | 'servicePrincipal';
}

/** A right that can be activated. `heldBy` is the person, or the group through which the person holds it. */
export interface EligibleAssignment {
  /** Name (GUID) of the eligibility schedule instance. */
  readonly id: string;
  readonly role: Role;
  readonly scope: Scope;
  /** Full ARM path, sent back verbatim as `linkedRoleEligibilityScheduleId`. */
  readonly eligibilityScheduleId: string;
  readonly heldBy: Principal;
  /** `null`: no end. */
  readonly until: Date | null;
}

/** A right that is held now (a role assignment schedule instance). */
export interface ActiveAssignment {
  /** Name (GUID) of the assignment schedule instance. */
  readonly id: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly principal: Principal;
  /** `activated` from an eligibility, or `assigned` by an administrator. */
  readonly how: 'activated' | 'assigned';
  readonly start: Date | null;
  readonly until: Date | null;
  /** GUID of the request behind it, where PIM names one. */
  readonly requestId: string | null;
}

export interface Ticket {
  readonly number: string;
  readonly system: string;
}

/** What a person asks for. Durations are whole minutes. */
export interface ActivationDraft {
  readonly role: Role;
  readonly scope: Scope;
  readonly eligibilityScheduleId: string;
  readonly minutes: number;
  readonly justification: string;
  readonly ticket: Ticket | null;
}

/** PIM's own account of a request (a role assignment schedule request). */
export interface ActivationRequest {
  /** GUID; minted by us for our own requests. */
  readonly id: string;
  readonly action: 'activate' | 'deactivate' | 'other';
  readonly role: Role;
  readonly scope: Scope;
  readonly requester: Principal;
  /** PIM's word, e.g. `PendingApproval`; `activation-status.ts` turns it into ours. */
  readonly pimStatus: string;
  readonly createdAt: Date;
  readonly start: Date | null;
  /** Whole minutes; `null` where the request has no duration. */
  readonly minutes: number | null;
  readonly justification: string;
  readonly ticket: Ticket | null;
  readonly approvalId: string | null;
}

/** One entry of a role's approver list: a person, or a group whose members approve. */
export interface Approver {
  readonly id: string;
  readonly kind: 'user' | 'group';
  readonly name: string;
}

/** What a role asks of an activation: the end-user rules of its role management policy. */
export interface RoleSettings {
  readonly maximumMinutes: number;
  readonly justificationRequired: boolean;
  readonly ticketRequired: boolean;
  readonly mfaRequired: boolean;
  /** e.g. `c1`; `null` when no authentication context is asked for. */
  readonly authenticationContext: string | null;
  readonly approvalRequired: boolean;
  readonly approvers: readonly Approver[];
  readonly approverJustificationRequired: boolean;
  /** Administrators are told of each activation. */
  readonly notifiesAdministrators: boolean;
}

/** A person as the directory knows them. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly userPrincipalName: string;
}
