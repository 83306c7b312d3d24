import { z } from 'zod';
import { longestTicketField } from '../pim/check-activation.ts';
import type { CardElement } from './adaptive-card.ts';

/** More than a form lets in, so that a long text comes back with its reason instead of being dropped. */
const longestText = 4000;
const longestId = 200;
/** A date or a time of day, as its field gives it. */
const longestTime = 40;
/** An ARM path, alone or behind another id. */
const longestPath = 2000;

/** More than a card can show. */
const longestJson = 40_000;

const requestId = z.guid();
const version = z.int().nonnegative();
const listedId = z.string().min(1).max(longestId);
const listedPath = z.string().min(1).max(longestPath);
/** Half a character and NUL are text to JSON and to nothing that stores it. */
const typed = (longest: number) => z.string().max(longest).transform((value) => value.toWellFormed().replaceAll('\0', '')).exactOptional();
const note = typed(longestText);
const ticketField = typed(longestTicketField * 10);

/** An input's value arrives as a string; an input that was left alone arrives empty. */
const minutes = z.preprocess(
  (value) => (value === '' ? undefined : value),
  z.union([z.int().positive().max(99_999), z.string().regex(/^[1-9]\d{0,4}$/u).transform(Number)]).optional(),
);

/** What a command said before the role was chosen: it fills the form, and is checked when that is sent. */
const typedAlready = { startDate: typed(longestTime), startTime: typed(longestTime), minutes, justification: note };

const filledForm = {
  requestId,
  version,
  scopeId: typed(longestPath),
  ...typedAlready,
  ticketNumber: ticketField,
  ticketSystem: ticketField,
};

/** Number of a candidate that the card offered. */
const choice = z.union([z.int().nonnegative().max(999), z.string().regex(/^\d{1,3}$/u).transform(Number)]);
/** How far a list of assignments looks: below its scope, and into the future. */
const reach = { below: z.boolean(), later: z.boolean() };

const verbSchema = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('roles.show') }),
  z.object({ verb: z.literal('activation.choose'), eligibleId: listedPath, ...typedAlready }),
  z.object({ verb: z.literal('activation.submit'), ...filledForm }),
  z.object({ verb: z.literal('activation.validate'), ...filledForm }),
  z.object({ verb: z.literal('activation.begin'), requestId, version }),
  z.object({ verb: z.literal('activation.check'), requestId }),
  z.object({ verb: z.literal('activation.nudge'), requestId }),
  z.object({ verb: z.literal('activation.withdraw'), requestId }),
  z.object({ verb: z.literal('activation.deactivate'), requestId }),
  z.object({ verb: z.literal('activation.repeat'), requestId }),
  z.object({ verb: z.literal('active.show') }),
  z.object({ verb: z.literal('active.deactivate'), activeId: listedId }),
  z.object({ verb: z.literal('approvals.show') }),
  z.object({ verb: z.literal('approval.open'), requestId }),
  z.object({ verb: z.literal('approval.approve'), requestId, version, reason: note }),
  z.object({ verb: z.literal('approval.deny'), requestId, version, reason: note }),
  z.object({ verb: z.literal('approval.offer'), requestId, version }),
  z.object({ verb: z.literal('approval.sendOffer'), requestId, version, minutes, scopeId: typed(longestPath), reason: note }),
  z.object({ verb: z.literal('activation.refresh'), requestId }),
  z.object({ verb: z.literal('approval.refresh'), requestId }),
  z.object({ verb: z.literal('digest.off') }),
  z.object({ verb: z.literal('inquiry.choose'), inquiryId: requestId, choice }),
  z.object({ verb: z.literal('assignments.show'), inquiryId: requestId, ...reach }),
  z.object({ verb: z.literal('assignments.take'), inquiryId: requestId, ...reach, assignment: listedId }),
  z.object({ verb: z.literal('assignment.confirm'), requestId, version, justification: note }),
  z.object({ verb: z.literal('assignment.cancel'), requestId }),
  z.object({ verb: z.literal('assignment.check'), requestId }),
  z.object({ verb: z.literal('assignment.undo'), requestId }),
  z.object({ verb: z.literal('assignment.repeat'), requestId }),
  z.object({ verb: z.literal('settings.propose'), inquiryId: requestId, settings: typed(longestJson) }),
  z.object({ verb: z.literal('settings.export'), inquiryId: requestId }),
  z.object({ verb: z.literal('settings.confirm'), requestId, version }),
  z.object({ verb: z.literal('settings.cancel'), requestId }),
  z.object({ verb: z.literal('settings.recheck'), requestId }),
]);

