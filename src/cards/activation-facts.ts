import type { Ticket } from '../pim/model.ts';
import { oneLine, plainText } from './plain-text.ts';
import { text } from './texts.ts';
import type { Locale, TextKey } from './texts.ts';

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

/** No line at all where there is no ticket. */
export function ticketFacts(locale: Locale, ticket: Ticket | null): readonly Fact[] {
  if (ticket === null) return [];
  const params = { number: oneLine(ticket.number), system: oneLine(ticket.system) };
  return [fact(locale, 'fact.ticket', text(locale, 'fact.ticketValue', params))];
}
