import { PimError } from '../../pim/errors.ts';
import { mapAtMost } from '../../pim/http/at-most.ts';
import { scopesAtOnce } from '../../pim/look-limits.ts';
import type { Assignment, AssignmentFilter, AssignmentQuery, Gap, Listing, Scope } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import { kindOf } from '../../pim/scope.ts';

/** What to look for at each scope, on both sides. */
export interface Look {
  readonly when: AssignmentQuery['when'];
  readonly filter: AssignmentFilter;
}

/**
 * Both sides at these scopes. A scope that cannot be read is a gap of its kind, and the others are shown.
 * @throws {PimError} the first refusal, when nothing could be read at all
 */
export async function readAssignments(pim: PimAssignments, scopes: readonly Scope[], look: Look): Promise<Listing<Assignment>> {
  const queries = scopes.flatMap((scope) => (['active', 'eligible'] as const).map((side): AssignmentQuery => ({ side, scope, ...look })));
  const answers = await mapAtMost(scopesAtOnce, queries, (query) => orPimError(pim.list(query)));
  const failures = answers.filter((answer) => answer instanceof PimError);
  const [first] = failures;
  if (first !== undefined && failures.length === answers.length) throw first;
  const gaps = answers.flatMap((answer, index) => gapOf(answer, queries[index]));
  return { items: distinct(answers.flatMap((answer) => (answer instanceof PimError ? [] : answer))), gaps };
}

function gapOf(answer: readonly Assignment[] | PimError, query: AssignmentQuery | undefined): readonly Gap[] {
  return answer instanceof PimError && query !== undefined ? [{ kind: kindOf(query.scope), why: answer.code }] : [];
}

/** What lies at a scope is listed at every scope below it, too. */
function distinct(assignments: readonly Assignment[]): readonly Assignment[] {
  return [...new Map(assignments.map((assignment) => [assignmentKey(assignment), assignment])).values()];
}

/** What tells one assignment from all others, in one listing. */
export function assignmentKey({ side, id }: Assignment): string {
  return `${side}/${id.toLowerCase()}`;
}
