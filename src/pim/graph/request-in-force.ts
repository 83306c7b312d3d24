import { activeAssignments, sameId } from './graph-answers.ts';
import { equals, expandOf, filterOf, pathOf } from './graph-kind.ts';
import { PimError } from '../errors.ts';
import { listAllRaw } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { ActivationRequest, RequestReference } from '../model.ts';

/**
 * A request as its effect shows it. The bot's own identity may read what is held, not what is asked for: an activation in
 * force is called as its request, and is found; everything else only the person's own token can tell, `notPermitted`.
 */
export async function readRequestInForce(graph: AzureClient, { pimId, role, scope }: RequestReference): Promise<ActivationRequest> {
  const kind = scope.type === 'group' ? 'group' : 'entra';
  const where = kind === 'group'
    ? [equals('groupId', scope.id)]
    : [equals('roleDefinitionId', role.definitionId), equals('directoryScopeId', scope.id)];
  const items = pimId === null ? [] : await listAllRaw(graph, `/v1.0${pathOf(kind, 'active', 'instances')}?${[...filterOf(where), expandOf(kind)].join('&')}`);
  const held = activeAssignments(items, new Map()).find(({ requestId, how }) => how === 'activated' && requestId !== null && sameId(requestId, pimId ?? ''));
  if (pimId === null || held?.start === undefined || held.start === null) {
    throw new PimError('notPermitted', 'only the person\'s own token can tell how this request stands');
  }
  const { start, until, principal } = held;
  return {
    id: pimId,
    action: 'activate',
    role,
    scope,
    requester: principal,
    pimStatus: 'Provisioned',
    createdAt: start,
    start,
    minutes: until === null ? null : Math.floor((until.getTime() - start.getTime()) / 60_000),
    justification: '',
    ticket: null,
    approvalId: null,
    eligibilityScheduleId: '',
  };
}
