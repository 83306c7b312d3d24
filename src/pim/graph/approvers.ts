import { askAll, readOn } from './batch.ts';
import type { BatchAnswer, Question } from './batch.ts';
import { PimError } from '../errors.ts';
import type { PimErrorCode } from '../errors.ts';
import { groupMembersPath, memberIn, membersIn, memberPath } from './directory.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { toPimError } from '../http/to-pim-error.ts';
import type { Approver, Person } from '../model.ts';
import type { ExpandedApprovers } from '../pim.ts';

/** Faults that pass: asking again later may succeed. */
const passing: ReadonlySet<PimErrorCode> = new Set(['unavailable', 'throttled', 'signInRequired', 'badAnswer']);

/**
 * Approver ids to people, groups expanded: enabled members of the tenant, each once, by name. An entry that cannot be
 * read counts nobody and is named, so that one bad group does not silence the others. Up to twenty entries are one call.
 */
export async function expandApprovers(graph: AzureClient, approvers: readonly Approver[]): Promise<ExpandedApprovers> {
  const limit = graph.limit();
  const answers = await answersFor(graph, approvers, limit);
  const readings = await Promise.all(answers.map(async ({ approver, answer }) => ({ approver, people: await peopleIn(graph, approver, answer, limit) })));
  return {
    people: byName(readings.flatMap(({ people }) => (people instanceof PimError ? [] : people))),
    unreadable: readings.flatMap(({ approver, people }) => (people instanceof PimError ? [{ approver, passing: passing.has(people.code) }] : [])),
  };
}

interface Answered {
  readonly approver: Approver;
  readonly answer: BatchAnswer;
}

async function answersFor(graph: AzureClient, approvers: readonly Approver[], limit: AbortSignal): Promise<readonly Answered[]> {
  const answers = await askAll(graph, approvers.map(questionOf), limit).catch((error: unknown) => toPimError(error, 'read'));
  return approvers.map((approver, index) => ({ approver, answer: answers instanceof PimError ? answers : answers[index] ?? { body: null } }));
}

function questionOf({ id, kind }: Approver): Question {
  return { method: 'GET', url: kind === 'group' ? groupMembersPath(id) : memberPath(id) };
}

/** A user who is gone is nobody; a group that is gone is a fault of the list. */
async function peopleIn(graph: AzureClient, { kind }: Approver, answer: BatchAnswer, limit: AbortSignal): Promise<readonly Person[] | PimError> {
  if (answer instanceof PimError) return kind === 'user' && answer.code === 'notFound' ? [] : answer;
  try {
    if (kind === 'user') return [memberIn(answer.body) ?? []].flat();
    const objects = await readOn(graph, answer.body, limit);
    return objects instanceof PimError ? objects : membersIn(objects);
  } catch (error) {
    return toPimError(error, 'read');
  }
}

function byName(people: readonly Person[]): readonly Person[] {
  const distinct = new Map(people.map((person) => [person.id.toLowerCase(), person]));
  return [...distinct.values()].sort((a, b) => a.name.localeCompare(b.name, 'en') || a.id.localeCompare(b.id, 'en'));
}
