import type { RoleSettings, Ticket } from './model.ts';
import { meetsTicketRules, ticketForms, type BoundSettings } from './own-settings.ts';

/** Shortest activation that is offered, in minutes; a role that allows less than this allows its own maximum. */
export const shortestActivationMinutes = 30;

/** PIM's own floor, in minutes (`ActiveDurationTooShort`): all that is known while a role's settings cannot be read. */
const pimFloorMinutes = 5;

/** Most characters of a justification and of each ticket field: what PIM's portal takes, and what a card can show. */
export const longestJustification = 500;
export const longestTicketField = 100;

/**
 * How far ahead an activation is planned at most. Microsoft names no limit but the eligibility's end
 * (https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-activate-your-roles);
 * a year is how long PIM's own settings let an eligibility last, and a later date is rather a slip of the hand.
 */
const longestAheadDays = 365;

type ReasonCode =
  | 'startUnreadable' // told by whoever reads it
  | 'startTimeMissing' // a day without a time: told by whoever reads it
  | 'startPast'
  | 'startTooFar'
  | 'startAfterEligibility'
  | 'endAfterEligibility'
  | 'durationTooLong'
  | 'durationTooShort'
  | 'durationMissing'
  | 'justificationMissing'
  | 'justificationTooLong'
  | 'ticketNumberMissing'
  | 'ticketSystemMissing'
  | 'ticketTooLong'
  | 'ticketNotAccepted' // by our own settings
  | 'scopeNotOffered'; // not one that PIM lists for this person: told by whoever asks PIM

/** Why an activation was refused. The limits, in minutes, come with the duration's reasons; the eligibility's end with those that it is about. */
export interface Reason {
  readonly code: ReasonCode;
  readonly maximumMinutes?: number;
  readonly minimumMinutes?: number;
  readonly eligibleUntil?: Date;
  /** What a ticket has to look like. */
  readonly ticketForms?: string;
}

/** What is asked for, by PIM alone or by our settings too. */
type Demands = RoleSettings & Partial<Pick<BoundSettings, 'ticketLists'>>;

/** What a person has filled in so far. `minutes` is `null` while no readable duration was given; `start` is `null` for at once. */
export interface ActivationInput {
  readonly start: Date | null;
  readonly minutes: number | null;
  readonly justification: string;
  readonly ticket: Ticket | null;
}

/** Between what times an activation may lie. `eligibleUntil`: `null`: no end, or not known. */
export interface ActivationTimes {
  readonly now: Date;
  readonly eligibleUntil: Date | null;
}

export type ActivationCheck =
  | { readonly ok: true; readonly needsApproval: boolean }
  | { readonly ok: false; readonly reasons: readonly Reason[] };

/**
 * Judges an activation before PIM is asked. All reasons are named at once, in the order of the form's fields.
 * `settings` is `null` when neither the person nor the bot may read them: then only the input's shape is judged
 * and PIM has the say about the rest.
 */
export function checkActivation(settings: Demands | null, draft: ActivationInput, times: ActivationTimes): ActivationCheck {
  const reasons = [
    ...startReasons(draft, times),
    ...durationReasons(settings, draft.minutes),
    ...justificationReasons(settings?.justificationRequired ?? false, draft.justification),
    ...ticketReasons(settings?.ticketRequired ?? false, settings?.ticketLists ?? [], draft.ticket),
  ];
  return reasons.length === 0 ? { ok: true, needsApproval: settings?.approvalRequired ?? false } : { ok: false, reasons };
}

/** Fewest minutes that a role lets a person ask for. */
export function minimumMinutes(settings: Pick<RoleSettings, 'maximumMinutes'> | null): number {
  return settings === null ? pimFloorMinutes : Math.min(shortestActivationMinutes, settings.maximumMinutes);
}

/** What begins at once is PIM's to judge: it ends the activation together with the eligibility. */
function startReasons({ start, minutes }: ActivationInput, { now, eligibleUntil }: ActivationTimes): readonly Reason[] {
  if (start === null) return [];
  if (!(start > now)) return [{ code: 'startPast' }];
  if (eligibleUntil !== null && start >= eligibleUntil) return [{ code: 'startAfterEligibility', eligibleUntil }];
  if (start.getTime() - now.getTime() > longestAheadDays * 86_400_000) return [{ code: 'startTooFar' }];
  const end = start.getTime() + (minutes ?? 0) * 60_000;
  return eligibleUntil !== null && end > eligibleUntil.getTime() ? [{ code: 'endAfterEligibility', eligibleUntil }] : [];
}

function durationReasons(settings: RoleSettings | null, minutes: number | null): readonly Reason[] {
  // Stryker disable next-line ConditionalExpression: null is no integer either; it is named for the compiler.
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

function ticketReasons(required: boolean, lists: BoundSettings['ticketLists'], ticket: Ticket | null): readonly Reason[] {
  const { number, system } = ticket ?? { number: '', system: '' };
  const reasons: Reason[] = [];
  if (required && number.trim() === '') reasons.push({ code: 'ticketNumberMissing' });
  if (required && system.trim() === '') reasons.push({ code: 'ticketSystemMissing' });
  if (Math.max(number.length, system.length) > longestTicketField) reasons.push({ code: 'ticketTooLong' });
  if (reasons.length === 0 && !meetsTicketRules(lists, { number, system })) reasons.push({ code: 'ticketNotAccepted', ticketForms: ticketForms(lists) });
  return reasons;
}
