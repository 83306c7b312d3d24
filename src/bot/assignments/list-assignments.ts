import { assignmentsCard } from '../../cards/assignments.ts';
import type { Question } from '../../cards/choose-one.ts';
import { noticeCard } from '../../cards/notice.ts';
import type { Verb } from '../../cards/verbs.ts';
import { PimError } from '../../pim/errors.ts';
import type { Assignment, AssignmentFilter, Listing, Principal, Role, Scope } from '../../pim/model.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import { askWhich } from './ask-which.ts';
import type { AssignmentCommand, RoleAtWords } from '../commands/command.ts';
import { directoryFor, principalOf, roleOf, scopeOf } from './find-target.ts';
import { keepInquiry, ownInquiry, type Chosen, type Inquiry } from './inquiry.ts';
import type { BotParts } from '../parts.ts';
import { assignmentKey, readAssignments, visiblePlaces } from './read-assignments.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { confirmRemoval } from './unassign.ts';

type ListCommand = Extract<AssignmentCommand, { name: 'whoHas' | 'whoIs' | 'assignmentsOn' }>;
type ShowAction = Extract<Verb, { verb: 'assignments.show' }>;
type TakeAction = Extract<Verb, { verb: 'assignments.take' }>;

/** How far a list looks: below its scope, and into the future. */
type Reach = Pick<ShowAction, 'below' | 'later'>;

/** `who has …`, `who is …`, `assignments on …`: first what the words mean, then what PIM lists. */
export async function listAssignments(parts: BotParts, turn: Turn, pim: PimAssignments, { command, chosen }: { command: ListCommand; chosen: Chosen }): Promise<Reply> {
  if ((command.name === 'whoIs' && command.principal === '') || (command.name === 'whoHas' && command.role === '')) {
    return { card: noticeCard(turn.reader, { key: 'listHow' }) };
  }
  return whereAllowed(turn, async () => {
    const subject = await subjectOf(pim, turn.actor.id, command, chosen);
    if ('question' in subject) return askWhich(parts, turn, { command, chosen: subject.chosen, question: subject.question });
    const inquiryId = await keepInquiry(parts, turn, { command, chosen: subject.chosen, question: null });
    return showList(parts, turn, pim, { inquiryId, subject: subject.chosen, reach: { below: false, later: false } });
  });
}

/** The same list, looked at once more, or further. */
export async function showAssignments(parts: BotParts, turn: Turn, { inquiryId, below, later }: ShowAction): Promise<Reply> {
  const inquiry = await shownInquiry(parts, turn, inquiryId);
  if ('card' in inquiry) return inquiry;
  const { assignments: pim } = await parts.signIn.pimOf(turn.actor.id);
  return whereAllowed(turn, () => showList(parts, turn, pim, { inquiryId, subject: inquiry.chosen, reach: { below, later } }));
}

/** Picked from a list to be taken away: looked up again in what PIM lists now. */
export async function takeFromList(parts: BotParts, turn: Turn, { inquiryId, below, later, assignment: key }: TakeAction): Promise<Reply> {
  const inquiry = await shownInquiry(parts, turn, inquiryId);
  if ('card' in inquiry) return inquiry;
  const { assignments: pim } = await parts.signIn.pimOf(turn.actor.id);
  const list = { inquiryId, subject: inquiry.chosen, reach: { below, later } };
  return whereAllowed(turn, async () => {
    const { items } = await read(pim, list);
    const chosen = items.find((assignment) => assignmentKey(assignment) === key);
    return chosen === undefined ? showList(parts, turn, pim, list) : confirmRemoval(parts, turn, chosen);
  });
}

/** Most people see their own assignments only. */
async function whereAllowed(turn: Turn, look: () => Promise<Reply>): Promise<Reply> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PimError) || error.code !== 'notPermitted') throw error;
    return { card: noticeCard(turn.reader, { key: 'mayNotReadAssignments' }) };
  }
}

async function shownInquiry(parts: BotParts, turn: Turn, inquiryId: string): Promise<Inquiry | Reply> {
  const inquiry = await ownInquiry(parts, turn, inquiryId);
  if (inquiry === 'gone') return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  return inquiry === 'notYours' ? { card: noticeCard(turn.reader, { key: 'notYourCard' }) } : inquiry;
}

