import { PimError } from '../../pim/errors.ts';
import { mapAtMost } from '../../pim/http/at-most.ts';
import type { Assignment, AssignmentFilter, AssignmentQuery, Gap, Listing, Scope } from '../../pim/model.ts';
import type { PimAssignments } from '../../pim/pim.ts';
import { isBelow, kindOf, scopeKey } from '../../pim/scope.ts';

/** As for a person's own roles: at most so many scopes, so many at a time. */
const mostScopes = 20;
const queriesAtOnce = 4;

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
  const answers = await mapAtMost(queriesAtOnce, queries, (query) => attempt(pim, query));
  const failures = answers.filter((answer) => answer instanceof PimError);
  const [first] = failures;
  if (first !== undefined && failures.length === answers.length) throw first;
  const gaps = answers.flatMap((answer, index) => gapOf(answer, queries[index]));
  return { items: distinct(answers.flatMap((answer) => (answer instanceof PimError ? [] : answer))), gaps };
}

type Answer = readonly Assignment[] | PimError;

async function attempt(pim: PimAssignments, query: AssignmentQuery): Promise<Answer> {
  try {
    return await pim.list(query);
  } catch (error) {
    if (error instanceof PimError) return error;
    throw error;
  }
}

function gapOf(answer: Answer, query: AssignmentQuery | undefined): readonly Gap[] {
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

/**
 * Where to look for what somebody holds anywhere: at every scope that this person sees and that is not looked at with one
 * above it. Groups are too many to be looked through.
 */
export async function visiblePlaces(pim: PimAssignments): Promise<Listing<Scope>> {
  const { items, gaps } = await pim.findScopes('');
  const azure = items.filter((scope) => kindOf(scope) === 'azure');
  const highest = azure.filter(({ id }) => !azure.some((other) => isBelow(id, other.id)));
  const all = [...items.filter(({ type }) => type === 'directory'), ...distinctScopes(highest)];
  const tooMany = all.length > mostScopes;
  return { items: all.slice(0, mostScopes), gaps: [...gaps, ...(tooMany ? [{ kind: 'azure', why: 'tooManyScopes' } as const] : [])] };
}

function distinctScopes(scopes: readonly Scope[]): readonly Scope[] {
  return [...new Map(scopes.map((scope) => [scopeKey(scope.id), scope])).values()];
}
