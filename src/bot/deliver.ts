import { setTimeout as delay } from 'node:timers/promises';
import type { TurnContext } from 'botbuilder';
import { noticeCard } from '../cards/notice.ts';
import { parseVerb } from '../cards/verbs.ts';
import { keepInterruptedTurn } from '../store/interrupted-turns.ts';
import { releasePostedCard } from '../store/posted-cards.ts';
import type { Delivery } from './messenger.ts';
import type { BotParts } from './parts.ts';
import { rememberCard } from './remember-card.ts';
import type { Answer, NeedsSignIn, Reply } from './reply.ts';
import { readBeforeSignIn } from './settings/file-for-apply.ts';
import type { Turn } from './turn.ts';

/**
 * Teams gives up on an invoke after 10–15 s and shows an error; a person doubts after three. Promise 20.
 * https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
 */
export const replyWithinMs = 2_500;
/** A message is delivered again when it is not answered within about 15 s. */
const messageAnsweredWithinMs = 10_000;
/** The typing indicator is a courtesy that nobody waits for. */
const typingWithinMs = 500;
/** The "checking" answer has reached the client by then, so that a late answer is not overtaken by it. */
const afterTheFirstAnswerMs = 1_000;

/** Answers a click: the card changes in place, at once, or later when PIM takes its time. */
export async function deliverInPlace(parts: BotParts, turn: Turn, work: Promise<Answer>): Promise<unknown> {
  const answer = await within(replyWithinMs, work);
  if (answer !== 'late') {
    if ('signIn' in answer) return answer.tried ? moreNeeded : { statusCode: 401, type: loginRequest, value: answer.signIn };
    await remember(parts, turn, answer, turn.cardActivityId);
    inBackground(parts, sendFile(parts, turn, answer));
    return cardAnswer(answer.card);
  }
  inBackground(parts, work, (late) => 'signIn' in late ? interrupt(parts, turn, late) : updateLate(parts, turn, late));
  return cardAnswer(noticeCard(turn.reader, { key: 'checkingWithPim' }));
}

/** Teams' client signs the person in and sends the click again; when that was not enough, it shows the sign-in button first. */
const loginRequest = 'application/vnd.microsoft.activity.loginRequest';
const moreNeeded = {
  statusCode: 412,
  type: 'application/vnd.microsoft.error.preconditionFailed',
  value: { code: '412', message: 'The sign-in takes one more step.' },
};

/** For an invoke that Teams shows no answer to: what comes of the work takes the place of Teams' own card, or comes as a message where that does not let itself be replaced. */
export async function deliverOnCard(parts: BotParts, turn: Turn, work: Promise<Answer>): Promise<void> {
  const isLate = await within(replyWithinMs, work) === 'late';
  if (isLate && turn.cardActivityId !== null) await parts.messenger.updateCard(turn.conversation, turn.cardActivityId, noticeCard(turn.reader, { key: 'checkingWithPim' }));
  inBackground(parts, work, (answer) => 'signIn' in answer ? interrupt(parts, turn, answer) : replace(parts, turn, answer));
}

async function replace(parts: BotParts, turn: Turn, reply: Reply): Promise<void> {
  if (!await update(parts, turn, reply)) await send(parts, turn, reply);
}

/** Answers a message with a card of its own. */
export async function deliverAsMessage(parts: BotParts, context: TurnContext, turn: Turn, work: Promise<Answer>): Promise<void> {
  await within(typingWithinMs, showTyping(parts, context));
  const sent = work.then((answer) => 'signIn' in answer ? interrupt(parts, { ...turn, cardActivityId: null }, answer) : send(parts, turn, answer));
  const outcome = await within(messageAnsweredWithinMs, sent);
  if (outcome === 'late') sent.catch((error: unknown) => { parts.log.error({ error }, 'late work failed'); });
}

/** Shows what comes of the work, which nobody waits for: on the turn's card, or in a message where it has none. */
export function deliverLater(parts: BotParts, turn: Turn, work: () => Promise<Answer>): void {
  inBackground(parts, work(), (answer) => 'signIn' in answer || turn.cardActivityId === null ? send(parts, turn, answer) : updateLate(parts, turn, answer));
}

/** How often a message is sent anew when Teams is busy. */
const mostTries = 3;

