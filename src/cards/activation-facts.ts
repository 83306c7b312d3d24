import { isLater, waitsForApproval } from '../pim/activation-status.ts';
import type { ActivationState } from '../pim/activation-status.ts';
import type { Ticket } from '../pim/model.ts';
import { moment } from './moment.ts';
import { oneLine, plainText } from './plain-text.ts';
import type { ShownActivation } from './shown.ts';
import { text } from './texts.ts';
import type { Locale, Reader, TextKey } from './texts.ts';

/** One line of a card's account: a label of ours and a value, which may be a person's words. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

export function fact(locale: Locale, label: TextKey, value: string): Fact {
  return { label: text(locale, label), value };
}

/** Why, as the requester wrote it. */
export function whyFact(locale: Locale, justification: string): Fact {
  return fact(locale, 'fact.why', plainText(justification) || text(locale, 'fact.whyNone'));
}

/** How many have approved, where it takes several. */
export function approvalsFacts(locale: Locale, { approvals }: ShownActivation): readonly Fact[] {
  if (approvals === undefined || approvals === null || approvals.needed < 2) return [];
  const { by, given, needed } = approvals;
  const value = by.length === 0
    ? text(locale, 'fact.approvalsNone', { needed: String(needed) })
    : text(locale, 'fact.approvalsValue', { given: String(given), needed: String(needed), names: by.map((name) => oneLine(name)).join(', ') });
  return [fact(locale, 'fact.approvals', value)];
}

/** Where fewer people may approve than have to, waiting does not help: the requester is told. */
export function tooFewFacts(locale: Locale, { state, approvals }: ShownActivation): readonly Fact[] {
  const { needed = 0, possible = null } = approvals ?? {};
  if (!waitsForApproval(state) || possible === null || possible >= needed) return [];
  return [fact(locale, 'fact.note', text(locale, 'fact.approvalsTooFew', { possible: String(possible), needed: String(needed) }))];
}

/** No line at all where there is no ticket. */
export function ticketFacts(locale: Locale, ticket: Ticket | null): readonly Fact[] {
  if (ticket === null) return [];
  const number = oneLine(ticket.number);
  return [fact(locale, 'fact.ticket', ticket.system === '' ? number : text(locale, 'fact.ticketValue', { number, system: oneLine(ticket.system) }))];
}

const begun: ReadonlySet<ActivationState> = new Set(['active', 'expired', 'deactivated']);
const undecided: ReadonlySet<ActivationState> = new Set(['draft', 'held', 'approved', 'awaitingStepUp', 'submitting', 'pending']);

/**
 * The window that was asked for, where it is a later one. Nothing while the headline tells it, nor where the activation
 * began as planned. While nobody has decided and its time has passed, it cannot begin then any more.
 */
export function plannedFacts(reader: Reader, { state, plannedStart, minutes, start }: ShownActivation, now: Date): readonly Fact[] {
  const { locale } = reader;
  if (plannedStart === null || state === 'scheduled') return [];
  const from = moment(reader, plannedStart, now);
  if (begun.has(state)) return start !== null && isLater(start, plannedStart) ? [fact(locale, 'fact.plannedStart', from)] : [];
  if (undecided.has(state) && plannedStart <= now) return [fact(locale, 'fact.plannedStart', text(locale, 'fact.plannedPassed', { start: from }))];
  if (minutes === null) return [fact(locale, 'fact.plannedStart', from)];
  const end = moment(reader, new Date(plannedStart.getTime() + minutes * 60_000), now);
  return [fact(locale, 'fact.planned', text(locale, 'fact.plannedWindow', { start: from, end }))];
}
