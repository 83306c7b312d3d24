import type { Activity } from 'botbuilder';
import { noticeCard } from '../cards/notice.ts';
import { problemCard } from '../cards/problem.ts';
import { PimError } from '../pim/errors.ts';
import { NothingSent } from './nothing-sent.ts';
import type { BotParts } from './parts.ts';
import { problemOf } from './problem.ts';
import type { Answer, Reply } from './reply.ts';
import { recordSignIn } from './sign-in/teams-sign-in.ts';
import type { Turn } from './turn.ts';

/** A turn, with what a sign-in card needs of its activity. */
export interface Occasion {
  readonly turn: Turn;
  readonly activity: Activity;
  /** Single sign-on has been tried in this turn already. */
  readonly tried?: boolean;
}

/**
 * Does the work of a turn for a member of the tenant in their own chat, and for nobody else. Whatever goes wrong becomes
 * a card; a missing sign-in becomes a sign-in, once.
 */
export async function answerOf(parts: BotParts, occasion: Occasion, work: () => Promise<Reply>): Promise<Answer> {
  const { turn } = occasion;
  if (!turn.personal) return { card: noticeCard(turn.reader, { key: 'personalChatOnly' }) };
  try {
    if (await parts.isMember(turn.actor.id)) return await work();
    parts.log.warn({ personId: turn.actor.id }, 'somebody who is no member of the tenant was refused');
    return { card: noticeCard(turn.reader, { key: 'membersOnly' }) };
  } catch (error) {
    return answerToError(parts, occasion, error).catch((later: unknown) => answerToFault(parts, occasion, later));
  }
}

async function answerToError(parts: BotParts, occasion: Occasion, error: unknown): Promise<Answer> {
  const { reader } = occasion.turn;
  if (error instanceof PimError) return answerToPim(parts, occasion, error);
  if (error instanceof NothingSent) {
    parts.log.error({ error }, 'our records cannot be written');
    return { card: noticeCard(reader, { key: 'storeUnavailable' }) };
  }
  return answerToFault(parts, occasion, error);
}

function answerToFault(parts: BotParts, { turn: { reader } }: Occasion, error: unknown): Answer {
  const reference = crypto.randomUUID().slice(0, 8);
  parts.log.error({ error, reference }, 'a turn failed');
  return { card: noticeCard(reader, { key: 'internalError', params: { reference } }) };
}

async function answerToPim(parts: BotParts, occasion: Occasion, error: PimError): Promise<Answer> {
  const { turn } = occasion;
  parts.log.warn({ error, code: error.code, azureRequestId: error.details.azureRequestId }, 'a turn was refused');
  if (error.code === 'otherAccount') await recordSignIn(parts, turn, 'otherAccount');
  if (error.code !== 'signInRequired') return { card: problemCard(turn.reader, { problem: problemOf(error), consentUrl: parts.consentUrl }) };
  // Whatever is kept was refused.
  parts.signIn.forget(turn.actor.id);
  return await askToSignIn(parts, occasion) ?? { card: problemCard(turn.reader, { problem: problemOf(error) }) };
}

/** `null`: there is nothing to sign in to, or it was of no use a moment ago. */
export async function askToSignIn(parts: BotParts, { turn, activity, tried = false }: Occasion): Promise<Answer | null> {
  if (parts.teamsSignIn === null || tried) return null;
  try {
    return { signIn: await parts.teamsSignIn.card(activity, turn.reader), tried };
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    parts.log.warn({ error }, 'a sign-in could not be offered');
    return { card: problemCard(turn.reader, { problem: problemOf(error) }) };
  }
}
