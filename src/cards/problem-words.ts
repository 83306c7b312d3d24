import type { ActivationProblem } from './shown.ts';
import { duration } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';

/** A problem in words: what happened, why, and what to do next. */
export interface ProblemWords {
  readonly what: string;
  readonly why: readonly { readonly text: string }[];
  readonly next: readonly { readonly text: string }[];
  /** Empty when Azure gave none. */
  readonly azureRequestId: string;
}

// The rules that PIM names in RoleAssignmentRequestPolicyValidationFailed.
// https://learn.microsoft.com/azure/role-based-access-control/pim-resource-roles-common-errors
const knownRules = [
  'ExpirationRule',
  'JustificationRule',
  'EligibilityRule',
  'TicketingRule',
  'MfaRule',
  'AdminRequestRule',
  'ActivationDayRule',
  'ApprovalRule',
] as const;

const mostRules = 8;

/** `consentUrl` as in `problemCard`: it is also told as text, to be passed on. */
export function problemWords(locale: Locale, problem: ActivationProblem, consentUrl: string | null = null): ProblemWords {
  const { code, rules, azureRequestId } = problem;
  const perRule = code === 'policyRefused' ? rules.slice(0, mostRules).map((rule) => ruleWords(locale, rule)) : [];
  const general = { why: text(locale, `problem.${code}.why`), next: nextPause(locale, problem) ?? text(locale, `problem.${code}.next`) };
  const told = perRule.length > 0 ? perRule : [general];
  const page = code === 'consentRequired' && consentUrl !== null ? [{ text: text(locale, 'problem.consentRequired.page', { url: consentUrl }) }] : [];
  return {
    what: text(locale, `problem.${code}.what`),
    why: told.map(({ why }) => ({ text: why })),
    next: [...told.map(({ next }) => ({ text: next })), ...page],
    azureRequestId: azureRequestId === null ? '' : text(locale, 'problem.azureRequestId', { id: oneLine(azureRequestId) }),
  };
}

/** When to try again, where PIM has said; without, the words are about a minute. */
function nextPause(locale: Locale, { code, retryAfterMs = 0 }: ActivationProblem): string | null {
  const minutes = Math.ceil(retryAfterMs / 60_000);
  if (code !== 'throttled' || minutes <= 1) return null;
  const wait = minutes < 120 ? text(locale, 'duration.wholeMinutes', { count: String(minutes) }) : duration(locale, minutes);
  return text(locale, 'problem.throttled.nextAfter', { wait });
}

function ruleWords(locale: Locale, rule: string): { readonly why: string; readonly next: string } {
  const known = knownRules.find((name) => name.toLowerCase() === rule.toLowerCase());
  return known === undefined
    ? { why: text(locale, 'rule.other.why', { rule: oneLine(rule) }), next: text(locale, 'rule.other.next') }
    : { why: text(locale, `rule.${known}.why`), next: text(locale, `rule.${known}.next`) };
}
