/** Who may manage directory roles, or a group: as the bot's own identity may read it. */
import { z } from 'zod';
import { listAllOf } from './batch.ts';
import { PimError } from '../errors.ts';
import { equals, filterOf, pathOf } from './graph-kind.ts';
import { parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Approver, Scope } from '../model.ts';

/** Privileged Role Administrator and Global Administrator. https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference */
const managing = ['e8611ab8-c189-46e8-94e1-60213ab1f814', '62e90394-69f5-4237-9190-012177145e10'];

const held = z.object({ principalId: z.string() });

/** What an id is, nobody says: a person, a group or an application. */
export async function listGraphAdministrators(graph: AzureClient, scope: Scope): Promise<readonly Approver[]> {
  const paths = scope.type === 'group'
    ? [`${pathOf('group', 'active', 'instances')}?${filterOf([equals('groupId', scope.id), equals('accessId', 'owner')]).join('&')}`]
    : managing.map((role) => `${pathOf('entra', 'active', 'instances')}?${filterOf([equals('roleDefinitionId', role), equals('directoryScopeId', '/')]).join('&')}`);
  const lists = await listAllOf(graph, paths);
  const [failure] = lists.filter((list) => list instanceof PimError);
  if (failure !== undefined) throw failure;
  const ids = lists.flatMap((list) => (list instanceof PimError ? [] : list.map((item) => parseAnswer(held, item).principalId)));
  return [...new Set(ids)].map((id) => ({ id, name: id, kind: 'unknown' }));
}
