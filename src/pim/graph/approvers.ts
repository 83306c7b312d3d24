import { mapAtMost } from '../http/at-most.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { PimError } from '../errors.ts';
import type { PimErrorCode } from '../errors.ts';
import { readGroupMembers, readMember } from './directory.ts';
import type { Approver, Person } from '../model.ts';
import type { ExpandedApprovers } from '../pim.ts';

const readsAtOnce = 4;

/** Faults that pass: asking again later may succeed. */
const passing: ReadonlySet<PimErrorCode> = new Set(['unavailable', 'throttled', 'signInRequired', 'badAnswer']);

/**
 * Approver ids to people, groups expanded: enabled members of the tenant, each once, by name. An entry that cannot be
 * read counts nobody and is named, so that one bad group does not silence the others.
 */
export async function expandApprovers(graph: AzureClient, approvers: readonly Approver[]): Promise<ExpandedApprovers> {
  const readings = await mapAtMost(readsAtOnce, approvers, (approver) => readApprover(graph, approver));
  return {
    people: byName(readings.flatMap(({ people }) => people)),
    unreadable: readings.flatMap(({ approver, fault }) => (fault === null ? [] : [{ approver, passing: passing.has(fault.code) }])),
  };
}

interface Reading {
  readonly approver: Approver;
  readonly people: readonly Person[];
  readonly fault: PimError | null;
}

async function readApprover(graph: AzureClient, approver: Approver): Promise<Reading> {
  try {
    return { approver, people: await peopleOf(graph, approver), fault: null };
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    return { approver, people: [], fault: error };
  }
}

async function peopleOf(graph: AzureClient, { id, kind }: Approver): Promise<readonly Person[]> {
  if (kind === 'group') return readGroupMembers(graph, id);
  const person = await readMember(graph, id);
  return person === null ? [] : [person];
}

function byName(people: readonly Person[]): readonly Person[] {
  const distinct = new Map(people.map((person) => [person.id.toLowerCase(), person]));
  return [...distinct.values()].sort((a, b) => a.name.localeCompare(b.name, 'en') || a.id.localeCompare(b.id, 'en'));
}
