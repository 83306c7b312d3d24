import { endOf, runningActivation } from './activation.ts';
import { activity, recordActivity } from './audit.ts';
import { findEntitlement } from './eligibilities.ts';
import type { Activation, Pim, ScheduleRequest } from './state.ts';

/**
 * Gives a request that needs no further decision what it asks for: later (`Granted`) or at once (`Provisioned`).
 * What was right when it was asked for may have changed, so eligibility and overlap are looked at again; `Failed` if so.
 */
export function provision(pim: Pim, request: ScheduleRequest, actor: string | null): void {
  const { schedule } = request;
  if (schedule === null) {
    return;
  }
  if (schedule.startAt > pim.now) {
    request.status = 'Granted';
    return;
  }
  const activation = activationOf(pim, request);
  if (activation === null) {
    request.status = 'Failed';
    recordActivity(pim, activity.canceled, request, null);
    return;
  }
  schedule.startAt = activation.startAt;
  request.status = 'Provisioned';
  pim.state.activations.set(request.name, activation);
  recordActivity(pim, activity.completed, request, actor);
}

export function endActivation(pim: Pim, activation: Activation): void {
  activation.endedAt = pim.now;
}

/** The activation that begins now; `null` when the right to it is gone or its time is over. */
function activationOf(pim: Pim, request: ScheduleRequest): Activation | null {
  const { name, principalId, roleId, scopeId, schedule, eligibilityName } = request;
  const scope = pim.tenant.scopes.find(scopeId);
  if (scope === undefined || schedule === null || runningActivation(pim, request) !== undefined) {
    return null;
  }
  const eligibility = findEntitlement(pim, { principalId, roleId, scope, linked: eligibilityName });
  const endAt = Math.min(endOf(pim.now, schedule.expiration) ?? Infinity, eligibility?.endAt ?? Infinity);
  if (eligibility === undefined || endAt <= pim.now || !Number.isFinite(endAt)) {
    return null;
  }
  return { requestName: name, principalId, roleId, scopeId, eligibilityName: eligibility.name, startAt: pim.now, endAt, endedAt: null };
}
