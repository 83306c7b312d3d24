import { askAll, readOn } from './batch.ts';
import type { BatchAnswer, Question } from './batch.ts';
import { PimError, pauseSeconds } from '../errors.ts';
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
  const ask = await questioner(graph, approvers.flatMap(questionsOf), limit);
  const readings = await Promise.all(approvers.map(async (approver) => ({ approver, people: await peopleOf(approver, ask, (body) => readOn(graph, body, limit)) })));
  return {
    people: byName(readings.flatMap(({ people }) => (people instanceof PimError ? [] : people))),
    unreadable: readings.flatMap(({ approver, people }) => (people instanceof PimError ? [{ approver, passing: passing.has(people.code), ...pauseOf(people) }] : [])),
  };
}

function pauseOf(failure: PimError): { pauseSeconds?: number } {
  const seconds = pauseSeconds(failure);
  return seconds === 0 ? {} : { pauseSeconds: seconds };
}

type People = readonly Person[] | PimError;

/** A list that continues on further pages. */
type ReadOnward = (body: unknown) => ReturnType<typeof readOn>;

/** What is at one path of the directory, in the answer to a batch of which it was part. */
type Ask = (path: string, read: (body: unknown) => People | Promise<People>) => Promise<People>;

async function questioner(graph: AzureClient, paths: readonly string[], limit: AbortSignal): Promise<Ask> {
  const questions = [...new Set(paths)].map((url): Question => ({ method: 'GET', url }));
  const answers = await askAll(graph, questions, limit).catch((error: unknown) => toPimError(error, 'read'));
  const answerTo = (path: string): BatchAnswer => answers instanceof PimError ? answers : answers[questions.findIndex(({ url }) => url === path)] ?? { body: null };
  return async (path, read) => {
    const answer = answerTo(path);
    if (answer instanceof PimError) return answer;
    try {
      return await read(answer.body);
    } catch (error) {
      return toPimError(error, 'read');
    }
  };
}

/** An id of which nobody has said what it is may be a person's or a group's. */
function questionsOf({ id, kind }: Approver): readonly string[] {
  return [...(kind === 'user' ? [] : [groupMembersPath(id)]), ...(kind === 'group' ? [] : [memberPath(id)])];
}

/** A user who is gone is nobody; a group that is gone, and an id that is neither, are faults of the list. */
async function peopleOf({ id, kind }: Approver, ask: Ask, readOnward: ReadOnward): Promise<People> {
  const asUser = (): Promise<People> => ask(memberPath(id), (body) => [memberIn(body) ?? []].flat());
  if (kind === 'user') {
    const people = await asUser();
    return isNotFound(people) ? [] : people;
  }
  const members = await ask(groupMembersPath(id), async (body) => {
    const objects = await readOnward(body);
    return objects instanceof PimError ? objects : membersIn(objects);
  });
  return kind === 'unknown' && isNotFound(members) ? asUser() : members;
}

function isNotFound(people: People): boolean {
  return people instanceof PimError && people.code === 'notFound';
}

function byName(people: readonly Person[]): readonly Person[] {
  const distinct = new Map(people.map((person) => [person.id.toLowerCase(), person]));
  return [...distinct.values()].sort((a, b) => a.name.localeCompare(b.name, 'en') || a.id.localeCompare(b.id, 'en'));
}
