import type { Question } from '../../cards/choose-one.ts';
import { withGaps } from '../../cards/gaps.ts';
import { noticeCard } from '../../cards/notice.ts';
import { byWords } from '../../pim/by-words.ts';
import { PimError } from '../../pim/errors.ts';
import type { Assignment, AssignmentTarget, Gap, Listing, Principal, Scope, Ticket } from '../../pim/model.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import { sameScope } from '../../pim/scope.ts';
import { askWhich } from './ask-which.ts';
import type { Command } from '../commands/command.ts';
import { directoryFor, principalOf, scopeOf, type Found } from './find-target.ts';
import type { Chosen } from './inquiry.ts';
import type { BotParts } from '../parts.ts';
import { visiblePlaces } from './places.ts';
import { readAssignments } from './read-assignments.ts';
import type { Reply } from '../reply.ts';
import { showNewChange } from './show-assignment.ts';
import type { Turn } from '../turn.ts';

type UnassignCommand = Extract<Command, { name: 'unassign' }>;
type TargetQuestion = Extract<Question, { about: 'target' }>;

/** `unassign …`: only what PIM says that somebody holds can be taken away. */
export async function unassign(parts: BotParts, turn: Turn, pim: PimAssignments, { command, chosen }: { command: UnassignCommand; chosen: Chosen }): Promise<Reply> {
  if (chosen.target !== undefined) return confirmRemoval(parts, turn, chosen.target, command);
  if (command.principal === '') return { card: noticeCard(turn.reader, { key: 'unassignHow' }) };
  const principal = await principalOf(pim, turn.actor.id, command.principal, chosen);
  if ('question' in principal) return askWhich(parts, turn, { command, chosen, question: principal.question });
  const scope = await scopeNamed(pim, command, chosen);
  if ('question' in scope) return askWhich(parts, turn, { command, chosen: { ...chosen, principal: principal.found }, question: scope.question });
  return takeFrom(parts, turn, pim, { command, principal: principal.found, scope: scope.found });
}

interface Named {
  readonly command: UnassignCommand;
  readonly principal: Principal;
  /** `null`: no scope was named, and the role does not tell it either. */
  readonly scope: Scope | null;
}

async function takeFrom(parts: BotParts, turn: Turn, pim: PimAssignments, { command, principal, scope }: Named): Promise<Reply> {
  const { items, gaps } = await holdings(pim, principal, scope);
  const reply = await offer(parts, turn, { command, principal, question: meantBy(items, command, scope) });
  return { ...reply, card: withGaps(turn.reader, reply.card, { gaps, consentUrl: parts.consentUrl }) };
}

interface Meant extends Pick<Named, 'command' | 'principal'> {
  readonly question: TargetQuestion;
}

async function offer(parts: BotParts, turn: Turn, { command, principal, question }: Meant): Promise<Reply> {
  const [only, ...others] = question.candidates;
  if (only === undefined) return { card: noticeCard(turn.reader, { key: 'nothingToTake', params: { person: principal.name, asked: question.asked } }) };
  if (others.length === 0 && question.why === 'ambiguous') return confirmRemoval(parts, turn, only, command);
  return askWhich(parts, turn, { command, chosen: { principal }, question });
}

interface RemovalWish {
  readonly justification?: string;
  readonly ticket?: Ticket | null;
  /** The assignment that is taken back. */
  readonly undoes?: string | null;
}

/** The card that asks whether this is to be taken away. */
export function confirmRemoval(
  parts: BotParts, turn: Turn, { side, principal, role, scope }: AssignmentTarget, { justification = '', ticket = null, undoes = null }: RemovalWish = {},
): Promise<Reply> {
  return showNewChange(parts, turn, {
    action: 'unassign', side, principal, role, scope, start: null, expiration: { type: 'noExpiration' }, assumed: [], justification, ticket, undoes,
  });
}

async function scopeNamed(pim: PimAssignments, command: UnassignCommand, { scope }: Chosen): Promise<Found<Scope | null>> {
  if (scope !== undefined && scope !== 'everywhere') return { found: scope };
  if (command.scope !== '') return scopeOf(pim, command);
  return { found: command.role === '' ? null : await directoryFor(pim, command.role) };
}

/** Asking again changes nothing about these: what can be read is offered, and they are named beside it. */
const lastingGaps: ReadonlySet<Gap['why']> = new Set(['tooManyScopes', 'notPermitted', 'consentRequired', 'licenceMissing', 'stepUpRequired', 'notFound']);

/**
 * What the principal itself holds, also later: what comes through a group is taken from the group.
 * @throws {PimError} what cannot be read at the moment may be the very thing that is meant
 */
async function holdings(pim: PimAssignments, { id: principalId }: Principal, scope: Scope | null): Promise<Listing<Assignment>> {
  const places = scope === null ? await visiblePlaces(pim) : { items: [scope], gaps: [] };
  const held = await readAssignments(pim, places.items, { when: 'alsoLater', filter: { principalId, ...(scope === null ? {} : { atScope: true }) } });
  const gaps = [...places.gaps, ...held.gaps];
  const passing = gaps.find(({ why }) => !lastingGaps.has(why));
  if (passing !== undefined && passing.why !== 'tooManyScopes') throw new PimError(passing.why, 'not everything that is held could be read');
  return { items: held.items, gaps };
}

/** An assignment at the very scope that was named wins over one that reaches it from above. */
function meantBy(held: readonly Assignment[], command: UnassignCommand, scope: Scope | null): TargetQuestion {
  const asked = [command.role, command.scope].filter((words) => words !== '').join(' · ');
  const ofRole = byWords(held, command.role, ({ role }) => [role.name]);
  const fitting = withoutActivations(ofRole.filter(({ side }) => command.side === null || side === command.side), command.side);
  const there = scope === null ? fitting : fitting.filter((assignment) => sameScope(assignment.scope.id, scope.id));
  const candidates = (there.length > 0 ? there : fitting).map(({ side, principal, role, scope: at }): AssignmentTarget => ({ side, principal, role, scope: at }));
  return { about: 'target', why: there.length > 0 ? 'ambiguous' : 'unknown', asked, candidates };
}

/** An activation ends with the eligibility that it came from: whoever does not ask for it by its side means both. */
function withoutActivations(held: readonly Assignment[], side: UnassignCommand['side']): readonly Assignment[] {
  if (side === 'active') return held;
  const eligible = held.filter((assignment) => assignment.side === 'eligible');
  return held.filter((assignment) => assignment.how !== 'activated' || !eligible.some(({ role, scope }) =>
    role.name === assignment.role.name && sameScope(scope.id, assignment.scope.id)));
}
