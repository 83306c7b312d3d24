import type { Ticket } from '../../pim/model.ts';

/** A word without a digit is no number: it belongs to a name. */
const number = String.raw`([^\s(]*\d[^\s(]*)(?:\s*\(([^()]*)\))?(?=\s|$)`;
const ticket = new RegExp(String.raw`(?:^|\s)(?:with\s+)?(?:ticket(?:\s+(?:number|no\.?))?(?:\s*[:#]\s*|\s+)|チケット(?:番号)?\s*[:#]?\s*)${number}`, 'iu');

/** Takes `ticket INC-4711`, `ticket 4711 (ServiceNow)`, `チケット INC-4711 (ServiceNow)` out of the text. */
export function takeTicket(text: string): { readonly rest: string; readonly ticket: Ticket | null } {
  const match = ticket.exec(text);
  if (match === null) return { rest: text, ticket: null };
  const rest = text.replace(match[0], ' ').replaceAll(/\s+/gu, ' ').trim();
  return { rest, ticket: { number: match[1] ?? '', system: (match[2] ?? '').trim() } };
}