async function send(parts: BotParts, turn: Turn, answer: Answer): Promise<void> {
  const { messenger } = parts;
  if ('signIn' in answer) {
    await sendAnew(parts, () => messenger.sendSignIn(turn.conversation, answer.signIn));
    return;
  }
  const activityId = await sendAnew(parts, () => messenger.sendCard(turn.conversation, answer.card));
  if (activityId === null) return;
  await remember(parts, turn, answer, activityId);
  await sendFile(parts, turn, answer);
}

async function sendFile(parts: BotParts, turn: Turn, { file }: Reply): Promise<void> {
  if (file !== undefined) await sendAnew(parts, () => parts.messenger.sendCard(turn.conversation, file));
}

/** `null`: it could not be sent. */
async function sendAnew(parts: BotParts, send: () => Promise<Delivery>): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    const delivery = await send();
    if (delivery.outcome === 'sent') return delivery.activityId;
    if (delivery.outcome !== 'throttled' || attempt === mostTries) {
      parts.log.warn({ delivery }, 'an answer could not be sent');
      return null;
    }
    await delay(delivery.retryAfterSeconds * 1_000);
  }
}

/**
 * A sign-in comes first; what the person wanted then goes on by itself, on the card that was clicked, if it was one. Of a
 * click only the verb is kept: never a token that came with it.
 */
async function interrupt(parts: BotParts, turn: Turn, signIn: NeedsSignIn): Promise<void> {
  const { actor, text, value, reader, cardActivityId } = turn;
  const action = value === undefined || value === null ? null : parseVerb(value);
  const file = await readBeforeSignIn(turn);
  await keepInterruptedTurn(parts.store.db, { personId: actor.id, text, action, file, cardActivityId, ...reader }, parts.clock.now())
    // The person can say it again once they have signed in.
    .catch((error: unknown) => { parts.log.error({ error }, 'what a sign-in interrupts could not be kept'); });
  await send(parts, turn, signIn);
}

/** A courtesy: without it the answer comes all the same. */
async function showTyping(parts: BotParts, context: TurnContext): Promise<void> {
  await context.sendActivity({ type: 'typing' }).catch((error: unknown) => { parts.log.debug({ error }, 'the typing indicator was not shown'); });
}

async function updateLate(parts: BotParts, turn: Turn, reply: Reply): Promise<void> {
  await delay(afterTheFirstAnswerMs);
  await update(parts, turn, reply);
}

/** Whether it could be shown. */
async function update(parts: BotParts, turn: Turn, reply: Reply): Promise<boolean> {
  const delivery = turn.cardActivityId === null
    ? await parts.messenger.sendCard(turn.conversation, reply.card)
    : await parts.messenger.updateCard(turn.conversation, turn.cardActivityId, reply.card);
  if (delivery.outcome === 'sent') {
    await remember(parts, turn, reply, delivery.activityId);
    await sendFile(parts, turn, reply);
    return true;
  }
  parts.log.warn({ delivery, shows: reply.shows }, 'a late answer could not be shown');
  // The card still says "checking": it shows none of the request's versions, so a refresh is due.
  if (reply.shows !== undefined) await remember(parts, turn, { ...reply, shows: { ...reply.shows, version: 0 } }, turn.cardActivityId);
  return false;
}

/** Which card shows which request: what changes the request changes this card, and no other request does any more. */
async function remember(parts: BotParts, turn: Turn, reply: Reply, activityId: string | null): Promise<void> {
  if (activityId === null || activityId === '') return;
  const card = { personId: turn.actor.id, activityId };
  try {
    await parts.store.transaction(async (tx) => {
      await releasePostedCard(tx, card, reply.shows?.requestId ?? null);
      if (reply.shows === undefined) return;
      const { requestId, kind, version } = reply.shows;
      await rememberCard(parts, tx, { ...card, requestId, kind, shownVersion: version, reference: turn.conversation.reference });
    });
  } catch (error) {
    // The answer matters more than the memory of where it was shown.
    parts.log.error({ error, shows: reply.shows }, 'a posted card could not be remembered');
  }
}

function cardAnswer(card: object): unknown {
  return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card };
}

function inBackground<T>(parts: BotParts, work: Promise<T>, then: (result: T) => Promise<void> = () => Promise.resolve()): void {
  work.then(then).catch((error: unknown) => { parts.log.error({ error }, 'late work failed'); });
}

export async function within<T>(ms: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => { resolve('late'); }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
