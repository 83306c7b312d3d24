import { Refusal } from '../reply.ts';

/** Only the reason of the JustificationRule has been seen from the live service; the others are worded alike. */
const reasons: Readonly<Record<string, string>> = {
  ExpirationRule: 'The duration exceeds the maximum',
  JustificationRule: 'Justification is required',
  EligibilityRule: 'An eligible role assignment is required',
  TicketingRule: 'Ticket information is required',
  MfaRule: 'Multi-factor authentication is required',
};

/** Failed rules as ARM tells them since 2026: `JustificationRule - Justification is required`. Other refusals stay as they are. */
export function inNewerWording(refusal: Refusal): Refusal {
  const { status, code, message, headers } = refusal;
  const [, list] = /^The following policy rules failed: \[(.*)\]$/.exec(message) ?? [];
  if (list === undefined) {
    return refusal;
  }
  const failed = [...list.matchAll(/\w+/g)].map(([rule]) => `${rule} - ${reasons[rule] ?? 'The rule failed'}`);
  return new Refusal(status, code, `The following policy rules failed: ${failed.join(', ')}`, headers);
}
