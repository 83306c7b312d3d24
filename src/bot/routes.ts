import { ActivityTypes, type TurnContext } from 'botbuilder';
import { noticeCard } from '../cards/notice.ts';
import { problemCard } from '../cards/problem.ts';
import { parseVerb, type Verb } from '../cards/verbs.ts';
import { PimError } from '../pim/errors.ts';
import { listUndelivered } from '../store/approvals.ts';
import { rememberConversation } from '../store/conversation-references.ts';
import { chooseRole, startActivation, submitActivation } from './activate.ts';
import type { Command } from './commands/command.ts';
import { parseCommand } from './commands/parse-command.ts';
import { deactivateByWords, deactivateChosen, deactivateShown, listActive } from './deactivate.ts';
import { decideApproval, listApprovals, openApproval } from './decide-approval.ts';
import { deliverAsMessage, deliverInPlace } from './deliver.ts';
import { showDigest, startDigest, stopDigest } from './digest.ts';
import { checkActivationAgain, withdrawActivation } from './follow-activation.ts';
import { listRoles } from './list-roles.ts';
import { NothingSent } from './nothing-sent.ts';
import type { BotParts } from './parts.ts';
import { problemOf } from './problem.ts';
import type { Reply } from './reply.ts';
import { turnOf, type Turn } from './turn.ts';
import { showHelp, showUnknown, welcome } from './welcome.ts';

/** The whole bot on one screen: what a person types, what a card sends, what Teams tells. */
function runCommand(parts: BotParts, turn: Turn, command: Command): Promise<Reply> {
  switch (command.name) {
    case 'help': return showHelp(turn);
    case 'roles': return listRoles(parts, turn);
    case 'active': return listActive(parts, turn);
    case 'approvals': return listApprovals(parts, turn);
    case 'activate': return startActivation(parts, turn, command);
    case 'deactivate': return deactivateByWords(parts, turn, command);
    case 'digestNow': return showDigest(parts, turn);
    case 'digestOn': return startDigest(parts, turn, command.time);
    case 'digestOff': return stopDigest(parts, turn);
    case 'unknown': return showUnknown(turn, command);
  }
}

function runVerb(parts: BotParts, turn: Turn, action: Verb): Promise<Reply> {
  switch (action.verb) {
    case 'roles.show': return listRoles(parts, turn);
    case 'activation.choose': return chooseRole(parts, turn, action.eligibleId);
    case 'activation.submit': return submitActivation(parts, turn, action);
    case 'activation.check': return checkActivationAgain(parts, turn, action.requestId);
    case 'activation.withdraw': return withdrawActivation(parts, turn, action.requestId);
    case 'activation.deactivate': return deactivateShown(parts, turn, action.requestId);
    case 'active.show': return listActive(parts, turn);
    case 'active.deactivate': return deactivateChosen(parts, turn, action.activeId);
    case 'approvals.show': return listApprovals(parts, turn);
    case 'approval.open': return openApproval(parts, turn, action.requestId);
    case 'approval.approve': return decideApproval(parts, turn, 'approve', action);
    case 'approval.deny': return decideApproval(parts, turn, 'deny', action);
    case 'digest.off': return stopDigest(parts, turn);
  }
}

/** One turn of the conversation. Nothing thrown here reaches the person as anything but a card. */
export function createTurnHandler(parts: BotParts): (context: TurnContext) => Promise<void> {
  return async (context) => {
    const turn = turnOf(context);
    if (turn === null || turn.tenantId !== parts.tenantId) {
      parts.log.warn({ activityType: context.activity.type }, 'a turn of nobody in our tenant was ignored');
      await answerInvoke(context, 403);
      return;
    }
    switch (context.activity.type) {
      case ActivityTypes.Message: return onMessage(parts, context, turn);
      case ActivityTypes.Invoke: return onInvoke(parts, context, turn);
      case ActivityTypes.ConversationUpdate:
      case ActivityTypes.InstallationUpdate: return onArrival(parts, context, turn);
      default: return undefined;
    }
  };
}

async function onMessage(parts: BotParts, context: TurnContext, turn: Turn): Promise<void> {
  const action = turn.value === undefined || turn.value === null ? null : parseVerb(turn.value);
  const work = (): Promise<Reply> => {
    if (action !== null) return runVerb(parts, turn, action);
    if (turn.text.trim() !== '') return runCommand(parts, turn, parseCommand(turn.text));
    return turn.value === undefined ? showHelp(turn) : Promise.resolve({ card: noticeCard(turn.reader, { key: 'notUnderstood' }) });
  };
  await deliverAsMessage(parts, context, turn, guarded(parts, turn, async () => {
    await rememberConversation(parts.store.db, turn.conversation, parts.clock.now());
    return work();
  }));
}

async function onInvoke(parts: BotParts, context: TurnContext, turn: Turn): Promise<void> {
  if (context.activity.name !== 'adaptiveCard/action') return answerInvoke(context, 501);
  const action = parseVerb(turn.value);
  const work = action === null
    ? () => Promise.resolve({ card: noticeCard(turn.reader, { key: 'notUnderstood' }) })
    : () => runVerb(parts, turn, action);
  return answerInvoke(context, 200, await deliverInPlace(parts, turn, guarded(parts, turn, work)));
}

/** The app was installed, or the chat opened for the first time: remember the way back and say hello, once. */
async function onArrival(parts: BotParts, context: TurnContext, turn: Turn): Promise<void> {
  if (!turn.personal || context.activity.action === 'remove' || (context.activity.membersRemoved?.length ?? 0) > 0) return;
  const met = await rememberConversation(parts.store.db, turn.conversation, parts.clock.now());
  await bringWhatWaits(parts, turn);
  if (met === 'first') await context.sendActivity(welcome(turn));
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

async function guarded(parts: BotParts, turn: Turn, work: () => Promise<Reply>): Promise<Reply> {
  if (!turn.personal) return { card: noticeCard(turn.reader, { key: 'personalChatOnly' }) };
  try {
    return await work();
  } catch (error) {
    if (error instanceof PimError) {
      parts.log.warn({ error, code: error.code, azureRequestId: error.details.azureRequestId }, 'PIM said no');
      return { card: problemCard(turn.reader, { problem: problemOf(error) }) };
    }
    if (error instanceof NothingSent) {
      parts.log.error({ error }, 'our records cannot be written');
      return { card: noticeCard(turn.reader, { key: 'storeUnavailable' }) };
    }
    const reference = crypto.randomUUID().slice(0, 8);
    parts.log.error({ error, reference }, 'a turn failed');
    return { card: noticeCard(turn.reader, { key: 'internalError', params: { reference } }) };
  }
}

async function answerInvoke(context: TurnContext, status: number, body?: unknown): Promise<void> {
  if (context.activity.type !== ActivityTypes.Invoke) return;
  await context.sendActivity({ type: 'invokeResponse', value: { status, body } });
}