/**
 * Everything that a click on a card can say. Role and person are not among it, and a scope only by its id: they are looked
 * up, at PIM or in what we remember, for the person whom the channel names.
 */
export type Verb = z.infer<typeof verbSchema>;

export const verbNames: readonly Verb['verb'][] = verbSchema.options.map(({ shape }) => shape.verb.value);

/**
 * Reads what a card sent: the value of an `Action.Execute` invoke or of an `Action.Submit` message. Members that are
 * not listed above are dropped. `null` when it is not one of our actions; never throws.
 */
export function parseVerb(value: unknown): Verb | null {
  const parsed = verbSchema.safeParse(sent(value));
  return parsed.success ? parsed.data : null;
}

const executeSchema = z.object({ action: z.object({ verb: z.string(), data: z.record(z.string(), z.unknown()).optional() }) });

function sent(value: unknown): unknown {
  const execute = executeSchema.safeParse(value);
  return execute.success ? { ...execute.data.action.data, verb: execute.data.action.verb } : value;
}

interface TypedAlready {
  readonly startDate?: string;
  readonly startTime?: string;
  readonly minutes?: number;
  readonly justification?: string;
}

/** What a button sends: a verb and the members that the card knows; the members that a person fills in are inputs. */
export type VerbData =
  | { readonly verb: 'roles.show' | 'active.show' | 'approvals.show' | 'digest.off' }
  | ({ readonly verb: 'activation.choose'; readonly eligibleId?: string } & TypedAlready)
  | { readonly verb: 'active.deactivate'; readonly activeId?: string }
  | { readonly verb: 'approval.open'; readonly requestId?: string }
  | { readonly verb: 'activation.check' | 'activation.nudge' | 'activation.withdraw' | 'activation.deactivate' | 'activation.repeat'; readonly requestId: string }
  | { readonly verb: 'assignment.cancel' | 'assignment.check' | 'assignment.undo' | 'assignment.repeat'; readonly requestId: string }
  | { readonly verb: 'settings.cancel' | 'settings.recheck'; readonly requestId: string }
  | { readonly verb: 'inquiry.choose' | 'settings.propose'; readonly inquiryId: string }
  | { readonly verb: 'assignments.show' | 'assignments.take'; readonly inquiryId: string; readonly below: boolean; readonly later: boolean }
  | {
      readonly verb: 'activation.submit' | 'activation.validate' | 'activation.begin' | 'approval.offer' | 'approval.sendOffer' | 'approval.approve' | 'approval.deny' | 'assignment.confirm' | 'settings.confirm';
      readonly requestId: string;
      readonly version: number;
    };

export type ActionStyle = 'default' | 'positive' | 'destructive';

/**
 * A button. `Action.Execute` replaces the card in place; clients that do not know it send the same as `Action.Submit`.
 * A button that needs no input leaves them alone, so that an empty required field does not hold it up.
 */
export function verbAction(sends: VerbData, title: string, style: ActionStyle = 'default'): CardElement {
  const { verb, ...data } = sends;
  const common = { title, style, associatedInputs: readsInputs(sends) ? 'auto' : 'none' };
  return {
    type: 'Action.Execute',
    ...common,
    verb,
    data,
    fallback: { type: 'Action.Submit', ...common, data: sends },
  };
}

function readsInputs(sends: VerbData): boolean {
  if (sends.verb === 'activation.begin' || sends.verb === 'approval.offer') return false;
  if (sends.verb === 'settings.propose' || 'version' in sends || sends.verb === 'inquiry.choose' || sends.verb === 'assignments.take') return true;
  if (sends.verb === 'activation.choose') return sends.eligibleId === undefined;
  if (sends.verb === 'active.deactivate') return sends.activeId === undefined;
  return sends.verb === 'approval.open' && sends.requestId === undefined;
}
