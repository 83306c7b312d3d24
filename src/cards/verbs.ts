import { z } from 'zod';
import { longestTicketField } from '../pim/check-activation.ts';
import type { CardElement } from './adaptive-card.ts';

/** More than a form lets in, so that a long text comes back with its reason instead of being dropped. */
const longestText = 4000;
const longestId = 200;

const requestId = z.guid();
const version = z.int().nonnegative();
const listedId = z.string().min(1).max(longestId);
/** Half a character and NUL are text to JSON and to nothing that stores it. */
const typed = (longest: number) => z.string().max(longest).transform((value) => value.toWellFormed().replaceAll('\0', '')).exactOptional();
const note = typed(longestText);
const ticketField = typed(longestTicketField * 10);

/** An input's value arrives as a string; an input that was left alone arrives empty. */
const minutes = z.preprocess(
  (value) => (value === '' ? undefined : value),
  z.union([z.int().positive().max(99_999), z.string().regex(/^[1-9]\d{0,4}$/u).transform(Number)]).optional(),
);

const verbSchema = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('roles.show') }),
  z.object({ verb: z.literal('activation.choose'), eligibleId: listedId }),
  z.object({
    verb: z.literal('activation.submit'),
    requestId,
    version,
    minutes,
    justification: note,
    ticketNumber: ticketField,
    ticketSystem: ticketField,
  }),
  z.object({ verb: z.literal('activation.check'), requestId }),
  z.object({ verb: z.literal('activation.withdraw'), requestId }),
  z.object({ verb: z.literal('activation.deactivate'), requestId }),
  z.object({ verb: z.literal('active.show') }),
  z.object({ verb: z.literal('active.deactivate'), activeId: listedId }),
  z.object({ verb: z.literal('approvals.show') }),
  z.object({ verb: z.literal('approval.open'), requestId }),
  z.object({ verb: z.literal('approval.approve'), requestId, version, reason: note }),
  z.object({ verb: z.literal('approval.deny'), requestId, version, reason: note }),
  z.object({ verb: z.literal('digest.off') }),
]);

/**
 * Everything that a click on a card can say. Role, scope and person are not among it: they are looked up by id, for the
 * person whom the channel names.
 */
export type Verb = z.infer<typeof verbSchema>;

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

/** What a button sends: a verb and the members that the card knows; the members that a person fills in are inputs. */
export type VerbData =
  | { readonly verb: 'roles.show' | 'active.show' | 'approvals.show' | 'digest.off' }
  | { readonly verb: 'activation.choose'; readonly eligibleId?: string }
  | { readonly verb: 'active.deactivate'; readonly activeId?: string }
  | { readonly verb: 'approval.open'; readonly requestId?: string }
  | { readonly verb: 'activation.check' | 'activation.withdraw' | 'activation.deactivate'; readonly requestId: string }
  | {
      readonly verb: 'activation.submit' | 'approval.approve' | 'approval.deny';
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
  if ('version' in sends) return true;
  if (sends.verb === 'activation.choose') return sends.eligibleId === undefined;
  if (sends.verb === 'active.deactivate') return sends.activeId === undefined;
  return sends.verb === 'approval.open' && sends.requestId === undefined;
}
