import type { BuiltInRole } from './roles.ts';
import type { Scope } from './scopes.ts';
import { policyAt } from './tenant.ts';
import type { Eligibility, Policy, Tenant } from './tenant.ts';

/**
 * What an activation at `scope` is held to. Where the eligibility lies at a broader scope, both policies apply and the
 * stricter demand counts; approvers are those of the activated scope, or else those of the eligibility's. Microsoft does
 * not say which of the two governs just-enough access.
 */
export function governingPolicy(tenant: Tenant, role: BuiltInRole, scope: Scope, eligibility: Eligibility): Policy {
  const own = policyAt(tenant, role, scope);
  if (eligibility.scope.id === scope.id) {
    return own;
  }
  const broader = policyAt(tenant, role, eligibility.scope);
  return {
    maximumMinutes: Math.min(own.maximumMinutes, broader.maximumMinutes),
    justification: own.justification || broader.justification,
    ticket: own.ticket || broader.ticket,
    mfa: own.mfa || broader.mfa,
    authenticationContexts: [...new Set([...own.authenticationContexts, ...broader.authenticationContexts])],
    approval: own.approval || broader.approval,
    approverIds: own.approval ? own.approverIds : broader.approverIds,
    notifiesAdministrators: own.notifiesAdministrators || broader.notifiesAdministrators,
  };
}

export type PolicyRule = 'ExpirationRule' | 'JustificationRule' | 'TicketingRule' | 'MfaRule';

/** What a request brings for the rules to look at. */
export interface Evidence {
  /** `null`: the activation would not end. */
  readonly durationMs: number | null;
  readonly justification: string;
  readonly ticketNumber: string;
  readonly ticketSystem: string;
  readonly amr: readonly string[];
}

/** All rules that the request fails, in PIM's order. */
export function failingRules(policy: Policy, evidence: Evidence): readonly PolicyRule[] {
  const tooLong = evidence.durationMs === null || evidence.durationMs > policy.maximumMinutes * 60_000;
  const withoutReason = evidence.justification.trim() === '';
  const withoutTicket = evidence.ticketNumber.trim() === '' || evidence.ticketSystem.trim() === '';
  const verdicts: readonly (readonly [PolicyRule, boolean])[] = [
    ['ExpirationRule', tooLong],
    ['JustificationRule', policy.justification && withoutReason],
    ['TicketingRule', policy.ticket && withoutTicket],
    ['MfaRule', policy.mfa && !evidence.amr.includes('mfa')],
  ];
  return verdicts.filter(([, fails]) => fails).map(([rule]) => rule);
}

/** The first authentication context that the token lacks; `null` when it carries all. */
export function missingContext(policy: Policy, acrs: readonly string[]): string | null {
  return policy.authenticationContexts.find((context) => !acrs.includes(context)) ?? null;
}
