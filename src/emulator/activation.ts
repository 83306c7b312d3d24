import type { ActivationDraft, ScheduleRequestDraft } from './activation-draft.ts';
import { findEntitlement } from './eligibilities.ts';
import type { Caller } from './identity.ts';
import { pimError } from './pim-error.ts';
import { failingRules, governingPolicy, missingContext } from './policy.ts';
import type { Scope } from './scopes.ts';
import type { Activation, Expiration, Pim, ScheduleRequest } from './state.ts';
import { findPrincipal } from './tenant.ts';
import type { Eligibility, Policy } from './tenant.ts';

/** PIM's floor, for an activation's length and before a deactivation. */
const shortestActivationMs = 5 * 60_000;

/** An activation that passed every check. */
export interface Admission {
  readonly eligibility: Eligibility;
  readonly policy: Policy;
  readonly startAt: number;
}

/** Throws `Refusal` unless a person asks for themselves: nobody activates for another, and applications not at all. */
export function checkRequester(pim: Pim, draft: ScheduleRequestDraft, caller: Caller): void {
  if (findPrincipal(pim.tenant, draft.principalId) === undefined) {
    throw pimError.subjectNotFound(draft.principalId);
  }
  if (caller.kind !== 'user' || caller.id !== draft.principalId) {
    throw pimError.insufficientPermissions(caller.id);
  }
}

/** PIM's checks in PIM's order: eligibility, pending request, overlap, length, policy rules, authentication context. */
export function admitActivation(pim: Pim, scope: Scope, draft: ActivationDraft, caller: Caller): Admission {
  const { principalId, role, linked } = draft;
  const eligibility = findEntitlement(pim, { principalId, roleId: role.id, scope, linked });
  if (eligibility === undefined) {
    throw pimError.policyFailed(['EligibilityRule']);
  }
  const startAt = Math.max(draft.startAt ?? pim.now, pim.now);
  const endAt = endOf(startAt, draft.expiration);
  checkOtherRequests(pim, { principalId, roleId: role.id, scopeId: scope.id, startAt, endAt });
  if (endAt !== null && endAt - startAt < shortestActivationMs) {
    throw pimError.activeDurationTooShort();
  }
  const policy = governingPolicy(pim.tenant, role, scope, eligibility);
  checkPolicy(policy, draft, endAt === null ? null : endAt - startAt, caller);
  return { eligibility, policy, startAt };
}

/** The running activation that a deactivation ends. Throws `Refusal`. */
export function admitDeactivation(pim: Pim, scope: Scope, draft: ScheduleRequestDraft): Activation {
  const running = runningActivation(pim, { principalId: draft.principalId, roleId: draft.role.id, scopeId: scope.id });
  if (running === undefined) {
    throw pimError.roleAssignmentDoesNotExist();
  }
  if (pim.now - running.startAt < shortestActivationMs) {
    throw pimError.activeDurationTooShort();
  }
  return running;
}

/** Who holds which role where. */
export interface Holding {
  readonly principalId: string;
  readonly roleId: string;
  readonly scopeId: string;
}

export function runningActivation(pim: Pim, holding: Holding): Activation | undefined {
  return [...pim.state.activations.values()].find((entry) => entry.endedAt === null && isSameHolding(entry, holding));
}

/** When an activation that begins at `startAt` is to end; `null`: never. */
export function endOf(startAt: number, expiration: Expiration): number | null {
  switch (expiration.type) {
    case 'AfterDuration':
      return startAt + expiration.ms;
    case 'AfterDateTime':
      return expiration.endAt;
    case 'NoExpiration':
      return null;
  }
}

function checkOtherRequests(pim: Pim, wanted: Holding & { readonly startAt: number; readonly endAt: number | null }): void {
  const others = [...pim.state.requests.values()].filter((request) => isSameHolding(request, wanted));
  if (others.some((request) => request.status === 'PendingApproval')) {
    throw pimError.pendingRequest();
  }
  const running = runningActivation(pim, wanted);
  const windows = [...others.filter((request) => request.status === 'Granted').map(windowOf), ...(running ? [running] : [])];
  const overlaps = windows.some((other) => wanted.startAt < other.endAt && other.startAt < (wanted.endAt ?? Infinity));
  if (overlaps) {
    throw pimError.roleAssignmentExists();
  }
}

function windowOf(request: ScheduleRequest): { readonly startAt: number; readonly endAt: number } {
  const startAt = request.schedule?.startAt ?? request.createdAt;
  const endAt = request.schedule === null ? null : endOf(startAt, request.schedule.expiration);
  return { startAt, endAt: endAt ?? Infinity };
}

function checkPolicy(policy: Policy, draft: ActivationDraft, durationMs: number | null, caller: Caller): void {
  const failed = failingRules(policy, {
    durationMs,
    justification: draft.justification,
    ticketNumber: draft.ticket.number,
    ticketSystem: draft.ticket.system,
    amr: caller.amr,
  });
  if (failed.length > 0) {
    throw pimError.policyFailed(failed);
  }
  const context = missingContext(policy, caller.acrs);
  if (context !== null) {
    throw pimError.authenticationContextMissing(context);
  }
}

function isSameHolding(a: Holding, b: Holding): boolean {
  return a.principalId === b.principalId && a.roleId === b.roleId && a.scopeId === b.scopeId;
}
