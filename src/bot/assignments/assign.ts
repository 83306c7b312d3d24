import { noticeCard } from '../../cards/notice.ts';
import type { AssignmentSide, Principal, Role, Scope } from '../../pim/model.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import { askWhich } from './ask-which.ts';
import { readWindow, type AssignmentWindow } from './assignment-window.ts';
import type { Command, RoleAtWords } from '../commands/command.ts';
import { directoryFor, principalOf, roleOf, scopeOf, type Found } from './find-target.ts';
import type { Chosen } from './inquiry.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import { showNewChange } from './show-assignment.ts';
import type { Turn } from '../turn.ts';

type AssignCommand = Extract<Command, { name: 'assign' }>;

/** Standing active assignments are what PIM is there to avoid. */
const usualSide: AssignmentSide = 'eligible';

/** `assign …`: who, where and which role, one after the other; then a card that asks whether all of it is meant. */
export async function assign(parts: BotParts, turn: Turn, pim: PimAssignments, { command, chosen }: { command: AssignCommand; chosen: Chosen }): Promise<Reply> {
  if (command.role === '' || command.principal === '') return { card: noticeCard(turn.reader, { key: 'assignHow' }) };
  const { timeZone } = turn.reader;
  const window = readWindow(command, command.side ?? usualSide, { now: parts.clock.now(), timeZone });
  if ('fault' in window) return { card: noticeCard(turn.reader, { key: `assignWhen.${window.fault}`, params: { typed: window.words } }) };

  const principal = await principalOf(pim, turn.actor.id, command.principal, chosen);
  if ('question' in principal) return askWhich(parts, turn, { command, chosen, question: principal.question });
  const whose = { ...chosen, principal: principal.found };
  const scope = await scopeFor(pim, command, chosen);
  if ('question' in scope) return askWhich(parts, turn, { command, chosen: whose, question: scope.question });
  const role = chosen.role === undefined ? await roleOf(pim, scope.found, command.role) : { found: chosen.role };
  if ('question' in role) return askWhich(parts, turn, { command, chosen: { ...whose, scope: scope.found }, question: role.question });
  return confirm(parts, turn, command, { principal: principal.found, scope: scope.found, role: role.found, window });
}

/** The scope that was typed or chosen, or the directory where the role is one of Entra's. */
async function scopeFor(pim: PimAssignments, words: RoleAtWords, { scope }: Chosen): Promise<Found<Scope>> {
  if (scope !== undefined && scope !== 'everywhere') return { found: scope };
  const directory = words.scope === '' ? await directoryFor(pim, words.role) : null;
  return directory === null ? scopeOf(pim, words) : { found: directory };
}

interface Meant {
  readonly principal: Principal;
  readonly scope: Scope;
  readonly role: Role;
  readonly window: AssignmentWindow;
}

function confirm(parts: BotParts, turn: Turn, command: AssignCommand, { principal, scope, role, window }: Meant): Promise<Reply> {
  const { start, expiration, assumed } = window;
  return showNewChange(parts, turn, {
    action: 'assign',
    side: command.side ?? usualSide,
    principal,
    role,
    scope,
    start,
    expiration,
    assumed: [...(command.side === null ? ['side' as const] : []), ...(assumed ? ['period' as const] : [])],
    justification: command.justification,
    ticket: command.ticket,
    undoes: null,
  });
}
