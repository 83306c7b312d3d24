import type { PimErrorCode } from './errors.ts';
import type {
  ActivationDraft, ActivationRequest, ActiveAssignment, Approver, Assignment, AssignmentDraft, AssignmentQuery, AssignmentReference, ChildType,
  EligibleAssignment, Gap, Listing, Person, Principal, RemovalDraft, RequestReference, Role, RoleSettings, Scope,
} from './model.ts';
import type { PimSettings } from './settings/pim-settings.ts';
import type { RolePolicy } from './settings/role-policy.ts';

/**
 * PIM as one signed-in person sees it: every call carries that person's own token.
 * All methods reject with `PimError` and with nothing else.
 */
export interface PimUser {
  readonly personId: string;
  /** What the person may activate, directly and through groups, at every scope: one call for each kind of role. */
  listEligible(): Promise<Listing<EligibleAssignment>>;
  /** What the person holds now. `eligible` says at which Azure scopes to look: the listing at the tenant's root is slow and at times incomplete. */
  listActive(eligible: readonly EligibleAssignment[]): Promise<Listing<ActiveAssignment>>;
  /** The person's own requests that PIM has not decided yet. */
  listPending(): Promise<Listing<ActivationRequest>>;
  /** Scopes below one that the person is eligible at, where the role may be activated instead; of all types where none is named. Only Azure scopes have any. */
  listChildren(scope: Scope, types?: readonly ChildType[]): Promise<readonly Scope[]>;
  readRoleSettings(role: Role, scope: Scope): Promise<RoleSettings>;
  /** What PIM would make of this activation; nothing is kept of it. Rejects as `activate` does where PIM would refuse it. */
  validate(draft: ActivationDraft): Promise<'granted' | 'needsApproval'>;
  /**
   * Sends a `SelfActivate` under the given GUID. Sending it again with the same GUID reaches the same request and
   * answers with its present state.
   */
  activate(requestId: string, draft: ActivationDraft): Promise<ActivationRequest>;
  deactivate(requestId: string, role: Role, scope: Scope): Promise<ActivationRequest>;
  /** Takes back a request that nobody has decided yet. */
  cancel(request: RequestReference): Promise<void>;
  /** `null` when PIM has no such request. */
  readRequest(request: RequestReference): Promise<ActivationRequest | null>;
  /** Requests that wait for this person's decision. */
  listWaitingForMyDecision(): Promise<Listing<ActivationRequest>>;
  /** PIM itself judges whether the person may decide. */
  decide(approval: ApprovalReference, decision: Decision): Promise<void>;
  /** What others hold, and changing it: PIM itself judges whether the person may. */
  readonly assignments: PimAssignments;
  /** What roles ask of an activation, and changing it: PIM itself judges whether the person may. */
  readonly settings: PimSettings;
}

/** An approval of a request at this scope. */
export interface ApprovalReference {
  readonly approvalId: string;
  readonly scope: Scope;
}

/** Everybody's assignments, as one signed-in person may see and change them. Methods reject with `PimError`. */
export interface PimAssignments {
  list(query: AssignmentQuery): Promise<readonly Assignment[]>;
  /** Sends an `AdminAssign` under the given GUID; sending it again reaches the same request. */
  assign(requestId: string, draft: AssignmentDraft): Promise<ActivationRequest>;
  /** Sends an `AdminRemove` under the given GUID. */
  unassign(requestId: string, draft: RemovalDraft): Promise<ActivationRequest>;
  /**
   * What has become of a request that this person has made; `null` when PIM has none.
   * Rejects with `outcomeUnknown` where PIM does not tell which of its requests it is.
   */
  readRequest(reference: AssignmentReference): Promise<ActivationRequest | null>;
  /** Roles that can be assigned at this scope, by words out of their name; all of them for no words. */
  findRoles(scope: Scope, words: string): Promise<readonly Role[]>;
  /** Scopes that the person can see, of every kind, by words out of their name, or by their id; for no words, those that hold the others. */
  findScopes(words: string): Promise<Listing<Scope>>;
  /**
   * Scopes that hold all the others that the person can see. All groups are one such scope (`everyGroup`), where only what
   * one principal holds can be listed.
   */
  findWidestScopes(): Promise<Listing<Scope>>;
  /** People, groups and applications by the beginning of their name, by user principal name, or by object id. */
  findPrincipals(words: string): Promise<readonly Principal[]>;
}

export interface Decision {
  readonly result: 'approve' | 'deny';
  readonly justification: string;
}

/** A decision that somebody has made, here or elsewhere, as PIM tells it. */
export interface MadeDecision {
  readonly result: Decision['result'];
  /** `null` where PIM does not say. */
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly reason: string;
  readonly at: Date | null;
}

export interface UnreadableApprover {
  readonly approver: Approver;
  /** The fault passes (an outage, throttling): asking again may succeed. */
  readonly passing: boolean;
  /** For how long the directory wants not to be asked again, where it has said. */
  readonly pauseSeconds?: number;
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
  /** Azure scopes that could not be read, with the reason's code. */
  readonly unread: readonly { readonly scope: Scope; readonly code: string }[];
  /** Kinds of roles that could not be read at all. */
  readonly gaps: readonly Gap[];
}

/** Activations that wait for an approver. */
export interface PendingReport {
  readonly requests: readonly ActivationRequest[];
  /** Azure scopes that have been looked at. */
  readonly read: readonly Scope[];
  /** Those that could not be read, with the reason's code. */
  readonly unread: readonly { readonly scope: Scope; readonly code: PimErrorCode }[];
  /** For how long PIM wants not to be asked again, where it has said. */
  readonly pauseSeconds?: number;
}

/** PIM as the bot's own identity sees it: read-only. Methods reject with `PimError`. */
export interface PimReader {
  /** Who holds an activated role now, at the scopes the bot can read and below them. */
  listElevations(): Promise<ElevationReport>;
  /**
   * Requests for Azure roles that nobody has decided, wherever they were made. Of more scopes than one question looks at,
   * those of the `round` are read: rounds are counted on. Requests of other kinds only people may list.
   */
  listPendingRequests(round: number): Promise<PendingReport>;
  /** What this person holds now, as far as it can be read within a few seconds; never rejects for less. */
  listHeldBy(personId: string): Promise<Listing<ActiveAssignment>>;
  /** How an approval was decided, and by whom; `null` where nobody has decided, and where only people may read it. */
  readDecision(approval: ApprovalReference): Promise<MadeDecision | null>;
  readRoleSettings(role: Role, scope: Scope): Promise<RoleSettings>;
  /** The same as role settings are written; approvers without names that only the directory has. */
  readPolicy(role: Role, scope: Scope): Promise<RolePolicy>;
  /** Roles that there are at a scope, by words out of their name; all of them for no words. */
  findRoles(scope: Scope, words: string): Promise<readonly Role[]>;
  /** Who may change a role's settings at this scope, by a role that they hold now: people, groups, or ids of which nobody says what they are. */
  listAdministrators(scope: Scope): Promise<readonly Approver[]>;
  /** Rejects with `notPermitted` where only the person's own token can tell. */
  readRequest(request: RequestReference): Promise<ActivationRequest | null>;
  expandApprovers(approvers: readonly Approver[]): Promise<ExpandedApprovers>;
  /** `null`: nobody of our tenant, disabled, or a guest. */
  readMember(personId: string): Promise<Person | null>;
}