type Subject = { readonly chosen: Chosen } | { readonly chosen: Chosen; readonly question: Question };

async function subjectOf(pim: PimAssignments, actorId: string, command: ListCommand, chosen: Chosen): Promise<Subject> {
  switch (command.name) {
    case 'whoIs': {
      const principal = await principalOf(pim, actorId, command.principal, chosen);
      return 'question' in principal ? { chosen, ...principal } : { chosen: { principal: principal.found } };
    }
    case 'assignmentsOn': {
      if (chosen.scope !== undefined) return { chosen };
      const scope = await scopeOf(pim, { scope: command.scope, ofGroup: false });
      return 'question' in scope ? { chosen, ...scope } : { chosen: { scope: scope.found } };
    }
    case 'whoHas': return roleSubject(pim, command, chosen);
  }
}

async function roleSubject(pim: PimAssignments, words: RoleAtWords, chosen: Chosen): Promise<Subject> {
  if (chosen.role !== undefined) return { chosen };
  const named = chosen.scope ?? (words.scope === '' ? await directoryFor(pim, words.role) : null);
  const scope = named === null && words.scope !== '' ? await scopeOf(pim, words) : { found: named ?? 'everywhere' as const };
  if ('question' in scope) return { chosen, ...scope };
  const at = scope.found === 'everywhere' ? await placeOfRole(pim, words.role) : scope.found;
  if (at === null) throw new PimError('notPermitted', 'no scope can be seen');
  const role = await roleOf(pim, at, words.role);
  // A role of Entra's that was found by a part of its name is the directory's.
  const where = { scope: at.type === 'directory' ? at : scope.found };
  return 'question' in role ? { chosen: where, ...role } : { chosen: { ...where, role: role.found } };
}

/** The first of the visible scopes that knows a role of these words; the first of all where none does. */
async function placeOfRole(pim: PimAssignments, words: string): Promise<Scope | null> {
  const { items } = await visiblePlaces(pim);
  const azureFirst = items.toSorted((a, b) => Number(a.type === 'directory') - Number(b.type === 'directory'));
  for (const scope of azureFirst) {
    if ((await pim.findRoles(scope, words)).length > 0) return scope;
  }
  return azureFirst[0] ?? null;
}

interface AssignmentList {
  readonly inquiryId: string;
  readonly subject: Chosen;
  readonly reach: Reach;
}

async function showList(parts: BotParts, turn: Turn, pim: PimAssignments, list: AssignmentList): Promise<Reply> {
  const { inquiryId, subject: { principal = null, role = null, scope }, reach } = list;
  const { items, gaps } = await read(pim, list);
  return {
    card: assignmentsCard(turn.reader, {
      now: parts.clock.now(), inquiryId, ...reach, principal, role, scope: scope === undefined || scope === 'everywhere' ? null : scope,
      rows: items.map((assignment) => ({ key: assignmentKey(assignment), assignment })), gaps, consentUrl: parts.consentUrl,
    }),
  };
}

async function read(pim: PimAssignments, { subject, reach }: AssignmentList): Promise<Listing<Assignment>> {
  const { principal, role, scope = 'everywhere' } = subject;
  const places = scope === 'everywhere' ? await visiblePlaces(pim) : { items: [scope], gaps: [] };
  const scopes = role === undefined ? places.items : places.items.filter(({ type }) => scope !== 'everywhere' || type !== 'directory');
  if (scopes.length === 0) throw new PimError('notPermitted', 'no scope can be seen');
  const atScope = scope !== 'everywhere' && !reach.below;
  const { items, gaps } = await readAssignments(pim, scopes, { when: reach.later ? 'alsoLater' : 'now', filter: filterOf(principal, role, atScope) });
  return { items, gaps: [...places.gaps, ...gaps] };
}

/** A group holds what it holds itself; a person also what their groups hold. */
function filterOf(principal: Principal | undefined, role: Role | undefined, atScope: boolean): AssignmentFilter {
  return {
    ...(atScope ? { atScope } : {}),
    ...(role === undefined ? {} : { roleDefinitionId: role.definitionId }),
    ...(principal === undefined ? {} : principal.kind === 'user' ? { assignedTo: principal.id } : { principalId: principal.id }),
  };
}
