import type { Problem } from '../cards/shown.ts';
import { withProblem } from '../cards/refusal.ts';
import { PimError, type PimErrorCode } from '../pim/errors.ts';
import type { BotParts } from './parts.ts';
import type { Reply } from './reply.ts';
import type { Turn } from './turn.ts';

/** What a card or a row keeps of an error: no message, no cause, no token. */
export function problemOf({ code, details }: PimError): Problem {
  const { rules = [], azureRequestId, retryAfterMs } = details;
  return { code, rules, azureRequestId: azureRequestId ?? null, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** What is wrong with the sign-in has an answer of its own: after it the click comes again. */
const aboutSignIn: ReadonlySet<PimErrorCode> = new Set(['signInRequired', 'otherAccount']);

/** A card that was clicked stays as it is when PIM says no, with PIM's answer above it. Rethrows what is not PIM's. */
export function refusedOn({ consentUrl }: BotParts, turn: Turn, reply: Reply, error: unknown): Reply {
  if (!(error instanceof PimError) || aboutSignIn.has(error.code)) throw error;
  return { ...reply, card: withProblem(turn.reader, reply.card, problemOf(error), consentUrl) };
}
