import { assignmentsCard } from '../../cards/assignments.ts';
import type { Question } from '../../cards/choose-one.ts';
import { noticeCard } from '../../cards/notice.ts';
import type { Verb } from '../../cards/verbs.ts';
import { PimError } from '../../pim/errors.ts';
import type { Assignment, AssignmentFilter, Listing, Principal, Scope } from '../../pim/model.ts';
import type { PimAssignments, PimUser } from '../../pim/pim.ts';
import { askWhich } from './ask-which.ts';
import type { AssignmentCommand, RoleAtWords } from '../commands/command.ts';
import { directoryFor, principalOf, roleOf, scopeOf } from './find-target.ts';
import { keepInquiry, ownInquiry, type Chosen, type Inquiry } from './inquiry.ts';
import type { BotParts } from '../parts.ts';
import { ownPlaces, placeOfRole, placesOfAnybody, visiblePlaces } from './places.ts';
import { assignmentKey, readAssignments } from './read-assignments.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { confirmRemoval } from './unassign.ts';

type ListCommand = Extract<AssignmentCommand, { name: 'whoHas' | 'whoIs' | 'assignmentsOn' }>;
type ShowAction = Extract<Verb, { verb: 'assignments.show' }>;
type TakeAction = Extract<Verb, { verb: 'assignments.take' }>;

/** Who asks, with their own token. */
type Asker = Pick<PimUser, 'personId' | 'assignments' | 'listEligible'>;

/** How far a list looks: below its scope, and into the future. */
type Reach = Pick<ShowAction, 'below' | 'later'>;

/** `who has …`, `who is …`, `assignments on …`: first what the words mean, then what PIM lists. */
export async function listAssignments(parts: BotParts, turn: Turn, pim: Asker, { command, chosen }: { command: ListCommand; chosen: Chosen }): Promise<Reply> {
  if ((command.name === 'whoIs' && command.principal === '') || (command.name === 'whoHas' && command.role === '')) {
    return { card: noticeCard(turn.reader, { key: 'listHow' }) };
  }
  return whereAllowed(turn, async () => {
    const subject = await subjectOf(pim, command, chosen);
    if ('question' in subject) return askWhich(parts, turn, { command, chosen: subject.chosen, question: subject.question });
    const inquiryId = await keepInquiry(parts, turn, { command, chosen: subject.chosen, question: null });
    return showList(parts, turn, pim, { inquiryId, subject: subject.chosen, reach: { below: command.below === true, later: command.later === true } });
  });
}

/** The same list, looked at once more, or further. */
export async function showAssignments(parts: BotParts, turn: Turn, { inquiryId, below, later }: ShowAction): Promise<Reply> {
  const inquiry = await shownInquiry(parts, turn, inquiryId);
  if ('card' in inquiry) return inquiry;
  const pim = await parts.signIn.pimOf(turn.actor.id);
  return whereAllowed(turn, () => showList(parts, turn, pim, { inquiryId, subject: inquiry.chosen, reach: { below, later } }));
}

/** Picked from a list to be taken away: looked up again in what PIM lists now. */
export async function takeFromList(parts: BotParts, turn: Turn, { inquiryId, below, later, assignment: key }: TakeAction): Promise<Reply> {
  const inquiry = await shownInquiry(parts, turn, inquiryId);
  if ('card' in inquiry) return inquiry;
  const pim = await parts.signIn.pimOf(turn.actor.id);
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

async function subjectOf({ personId, assignments: pim }: Asker, command: ListCommand, chosen: Chosen): Promise<Subject> {
  switch (command.name) {
    case 'whoIs': return principalSubject(pim, personId, command, chosen);
    case 'assignmentsOn': {
      if (chosen.scope !== undefined) return { chosen };
      const scope = await scopeOf(pim, { scope: command.scope, ofGroup: false });
      return 'question' in scope ? { chosen, ...scope } : { chosen: { scope: scope.found } };
    }
    case 'whoHas': return roleSubject(pim, command, chosen);
  }
}

async function principalSubject(pim: PimAssignments, personId: string, command: Extract<ListCommand, { name: 'whoIs' }>, chosen: Chosen): Promise<Subject> {
  const principal = await principalOf(pim, personId, command.principal, chosen);
  if ('question' in principal) return { chosen, ...principal };
  const whose = { ...chosen, principal: principal.found };
  if (command.scope === '' || chosen.scope !== undefined) return { chosen: whose };
  const scope = await scopeOf(pim, { scope: command.scope, ofGroup: false });
  return 'question' in scope ? { chosen: whose, ...scope } : { chosen: { ...whose, scope: scope.found } };
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

interface AssignmentList {
  readonly inquiryId: string;
  readonly subject: Chosen;
  readonly reach: Reach;
}

async function showList(parts: BotParts, turn: Turn, pim: Asker, list: AssignmentList): Promise<Reply> {
  const { inquiryId, subject: { principal = null, role = null, scope }, reach } = list;
  const { items, gaps } = await read(pim, list);
  return {
    card: assignmentsCard(turn.reader, {
      now: parts.clock.now(), inquiryId, ...reach, principal, role, scope: scope === undefined || scope === 'everywhere' ? null : scope,
      rows: items.map((assignment) => ({ key: assignmentKey(assignment), assignment })), gaps, consentUrl: parts.consentUrl,
    }),
  };
}

async function read(pim: Asker, { subject, reach }: AssignmentList): Promise<Listing<Assignment>> {
  const { scope = 'everywhere' } = subject;
  const places = scope === 'everywhere' ? await placesOf(pim, subject) : { items: [scope], gaps: [] };
  if (places.items.length === 0) throw new PimError('notPermitted', 'no scope can be seen');
  const filter = filterOf(pim, subject, scope !== 'everywhere' && !reach.below);
  const { items, gaps } = await readAssignments(pim.assignments, places.items, { when: reach.later ? 'alsoLater' : 'now', filter });
  return { items, gaps: [...places.gaps, ...gaps] };
}

async function placesOf(pim: Asker, { principal, role }: Chosen): Promise<Listing<Scope>> {
  if (principal !== undefined) return isAsker(pim, principal) ? ownPlaces(pim) : visiblePlaces(pim.assignments);
  const { items, gaps } = await placesOfAnybody(pim.assignments);
  // The roles of the directory are others than Azure's.
  return { items: items.filter(({ type }) => role === undefined || type !== 'directory'), gaps };
}

/**
 * Everybody may ask what they hold themselves. A group holds what it holds itself; a person also what their groups hold.
 * https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-instances/list-for-scope ($filter)
 */
function filterOf(pim: Asker, { principal, role }: Chosen, atScope: boolean): AssignmentFilter {
  return {
    ...(atScope ? { atScope } : {}),
    ...(role === undefined ? {} : { roleDefinitionId: role.definitionId }),
    ...(principal === undefined ? {} : holderFilter(pim, principal)),
  };
}

function holderFilter(pim: Asker, principal: Principal): AssignmentFilter {
  if (isAsker(pim, principal)) return { asTarget: true };
  return principal.kind === 'user' ? { assignedTo: principal.id } : { principalId: principal.id };
}

function isAsker({ personId }: Asker, { id }: Principal): boolean {
  return id.toLowerCase() === personId.toLowerCase();
}
