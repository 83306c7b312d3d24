import { noticeCard } from '../cards/notice.ts';
import { parseVerb } from '../cards/verbs.ts';
import { parseCommand } from './commands/parse-command.ts';
import type { BotParts } from './parts.ts';
import type { Reply } from './reply.ts';
import { runCommand, runVerb } from './routes.ts';
import type { Turn } from './turn.ts';
import { showHelp } from './welcome.ts';

/** What was typed, or what a card sent that knows no better way than a message. */
export function runMessage(parts: BotParts, turn: Turn): Promise<Reply> {
  const action = turn.value === undefined || turn.value === null ? null : parseVerb(turn.value);
  if (action !== null) return runVerb(parts, turn, action);
  if (turn.text.trim() !== '') return runCommand(parts, turn, parseCommand(turn.text));
  return turn.value === undefined ? showHelp(turn) : Promise.resolve(notUnderstood(turn));
}

export function notUnderstood(turn: Turn): Reply {
  return { card: noticeCard(turn.reader, { key: 'notUnderstood' }) };
}
