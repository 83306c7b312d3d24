import type { PimErrorCode } from './errors.ts';

/**
 * The words of Privileged Identity Management. `README.md` beside this file maps each to its ARM and Graph field.
 */

/** Azure resource roles, Entra directory roles, and membership and ownership of groups (PIM for groups). */
export type RoleKind = 'azure' | 'entra' | 'group';

export type ScopeType =
  | 'managementGroup' | 'subscription' | 'resourceGroup' | 'resource' // Azure
  | 'directory' | 'administrativeUnit' // Entra
  | 'group';

/**
 * Where a role applies; its type tells the kind of role (`kindOf`). `id` is an ARM path with a leading slash, Graph's
 * `directoryScopeId` (`/`, `/administrativeUnits/{id}`), or the object id of a group. Two ids are the same scope whatever their case.
 */
export interface Scope {
  readonly id: string;
  readonly name: string;
  readonly type: ScopeType;
}

/** Of what lies below a scope, PIM can be asked for one of these alone. */
export type ChildType = Extract<ScopeType, 'subscription' | 'resourceGroup'>;

/** `definitionId` is the full ARM id, qualified exactly as PIM gave it; the template id of an Entra role; `member` or `owner` of a group. */
export interface Role {
  readonly definitionId: string;
  readonly name: string;
}

/** A user, group or service principal. `id` is the Entra object id. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  /** A user's, where it is known: two people may have the same name. */
  readonly userPrincipalName?: string;
  readonly kind: 'user' | 'group' | 'servicePrincipal';
}

/** A right that can be activated. `heldBy` is the person, or the group through which the person holds it. */
export interface EligibleAssignment {
  /** Name of the eligibility schedule instance: a GUID for Azure, opaque text in Graph. */
  readonly id: string;
  readonly role: Role;
  readonly scope: Scope;
  /** Azure: full ARM path, sent back verbatim as `linkedRoleEligibilityScheduleId`. Graph: the schedule's id. */
  readonly eligibilityScheduleId: string;
  readonly heldBy: Principal;
  /** `null`: no end. */
  readonly until: Date | null;
}

/** A right that is held now (a role assignment schedule instance). */
export interface ActiveAssignment {
  /** Name of the assignment schedule instance. */
  readonly id: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly principal: Principal;
  /** `activated` from an eligibility, or `assigned` by an administrator. */
  readonly how: 'activated' | 'assigned';
  readonly start: Date | null;
  readonly until: Date | null;
  /** PIM's id of the request behind it, where PIM names one. */
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
  /** `null`: at once. */
  readonly start: Date | null;
  readonly minutes: number;
  readonly justification: string;
  readonly ticket: Ticket | null;
}

/** PIM's own account of a request (an assignment schedule request). */
export interface ActivationRequest {
  /** PIM's id: for Azure the GUID that the client chose, which is ours for our own requests; Graph chooses one itself. */
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
  /** By which eligibility, as in `EligibleAssignment`; empty where PIM does not say: Graph never does. */
  readonly eligibilityScheduleId: string;
}

/** A request of ours, to be found again at PIM. */
export interface RequestReference {
  /** The GUID minted with the form. */
  readonly requestId: string;
  /** What PIM calls it; `null` while PIM has not said. */
  readonly pimId: string | null;
  readonly role: Role;
  readonly scope: Scope;
}

/** What is read of several kinds of roles. What could not be read, or not to its end, is a gap: something may be missing. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly gaps: readonly Gap[];
}

/** `tooManyScopes`: asked once for all of them, which Azure answers incompletely at times. */
export interface Gap {
  readonly kind: RoleKind;
  readonly why: PimErrorCode | 'tooManyScopes';
}

/** Active now, or to be activated by its holder. */
export type AssignmentSide = 'active' | 'eligible';

/** What somebody holds, on either side, now or later (a schedule or an instance of one). */
export interface Assignment extends ActiveAssignment {
  readonly side: AssignmentSide;
}

/** Which assignments to look for. The members of `filter` are joined by "and". */
export interface AssignmentQuery {
  readonly side: AssignmentSide;
  /** `now`: schedule instances; `alsoLater`: schedules, which know those that have not begun. */
  readonly when: 'now' | 'alsoLater';
  readonly scope: Scope;
  readonly filter: AssignmentFilter;
}

/** https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-instances/list-for-scope ($filter) */
export interface AssignmentFilter {
  /** Leaves out what lies below the scope. */
  readonly atScope?: boolean;
  /** Object id: what this principal holds itself. */
  readonly principalId?: string;
  readonly roleDefinitionId?: string;
  /** Object id: what this person holds, also through groups. */
  readonly assignedTo?: string;
  /** What the caller holds, also through groups. */
  readonly asTarget?: boolean;
}

export type Expiration =
  | { readonly type: 'afterDuration'; readonly minutes: number }
  | { readonly type: 'afterDateTime'; readonly end: Date }
  | { readonly type: 'noExpiration' };

/** Whose which role where. */
export interface AssignmentTarget {
  readonly side: AssignmentSide;
  readonly principal: Principal;
  readonly role: Role;
  readonly scope: Scope;
}

/** What an administrator has asked for, to be found again at PIM. */
export interface AssignmentReference extends AssignmentTarget {
  readonly requestId: string;
  /** What PIM calls it; `null` while PIM has not said. */
  readonly pimId: string | null;
  readonly action: 'assign' | 'unassign';
  readonly justification: string;
  readonly sentAt: Date;
}

/** What an administrator assigns. */
export interface AssignmentDraft extends AssignmentTarget {
  /** `null`: now. */
  readonly start: Date | null;
  readonly expiration: Expiration;
  readonly justification: string;
  readonly ticket: Ticket | null;
}

/** What an administrator takes away. */
export type RemovalDraft = Omit<AssignmentDraft, 'start' | 'expiration'>;

/** One entry of a role's approver list: a person, or a group whose members approve. */
export interface Approver {
  readonly id: string;
  /** `unknown`: an id of our own settings, which the directory has not been asked about. */
  readonly kind: 'user' | 'group' | 'unknown';
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
