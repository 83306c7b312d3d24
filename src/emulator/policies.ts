import { recordPolicyChange } from './audit.ts';
import { parseDuration } from './duration.ts';
import type { Caller } from './identity.ts';
import { pimError } from './pim-error.ts';
import { defaultPolicy, policyKey } from './policy.ts';
import type { Policy } from './policy.ts';
import type { Role } from './roles.ts';
import type { Scope } from './scopes.ts';
import type { Pim, PolicyChange } from './state.ts';

/** The settings of a role at exactly this scope: PIM's settings are not inherited. */
export function policyAt(pim: Pim, role: Role, scope: Scope): Policy {
  const key = policyKey(role, scope);
  return pim.state.policies.get(key)?.policy ?? pim.tenant.policies.get(key) ?? defaultPolicy;
}

/** Who changed these settings last while the service ran; `null`: nobody. */
export function lastPolicyChange(pim: Pim, role: Role, scope: Scope): PolicyChange | null {
  return pim.state.policies.get(policyKey(role, scope)) ?? null;
}

/** Sets the whole policy. Whether the caller may is for the surface to ask (`requireAdministrator`). Throws `Refusal`. */
export function changePolicy(pim: Pim, target: { readonly role: Role; readonly scope: Scope }, policy: Policy, caller: Caller): void {
  checkPolicy(pim, target.scope, policy);
  const key = policyKey(target.role, target.scope);
  pim.state.policies.set(key, { key, policy, changedAt: pim.now, changedBy: caller.id });
  recordPolicyChange(pim, target.role, target.scope, caller.id);
}

/** What a rule cannot tell by itself. Throws `Refusal`. */
function checkPolicy({ longestActivation }: Pim, { kind }: Scope, { activation }: Policy): void {
  if (activation.enablement.mfa && activation.authenticationContext.isEnabled) {
    throw pimError.mfaAndAcrsConflict();
  }
  // Directory roles have default approvers, Azure's and groups' have none.
  // https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-configure-role-settings
  if (kind !== 'entra' && activation.approval.isApprovalRequired && activation.approval.approvers.length === 0) {
    throw pimError.invalidPolicy("'primaryApprovers' must hold at least one approver where 'isApprovalRequired' is true.");
  }
  const { maximumDuration } = activation.expiration;
  if (longestActivation !== undefined && (parseDuration(maximumDuration) ?? 0) > (parseDuration(longestActivation) ?? 0)) {
    throw pimError.invalidPolicy(`'maximumDuration' of Expiration_EndUser_Assignment must be at most ${longestActivation}, found ${maximumDuration}.`);
  }
}

/** Back to the settings of the seed, or PIM's own. */
export function resetPolicy(pim: Pim, target: { readonly role: Role; readonly scope: Scope }, caller: Caller): void {
  pim.state.policies.delete(policyKey(target.role, target.scope));
  recordPolicyChange(pim, target.role, target.scope, caller.id);
}
