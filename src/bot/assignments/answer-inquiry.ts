import { noticeCard } from '../../cards/notice.ts';
import type { Verb } from '../../cards/verbs.ts';
import { assign } from './assign.ts';
import type { AssignmentCommand } from '../commands/command.ts';
import { answered, ownInquiry, type Chosen } from './inquiry.ts';
import { listAssignments } from './list-assignments.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { unassign } from './unassign.ts';

/** A command about assignments; `chosen` is what its words have turned out to mean, where that was asked. */
export async function answerInquiry(parts: BotParts, turn: Turn, command: AssignmentCommand, chosen: Chosen = {}): Promise<Reply> {
  const { assignments: pim } = await parts.signIn.pimOf(turn.actor.id);
  switch (command.name) {
    case 'assign': return assign(parts, turn, pim, { command, chosen });
    case 'unassign': return unassign(parts, turn, pim, { command, chosen });
    case 'whoHas':
    case 'whoIs':
    case 'assignmentsOn': return listAssignments(parts, turn, pim, { command, chosen });
  }
}

/** One of several was picked on a card. The card names its number only: what it stands for is looked up in what PIM said. */
export async function chooseCandidate(parts: BotParts, turn: Turn, { inquiryId, choice }: Extract<Verb, { verb: 'inquiry.choose' }>): Promise<Reply> {
  const inquiry = await ownInquiry(parts, turn, inquiryId);
  if (inquiry === 'notYours') return { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
  const chosen = inquiry === 'gone' ? null : answered(inquiry, choice);
  if (inquiry === 'gone' || chosen === null) return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  return answerInquiry(parts, turn, inquiry.command, chosen);
}
