import type { Policy } from './policy.ts';
import type { RoleKind } from './roles.ts';
import type { Tenant } from './tenant.ts';

/** What changes while the service runs. Times are milliseconds since 1970 by the emulator's clock. */
export interface State {
  /** Direct members by group id: ids of people, groups and apps. What PIM adds to them is in `assignments`. */
  readonly groupMembers: Map<string, readonly string[]>;
  /** By name (GUID in lower case), in order of creation. */
  readonly requests: Map<string, ScheduleRequest>;
  /** By name. Ended ones stay. */
  readonly eligibilities: Map<string, Eligibility>;
  /** By name. Ended ones stay. */
  readonly assignments: Map<string, Assignment>;
  /** Settings that were changed while the service ran, by `policyKey`. */
  readonly policies: Map<string, PolicyChange>;
  readonly audit: AuditEntry[];
}

/** Which of the two kinds of schedule a request is about: active assignments, or eligibilities. */
export type Side = 'assignment' | 'eligibility';

export type SelfRequestType = 'SelfActivate' | 'SelfDeactivate' | 'SelfExtend' | 'SelfRenew';
export type AdminRequestType = 'AdminAssign' | 'AdminRemove' | 'AdminUpdate' | 'AdminExtend' | 'AdminRenew';
export type RequestType = SelfRequestType | AdminRequestType;

export type RequestStatus =
  | 'PendingApproval'
  | 'PendingAdminDecision'
  | 'Granted'
  | 'Provisioned'
  | 'Revoked'
  | 'Denied'
  | 'Canceled'
  | 'TimedOut'
  | 'Failed'
  | 'FailedAsResourceIsLocked';

export interface ScheduleRequest {
  /** GUID in lower case. */
  readonly name: string;
  readonly side: Side;
  readonly requestType: RequestType;
  readonly scopeId: string;
  readonly roleId: string;
  readonly principalId: string;
  readonly requestorId: string;
  readonly createdAt: number;
  readonly justification: string;
  readonly ticket: Ticket;
  readonly condition: Condition | null;
  /** The caller's own text, which Graph keeps. */
  readonly customData: string | null;
  /** `null` for a deactivation and a removal. */
  readonly schedule: Schedule | null;
  /** Name of the eligibility behind an activation; `null` for any other request. */
  readonly eligibilityName: string | null;
  /** Name of the assignment or eligibility that the request makes, changes or ends. */
  readonly targetName: string;
  /** `null` where the role asks for none. */
  readonly approval: Approval | null;
  status: RequestStatus;
  /** When it came to its end; `null` while it waits for somebody or for its time. */
  completedAt: number | null;
}

export interface Ticket {
  readonly number: string;
  readonly system: string;
}

/** Of attribute-based access control: kept and answered, not played. */
export interface Condition {
  readonly text: string;
  readonly version: string;
}

export interface Schedule {
  /** When it is to begin, at the earliest. */
  startAt: number;
  readonly expiration: Expiration;
}

export type Expiration =
  | { readonly type: 'AfterDuration'; readonly duration: string; readonly ms: number }
  | { readonly type: 'AfterDateTime'; readonly endAt: number }
  | { readonly type: 'NoExpiration' };

/** What the role's settings said about approval when the request was made. */
export interface ApprovalTerms {
  /** Ids of people and groups. Empty: those who may administer the role decide. */
  readonly approverIds: readonly string[];
  readonly isJustificationRequired: boolean;
}

/** One stage; it is over once somebody decided, the requester took the request back, or a day has passed. */
export interface Approval extends ApprovalTerms {
  readonly stageName: string;
  decision: Decision | null;
}

export interface Decision {
  readonly result: 'Approve' | 'Deny';
  readonly justification: string;
  readonly approverId: string;
  readonly decidedAt: number;
}

/** Who holds, or may activate, which role where. */
export interface Holding {
  readonly principalId: string;
  readonly roleId: string;
  readonly scopeId: string;
}

/** `eligibilities.ts` tells which are current: only the name, the holder, role and scope never change. */
export interface Eligibility extends Holding {
  /** GUID of the schedule and of its instance; the name of the request that made it, if one did. */
  readonly name: string;
  /** `null`: it was there from the start. */
  readonly requestName: string | null;
  condition: Condition | null;
  /** `null`: for as long as anybody remembers. */
  startAt: number | null;
  /** `null`: permanent. */
  endAt: number | null;
  /** When it ended, by time or by an administrator. */
  endedAt: number | null;
  readonly createdAt: number;
  updatedAt: number;
}

/** An active assignment. `schedules.ts` tells which are running. */
export interface Assignment extends Holding {
  /** GUID of the schedule; the name of the request that made it, if one did. */
  readonly name: string;
  readonly requestName: string | null;
  /** By its holder out of an eligibility, or by an administrator. */
  readonly how: 'Activated' | 'Assigned';
  /** `null` unless activated. */
  readonly eligibilityName: string | null;
  condition: Condition | null;
  startAt: number;
  /** `null`: permanent. */
  endAt: number | null;
  /** When it ended, by time, by its holder or by an administrator; `null` while it runs. */
  endedAt: number | null;
  readonly createdAt: number;
  updatedAt: number;
}

export interface PolicyChange {
  readonly key: string;
  readonly policy: Policy;
  readonly changedAt: number;
  readonly changedBy: string;
}

export type AuditEntry = CallEntry | ActivityEntry;

/** One HTTP request. `actor` is an object id; `null` where nobody proved who they are. */
export interface CallEntry {
  readonly kind: 'call';
  readonly at: string;
  readonly actor: string | null;
  readonly method: string;
  readonly path: string;
  /** What stood in `$filter`. */
  readonly filter?: string;
  /** Absent: the connection was cut instead of answered. */
  readonly status?: number;
  /** An item of a Graph batch, which stands behind it as a call of its own. */
  readonly inBatch?: true;
}

/** Something that happened in PIM, by the name that the Entra audit log has for it. `actor` `null`: PIM itself. */
export interface ActivityEntry {
  readonly kind: 'activity';
  /** GUID. */
  readonly id: string;
  readonly at: string;
  readonly actor: string | null;
  readonly activity: string;
  readonly category: AuditCategory;
  /** Of the role. */
  readonly roleKind: RoleKind;
  /** Name of the request behind it; `null` for a change of settings. */
  readonly request: string | null;
  readonly principalId: string | null;
  /** Name of the role. */
  readonly role: string;
  readonly roleId: string;
  readonly scope: string;
  readonly justification: string;
}

export type AuditCategory = 'RoleManagement' | 'GroupManagement' | 'ResourceManagement';

/** The tenant and its PIM state at one moment, in milliseconds since 1970. */
export interface Pim {
  readonly tenant: Tenant;
  readonly state: State;
  readonly now: number;
  /** No settings may allow a longer activation (a `longestActivation` fault); ISO 8601. */
  readonly longestActivation?: string;
  /** Listings are this much behind (a `lag` fault). */
  readonly lagMs?: number;
  /** PIM notices only this much later that an assignment has begun, or was taken away (a `settling` fault). */
  readonly settlingMs?: number;
}
