import { ActivityTypes, type TurnContext } from 'botbuilder';
import { parseVerb } from '../cards/verbs.ts';
import { listUndelivered } from '../store/approvals.ts';
import { rememberConversation } from '../store/conversation-references.ts';
import { answerOf } from './answer.ts';
import { deliverAsMessage, deliverInPlace, deliverOnCard } from './deliver.ts';
import { onSignInFailure, onTokenExchange, onVerifyState, signInByClick, type InvokeAnswer } from './sign-in/on-sign-in.ts';
import { beforePim } from './nothing-sent.ts';
import type { BotParts } from './parts.ts';
import type { Reply } from './reply.ts';
import { runVerb } from './routes.ts';
import { notUnderstood, runMessage } from './run-message.ts';
import { readFileConsent, saveExport } from './settings/save-export.ts';
import { turnOf, type Turn } from './turn.ts';
import { welcome } from './welcome.ts';

/** One turn of the conversation. Nothing thrown here reaches the person as anything but a card. */
export function createTurnHandler(parts: BotParts): (context: TurnContext) => Promise<void> {
  return async (context) => {
    const turn = turnOf(context);
    if (turn === null || turn.tenantId !== parts.tenantId) {
      parts.log.warn({ activityType: context.activity.type }, 'a turn of nobody in our tenant was ignored');
      await answerInvoke(context, { status: 403 });
      return;
    }
    switch (context.activity.type) {
      case ActivityTypes.Message: return onMessage(parts, context, turn);
      case ActivityTypes.Invoke: return answerInvoke(context, await onInvoke(parts, context, turn));
      case ActivityTypes.ConversationUpdate:
      case ActivityTypes.InstallationUpdate: return onArrival(parts, context, turn);
      default: return undefined;
    }
  };
}

async function onMessage(parts: BotParts, context: TurnContext, turn: Turn): Promise<void> {
  await deliverAsMessage(parts, context, turn, answerOf(parts, { turn, activity: context.activity }, async () => {
    await beforePim(() => remember(parts, turn));
    return runMessage(parts, turn);
  }));
}

async function onInvoke(parts: BotParts, context: TurnContext, turn: Turn): Promise<InvokeAnswer> {
  const { name } = context.activity;
  if (name === 'adaptiveCard/action') return { status: 200, body: await onClick(parts, context, turn) };
  if (name === 'fileConsent/invoke') return onFileConsent(parts, context, turn);
  if (name === 'signin/tokenExchange') return onTokenExchange(parts, context, turn);
  if (name === 'signin/verifyState') return onVerifyState(parts, context, turn);
  if (name === 'signin/failure') return onSignInFailure(parts, context, turn);
  return { status: 501 };
}

async function onClick(parts: BotParts, context: TurnContext, turn: Turn): Promise<unknown> {
  const action = parseVerb(turn.value);
  const work = async (): Promise<Reply> => {
    await beforePim(() => remember(parts, turn));
    return action === null ? notUnderstood(turn) : runVerb(parts, turn, action);
  };
  return deliverInPlace(parts, turn, signInByClick(parts, { turn, activity: context.activity }, work));
}

/** The person has agreed to a file that was offered, or not. Where they have to sign in first, it is offered once more: the place for it is not kept. */
async function onFileConsent(parts: BotParts, { activity }: TurnContext, turn: Turn): Promise<InvokeAnswer> {
  const consent = readFileConsent(turn.value);
  const work = answerOf(parts, { turn, activity }, async () => {
    await beforePim(() => remember(parts, turn));
    return consent === null ? notUnderstood(turn) : saveExport(parts, turn, consent);
  });
  await deliverOnCard(parts, { ...turn, value: consent?.asked }, work);
  return { status: 200 };
}

/** The app was installed, or the chat opened for the first time: remember the way back and say hello, once. */
async function onArrival(parts: BotParts, context: TurnContext, turn: Turn): Promise<void> {
  if (!turn.personal || context.activity.action === 'remove' || (context.activity.membersRemoved?.length ?? 0) > 0) return;
  if (await isGuest(parts, turn)) return;
  const met = await remember(parts, turn);
  await bringWhatWaits(parts, turn);
  if (met === 'first') await context.sendActivity(welcome(turn));
}

/** A guest is not greeted, and not remembered. While the directory does not answer, a greeting does no harm: it says nothing. */
function isGuest(parts: BotParts, { actor }: Turn): Promise<boolean> {
  return parts.isMember(actor.id).then((member) => !member, () => false);
}

function remember(parts: BotParts, turn: Turn): ReturnType<typeof rememberConversation> {
  return rememberConversation(parts.store.db, turn.conversation, parts.clock.now());
}

/** Requests that waited for somebody who had not opened the bot until now. */
async function bringWhatWaits(parts: BotParts, turn: Turn): Promise<void> {
  const approverId = turn.actor.id;
  const waiting = await listUndelivered(parts.store.db, approverId);
  if (waiting.length === 0) return;
  await parts.store.transaction(async (tx) => {
    for (const requestId of waiting) await parts.jobs.enqueue(tx, 'notify-approver', { requestId, approverId });
  });
}

async function answerInvoke(context: TurnContext, answer: InvokeAnswer): Promise<void> {
  if (context.activity.type !== ActivityTypes.Invoke) return;
  await context.sendActivity({ type: 'invokeResponse', value: answer });
}
