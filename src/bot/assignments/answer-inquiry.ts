import { noticeCard } from '../../cards/notice.ts';
import type { Verb } from '../../cards/verbs.ts';
import { longestTicketField } from '../../pim/check-activation.ts';
import type { Ticket } from '../../pim/model.ts';
import { assign } from './assign.ts';
import type { AssignmentCommand } from '../commands/command.ts';
import { answered, ownInquiry, type Chosen } from './inquiry.ts';
import { listAssignments } from './list-assignments.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import { isSettingsCommand, runSettingsCommand } from '../settings/settings-routes.ts';
import type { Turn } from '../turn.ts';
import { unassign } from './unassign.ts';

/** A command about assignments; `chosen` is what its words have turned out to mean, where that was asked. */
export async function answerInquiry(parts: BotParts, turn: Turn, command: AssignmentCommand, chosen: Chosen = {}): Promise<Reply> {
  if ('ticket' in command && isTooLong(command.ticket)) return { card: noticeCard(turn.reader, { key: 'ticketTooLong' }) };
  const pim = await parts.signIn.pimOf(turn.actor.id);
  switch (command.name) {
    case 'assign': return assign(parts, turn, pim.assignments, { command, chosen });
    case 'unassign': return unassign(parts, turn, pim.assignments, { command, chosen });
    case 'whoHas':
    case 'whoIs':
    case 'assignmentsOn': return listAssignments(parts, turn, pim, { command, chosen });
  }
}

function isTooLong(ticket: Ticket | null): boolean {
  return ticket !== null && Math.max(ticket.number.length, ticket.system.length) > longestTicketField;
}

/** One of several was picked on a card. The card names its number only: what it stands for is looked up in what PIM said. */
export async function chooseCandidate(parts: BotParts, turn: Turn, { inquiryId, choice }: Extract<Verb, { verb: 'inquiry.choose' }>): Promise<Reply> {
  const inquiry = await ownInquiry(parts, turn, inquiryId);
  if (inquiry === 'notYours') return { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
  const chosen = inquiry === 'gone' ? null : answered(inquiry, choice);
  if (inquiry === 'gone' || chosen === null) return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  return isSettingsCommand(inquiry.command) ? runSettingsCommand(parts, turn, inquiry.command, chosen) : answerInquiry(parts, turn, inquiry.command, chosen);
}
