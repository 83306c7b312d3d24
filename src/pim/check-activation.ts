import type { RoleSettings, Ticket } from './model.ts';

/** Shortest activation that is offered, in minutes; a role that allows less than this allows its own maximum. */
export const shortestActivationMinutes = 30;

/** PIM's own floor, in minutes (`ActiveDurationTooShort`): all that is known while a role's settings cannot be read. */
const pimFloorMinutes = 5;

/** Most characters of a justification and of each ticket field: what PIM's portal takes, and what a card can show. */
export const longestJustification = 500;
export const longestTicketField = 100;

type ReasonCode =
  | 'durationTooLong'
  | 'durationTooShort'
  | 'durationMissing'
  | 'justificationMissing'
  | 'justificationTooLong'
  | 'ticketNumberMissing'
  | 'ticketSystemMissing'
  | 'ticketTooLong'
  | 'scopeNotOffered'; // not one that PIM lists for this person: told by whoever asks PIM

/** Why an activation was refused. The limits, in minutes, come with the duration's reasons. */
export interface Reason {
  readonly code: ReasonCode;
  readonly maximumMinutes?: number;
  readonly minimumMinutes?: number;
}

/** What a person has filled in so far. `minutes` is `null` while no readable duration was given. */
export interface ActivationInput {
  readonly minutes: number | null;
  readonly justification: string;
  readonly ticket: Ticket | null;
}

export type ActivationCheck =
  | { readonly ok: true; readonly needsApproval: boolean }
  | { readonly ok: false; readonly reasons: readonly Reason[] };

/**
 * Judges an activation before PIM is asked. All reasons are named at once, in the order of the form's fields.
 * `settings` is `null` when neither the person nor the bot may read them: then only the input's shape is judged
 * and PIM has the say about the rest.
 */
export function checkActivation(settings: RoleSettings | null, draft: ActivationInput): ActivationCheck {
  const reasons = [
    ...durationReasons(settings, draft.minutes),
    ...justificationReasons(settings?.justificationRequired ?? false, draft.justification),
    ...ticketReasons(settings?.ticketRequired ?? false, draft.ticket),
  ];
  return reasons.length === 0 ? { ok: true, needsApproval: settings?.approvalRequired ?? false } : { ok: false, reasons };
}

/** Fewest minutes that a role lets a person ask for. */
export function minimumMinutes(settings: RoleSettings | null): number {
  return settings === null ? pimFloorMinutes : Math.min(shortestActivationMinutes, settings.maximumMinutes);
}

function durationReasons(settings: RoleSettings | null, minutes: number | null): readonly Reason[] {
  if (minutes === null || !Number.isSafeInteger(minutes)) return [{ code: 'durationMissing' }];
  const minimum = minimumMinutes(settings);
  if (minutes < minimum) return [{ code: 'durationTooShort', minimumMinutes: minimum }];
  if (settings !== null && minutes > settings.maximumMinutes) {
    return [{ code: 'durationTooLong', maximumMinutes: settings.maximumMinutes }];
  }
  return [];
}

function justificationReasons(required: boolean, justification: string): readonly Reason[] {
  if (required && justification.trim() === '') return [{ code: 'justificationMissing' }];
  return justification.length > longestJustification ? [{ code: 'justificationTooLong' }] : [];
}

function ticketReasons(required: boolean, ticket: Ticket | null): readonly Reason[] {
  const { number, system } = ticket ?? { number: '', system: '' };
  const reasons: Reason[] = [];
  if (required && number.trim() === '') reasons.push({ code: 'ticketNumberMissing' });
  if (required && system.trim() === '') reasons.push({ code: 'ticketSystemMissing' });
  if (Math.max(number.length, system.length) > longestTicketField) reasons.push({ code: 'ticketTooLong' });
  return reasons;
}
