import { parseDuration } from './duration.ts';
import { placeOf } from './holding.ts';
import { policyAt } from './policies.ts';
import type { EnablementRule, Policy } from './policy.ts';
import type { Role } from './roles.ts';
import type { Scope } from './scopes.ts';
import type { ApprovalTerms, Eligibility, Pim } from './state.ts';

/** What an activation is held to. */
export interface ActivationDemands extends EnablementRule {
  readonly maximumMs: number;
  /** Authentication contexts that the token must carry, e.g. `c1`. */
  readonly authenticationContexts: readonly string[];
  /** `null`: nobody has to approve. */
  readonly approval: ApprovalTerms | null;
}

/**
 * Where the eligibility lies at a broader scope than the activation, both policies apply and the stricter demand counts;
 * approvers are those of the activated scope, or else those of the eligibility's. Microsoft does not say which of the two
 * governs just-enough access.
 */
export function activationDemands(pim: Pim, role: Role, scope: Scope, eligibility: Eligibility): ActivationDemands {
  const own = demandsOf(policyAt(pim, role, scope));
  if (eligibility.scopeId === scope.id) {
    return own;
  }
  const broader = demandsOf(policyAt(pim, role, placeOf(pim, eligibility).scope));
  return {
    maximumMs: Math.min(own.maximumMs, broader.maximumMs),
    justification: own.justification || broader.justification,
    ticket: own.ticket || broader.ticket,
    mfa: own.mfa || broader.mfa,
    authenticationContexts: [...new Set([...own.authenticationContexts, ...broader.authenticationContexts])],
    approval: own.approval ?? broader.approval,
  };
}

/** The first authentication context that the token lacks; `null` when it carries all. */
export function missingContext(demands: ActivationDemands, acrs: readonly string[]): string | null {
  return demands.authenticationContexts.find((context) => !acrs.includes(context)) ?? null;
}

/** An activation always ends, whatever `isExpirationRequired` says: the service's own defaults say that it is not required. */
function demandsOf({ activation }: Policy): ActivationDemands {
  const { expiration, enablement, authenticationContext, approval } = activation;
  return {
    ...enablement,
    maximumMs: parseDuration(expiration.maximumDuration) ?? 0,
    authenticationContexts: authenticationContext.isEnabled ? [authenticationContext.claimValue] : [],
    approval: approval.isApprovalRequired
      ? {
          approverIds: approval.approvers.map(({ id }) => id),
          isJustificationRequired: approval.isApproverJustificationRequired,
        }
      : null,
  };
}
