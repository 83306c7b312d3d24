import { recordPolicyChange } from './audit.ts';
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
  if (policy.activation.enablement.mfa && policy.activation.authenticationContext.isEnabled) {
    throw pimError.mfaAndAcrsConflict();
  }
  const key = policyKey(target.role, target.scope);
  pim.state.policies.set(key, { key, policy, changedAt: pim.now, changedBy: caller.id });
  recordPolicyChange(pim, target.role, target.scope, caller.id);
}

/** Back to the settings of the seed, or PIM's own. */
export function resetPolicy(pim: Pim, target: { readonly role: Role; readonly scope: Scope }, caller: Caller): void {
  pim.state.policies.delete(policyKey(target.role, target.scope));
  recordPolicyChange(pim, target.role, target.scope, caller.id);
}
