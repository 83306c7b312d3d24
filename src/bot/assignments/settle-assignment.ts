import { endOf } from '../../pim/assignment-change.ts';
import { PimError } from '../../pim/errors.ts';
import type { Assignment, AssignmentReference } from '../../pim/model.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import { kindOf, lastSegment, sameScope } from '../../pim/scope.ts';
import type { AssignmentChange } from '../../store/assignment-changes.ts';
import type { BotParts } from '../parts.ts';
import { problemOf } from '../problem.ts';
import { isSettled, recordAnswer, recordEnd, resendAssignment } from './send-assignment.ts';

/** What nobody waits for any more is not sent again: after a long stop the administrator decides anew. */
const longestResendMs = 5 * 60_000;
/** PIM's listings may be minutes behind: only after this does it mean something that they lack it. */
const listedAfterMs = 15 * 60_000;

/**
 * What has become of something that was sent, with the administrator's own token. PIM's own account of the request comes
 * first, so that what PIM has is never sent again, were it undone meanwhile. What PIM does not have is sent again soon after;
 * later PIM's listing tells. Stays as it is where none of them does.
 * @throws {PimError} when there is no token of theirs, or PIM cannot be asked
 */
export async function settleAssignment(parts: BotParts, change: AssignmentChange): Promise<AssignmentChange> {
  if (change.state === 'draft' || isSettled(change.state)) return change;
  const { assignments: pim } = await parts.signIn.pimOf(change.person.id);
  const request = await pim.readRequest(referenceTo(change));
  if (request !== null) return recordAnswer(parts, change, request);
  const age = parts.clock.now().getTime() - (change.submittedAt ?? change.createdAt).getTime();
  // A request that PIM has named was there.
  return age < longestResendMs && change.pimId === null ? resendAssignment(parts, pim, change) : settleByListing(parts, pim, change, age >= listedAfterMs);
}

function referenceTo({ requestId, pimId, action, side, principal, role, scope, justification, submittedAt, createdAt }: AssignmentChange): AssignmentReference {
  return { requestId, pimId, action, side, principal, role, scope, justification, sentAt: submittedAt ?? createdAt };
}

async function settleByListing(parts: BotParts, pim: PimAssignments, change: AssignmentChange, isListedByNow: boolean): Promise<AssignmentChange> {
  const { action, side, principal, role, scope } = change;
  const filter = { principalId: principal.id, roleDefinitionId: role.definitionId, atScope: true };
  const listed = (await pim.list({ side, when: 'alsoLater', scope, filter })).filter((assignment) => isAbout(assignment, change));
  if (action === 'unassign') return settleRemoval(parts, change, { isThere: listed.length > 0, isListedByNow });
  const made = listed.find(({ requestId }) => isOurs(requestId, change));
  if (made !== undefined) return recordMade(parts, change, made);
  if (!isListedByNow || (listed.length > 0 && isNameless(change))) return change;
  const error = listed.length > 0
    ? new PimError('alreadyActive', 'PIM lists the assignment, by another request')
    : new PimError('notFound', 'PIM has no record of the request');
  return recordEnd(parts, change, { state: 'failed', problem: problemOf(error) }, { result: 'notFound' });
}

async function recordMade(parts: BotParts, change: AssignmentChange, { start, until }: Assignment): Promise<AssignmentChange> {
  const begins = start ?? change.submittedAt ?? change.createdAt;
  const state = begins > parts.clock.now() ? 'scheduled' : 'assigned';
  return recordEnd(parts, change, { state, problem: null, beginsAt: begins, endsAt: until ?? endOf(change.expiration, begins) }, { result: state, seenIn: 'listing' });
}

async function settleRemoval(parts: BotParts, change: AssignmentChange, seen: { isThere: boolean; isListedByNow: boolean }): Promise<AssignmentChange> {
  if (!seen.isThere) return recordEnd(parts, change, { state: 'removed', problem: null }, { result: 'removed', seenIn: 'listing' });
  if (!seen.isListedByNow) return change;
  const problem = problemOf(new PimError('notFound', 'PIM has no record of the request and still lists the assignment'));
  return recordEnd(parts, change, { state: 'failed', problem }, { result: 'stillListed' });
}

function isAbout({ principal, role, scope, how, side }: Assignment, change: AssignmentChange): boolean {
  return same(principal.id, change.principal.id)
    && same(lastSegment(role.definitionId), lastSegment(change.role.definitionId))
    && sameScope(scope.id, change.scope.id)
    // An activation is none that an administrator has made.
    && (side === 'eligible' || how === 'assigned' || change.action === 'unassign');
}

/** Graph names requests itself: until it has said how, any assignment that fits may come from this one. */
function isNameless({ scope, pimId }: AssignmentChange): boolean {
  return kindOf(scope) !== 'azure' && pimId === null;
}

function isOurs(requestId: string | null, { requestId: ours, pimId, scope }: AssignmentChange): boolean {
  if (requestId === null) return kindOf(scope) === 'azure';
  return same(requestId, ours) || (pimId !== null && same(requestId, pimId));
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
