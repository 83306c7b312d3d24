import type { Activity } from 'botbuilder';
import { helpCard } from '../cards/help.ts';
import { noticeCard } from '../cards/notice.ts';
import { welcomeCard } from '../cards/welcome.ts';
import type { Command } from './commands/command.ts';
import { cardMessage } from './messenger.ts';
import type { Reply } from './reply.ts';
import type { Turn } from './turn.ts';

export function welcome(turn: Turn): Partial<Activity> {
  return cardMessage(welcomeCard(turn.reader, { personName: turn.actor.name === '' ? null : turn.actor.name }));
}

export function showHelp(turn: Turn): Promise<Reply> {
  return Promise.resolve({ card: helpCard(turn.reader) });
}

export function showUnknown(turn: Turn, command: Extract<Command, { name: 'unknown' }>): Promise<Reply> {
  return Promise.resolve({ card: noticeCard(turn.reader, { key: 'unknownCommand', params: { typed: command.text, nearest: command.nearest } }) });
}
