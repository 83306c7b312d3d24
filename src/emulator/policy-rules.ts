import { parseDuration } from './duration.ts';
import type { EnablementRule, ExpirationRule } from './policy.ts';

export type PolicyRule = 'ExpirationRule' | 'JustificationRule' | 'TicketingRule' | 'MfaRule';

/** What a request brings for the rules to look at. */
export interface Evidence {
  /** `null`: it would not end. */
  readonly durationMs: number | null;
  readonly justification: string;
  readonly ticket: { readonly number: string; readonly system: string };
  readonly amr: readonly string[];
}

/** All rules that the request fails, in PIM's order. `longestMs` `null`: it need not end. */
export function failingRules(longestMs: number | null, enablement: EnablementRule, evidence: Evidence): readonly PolicyRule[] {
  const { durationMs, justification, ticket, amr } = evidence;
  const tooLong = longestMs !== null && (durationMs === null || durationMs > longestMs);
  const withoutTicket = ticket.number.trim() === '' || ticket.system.trim() === '';
  const verdicts: readonly (readonly [PolicyRule, boolean])[] = [
    ['ExpirationRule', tooLong],
    ['JustificationRule', enablement.justification && justification.trim() === ''],
    ['TicketingRule', enablement.ticket && withoutTicket],
    ['MfaRule', enablement.mfa && !amr.includes('mfa')],
  ];
  return verdicts.filter(([, fails]) => fails).map(([rule]) => rule);
}

/** Longest assignment by an administrator; `null` where the policy allows a permanent one. */
export function longestAssignment({ isExpirationRequired, maximumDuration }: ExpirationRule): number | null {
  return isExpirationRequired ? (parseDuration(maximumDuration) ?? 0) : null;
}
