import type {
  ActivationDraft, ActivationRequest, ActiveAssignment, Approver, EligibleAssignment, Person, Role, RoleSettings, Scope,
} from './model.ts';

/**
 * PIM as one signed-in person sees it: every call carries that person's own token.
 * All methods reject with `PimError` and with nothing else.
 */
export interface PimUser {
  readonly personId: string;
  /** What the person may activate, directly and through groups, at every scope. */
  listEligible(): Promise<readonly EligibleAssignment[]>;
  /** What the person holds now. `eligible` says where to look (see docs on the active listing's slowness at tenant root). */
  listActive(eligible: readonly EligibleAssignment[]): Promise<readonly ActiveAssignment[]>;
  /** The person's own requests that PIM has not decided yet. */
  listPending(eligible: readonly EligibleAssignment[]): Promise<readonly ActivationRequest[]>;
  readRoleSettings(role: Role, scope: Scope): Promise<RoleSettings>;
  /**
   * Sends a `SelfActivate` under the given GUID. Sending it again with the same GUID reaches the same request and
   * answers with its present state.
   */
  activate(requestId: string, draft: ActivationDraft): Promise<ActivationRequest>;
  deactivate(requestId: string, role: Role, scope: Scope): Promise<ActivationRequest>;
  /** Takes back a request that nobody has decided yet. */
  cancel(requestId: string, scope: Scope): Promise<void>;
  /** `null` when PIM has no request of that GUID. */
  readRequest(requestId: string, scope: Scope): Promise<ActivationRequest | null>;
  /** Requests that wait for this person's decision. */
  listWaitingForMyDecision(): Promise<readonly ActivationRequest[]>;
  /** PIM itself judges whether the person may decide. */
  decide(approvalId: string, decision: Decision): Promise<void>;
}

export interface Decision {
  readonly result: 'approve' | 'deny';
  readonly justification: string;
}

export interface UnreadableApprover {
  readonly approver: Approver;
  /** The fault passes (an outage, throttling): asking again may succeed. */
  readonly passing: boolean;
}

/** What an approver list comes to, once groups are expanded. */
export interface ExpandedApprovers {
  /** Enabled members of our own tenant, each once; guests and disabled people never count. */
  readonly people: readonly Person[];
  /** Entries that could not be read: they count nobody. */
  readonly unreadable: readonly UnreadableApprover[];
}

/** An activation as the digest tells it. */
export interface Elevation extends ActiveAssignment {
  readonly justification: string;
}

export interface ElevationReport {
  readonly elevations: readonly Elevation[];
  /** Scopes that could not be read, with the reason's code. */
  readonly unread: readonly { readonly scope: Scope; readonly code: string }[];
}

/** PIM as the bot's own identity sees it: read-only. Methods reject with `PimError`. */
export interface PimReader {
  /** Who holds an activated right now, at the scopes the bot can read and below them. */
  listElevations(): Promise<ElevationReport>;
  readRoleSettings(role: Role, scope: Scope): Promise<RoleSettings>;
  readRequest(requestId: string, scope: Scope): Promise<ActivationRequest | null>;
  expandApprovers(approvers: readonly Approver[]): Promise<ExpandedApprovers>;
  /** `null`: nobody of our tenant, disabled, or a guest. */
  readMember(personId: string): Promise<Person | null>;
}
