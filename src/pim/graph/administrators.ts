/** Who may manage directory roles, or a group: as the bot's own identity may read it. */
import { z } from 'zod';
import { listAllOf } from './batch.ts';
import { PimError } from '../errors.ts';
import { isRefusal } from '../governing-settings.ts';
import { equals, filterOf, pathOf } from './graph-kind.ts';
import { parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Approver, Scope } from '../model.ts';

/** Privileged Role Administrator and Global Administrator. https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference */
const managing = ['e8611ab8-c189-46e8-94e1-60213ab1f814', '62e90394-69f5-4237-9190-012177145e10'];

const holder = z.object({ principalId: z.string() }).transform(({ principalId }) => principalId);
const owner = z.object({ id: z.string() }).transform(({ id }) => id);

interface Question {
  readonly path: string;
  /** The id in an item of the answer. */
  readonly idOf: z.ZodType<string>;
}

/**
 * Those who hold one of the two roles for the whole directory now; of a group its owners, too. What the bot may not read is
 * left out, as long as it may read something: a tenant that uses PIM for groups alone lets it see no directory roles.
 */
export async function listGraphAdministrators(graph: AzureClient, scope: Scope): Promise<readonly Approver[]> {
  const questions = [...(scope.type === 'group' ? askForOwners(scope) : []), ...managing.map(askForHolders)];
  const lists = await listAllOf(graph, questions.map(({ path }) => path));
  const failures = lists.filter((list) => list instanceof PimError);
  const failure = failures.find((error) => !isRefusal(error)) ?? (failures.length === lists.length ? failures[0] : undefined);
  if (failure !== undefined) throw failure;
  const ids = questions.flatMap(({ idOf }, index) => itemsOf(lists[index]).map((item) => parseAnswer(idOf, item).toLowerCase()));
  // What an id is, nobody says: a person, a group or an application.
  return [...new Set(ids)].map((id) => ({ id, name: id, kind: 'unknown' }));
}

/** By PIM, and of the directory: PIM need not know of an owner who was made one past it. https://learn.microsoft.com/graph/api/group-list-owners */
function askForOwners({ id }: Scope): readonly Question[] {
  return [
    { path: `${pathOf('group', 'active', 'instances')}?${filterOf([equals('groupId', id), equals('accessId', 'owner')]).join('&')}`, idOf: holder },
    { path: `/groups/${encodeURIComponent(id)}/owners?$select=id`, idOf: owner },
  ];
}

function askForHolders(role: string): Question {
  return { path: `${pathOf('entra', 'active', 'instances')}?${filterOf([equals('roleDefinitionId', role), equals('directoryScopeId', '/')]).join('&')}`, idOf: holder };
}

function itemsOf(list: readonly unknown[] | PimError | undefined): readonly unknown[] {
  return list === undefined || list instanceof PimError ? [] : list;
}
