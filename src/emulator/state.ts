import type { Tenant } from './tenant.ts';

/** What changes while the service runs. Times are milliseconds since 1970 by the emulator's clock. */
export interface State {
  /** Direct members by group id: ids of people, groups and apps. */
  readonly groupMembers: Map<string, readonly string[]>;
  /** By name (GUID in lower case), in order of creation. */
  readonly requests: Map<string, ScheduleRequest>;
  /** By the name of the request behind it. */
  readonly activations: Map<string, Activation>;
  readonly audit: AuditEntry[];
}

type RequestStatus =
  | 'PendingApproval'
  | 'Granted'
  | 'Provisioned'
  | 'Revoked'
  | 'Denied'
  | 'Canceled'
  | 'TimedOut'
  | 'Failed';

export interface ScheduleRequest {
  /** GUID in lower case. */
  readonly name: string;
  readonly requestType: 'SelfActivate' | 'SelfDeactivate';
  readonly scopeId: string;
  readonly roleId: string;
  readonly principalId: string;
  readonly requestorId: string;
  readonly createdAt: number;
  readonly justification: string;
  readonly ticket: Ticket;
  /** `null` for a deactivation. */
  readonly schedule: Schedule | null;
  /** Name of the eligibility behind it; `null` for a deactivation. */
  readonly eligibilityName: string | null;
  /** `null` where the role asks for none. */
  readonly approval: Approval | null;
  status: RequestStatus;
}

export interface Ticket {
  readonly number: string;
  readonly system: string;
}

export interface Schedule {
  /** When the activation is to begin, at the earliest. */
  startAt: number;
  readonly expiration: Expiration;
}

export type Expiration =
  | { readonly type: 'AfterDuration'; readonly duration: string; readonly ms: number }
  | { readonly type: 'AfterDateTime'; readonly endAt: number }
  | { readonly type: 'NoExpiration' };

/** One stage; it is over once somebody decided, the requester took the request back, or a day has passed. */
export interface Approval {
  readonly stageName: string;
  /** Ids of people and groups, as the role's settings had them when the request was made. */
  readonly approverIds: readonly string[];
  decision: Decision | null;
}

export interface Decision {
  readonly result: 'Approve' | 'Deny';
  readonly justification: string;
  readonly approverId: string;
  readonly decidedAt: number;
}

export interface Activation {
  readonly requestName: string;
  readonly principalId: string;
  readonly roleId: string;
  readonly scopeId: string;
  readonly eligibilityName: string;
  readonly startAt: number;
  readonly endAt: number;
  /** When it ended, by time or by its holder; `null` while it runs. */
  endedAt: number | null;
}

export type AuditEntry = CallEntry | ActivityEntry;

/** One HTTP request. `actor` is an object id; `null` where nobody proved who they are. */
export interface CallEntry {
  readonly kind: 'call';
  readonly at: string;
  readonly actor: string | null;
  readonly method: string;
  readonly path: string;
  /** Absent: the connection was cut instead of answered. */
  readonly status?: number;
}

/** Something that happened in PIM, by the name that the Entra audit log has for it. `actor` `null`: PIM itself. */
interface ActivityEntry {
  readonly kind: 'activity';
  readonly at: string;
  readonly actor: string | null;
  readonly activity: string;
  readonly request: string;
  readonly principalId: string;
  readonly role: string;
  readonly scope: string;
}

/** The tenant and its PIM state at one moment, in milliseconds since 1970. */
export interface Pim {
  readonly tenant: Tenant;
  readonly state: State;
  readonly now: number;
}

export function initialState(groups: readonly { readonly id: string; readonly members: readonly string[] }[]): State {
  return {
    groupMembers: new Map(groups.map(({ id, members }) => [id.toLowerCase(), members.map((member) => member.toLowerCase())])),
    requests: new Map(),
    activations: new Map(),
    audit: [],
  };
}
