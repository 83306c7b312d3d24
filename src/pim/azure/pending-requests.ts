/** Requests that wait for an approver, wherever they were made: as the bot's own identity may read them. */
import { activationRequests } from './azure-answers.ts';
import { listDigestScopes, scopesOfRound } from './digest-scopes.ts';
import { PimError, pauseSeconds } from '../errors.ts';
import { isGuid } from '../guid.ts';
import { mapAtMost } from '../http/at-most.ts';
import { listAll } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { scopesAtOnce } from '../look-limits.ts';
import type { ActivationRequest, Scope } from '../model.ts';
import { orPimError } from '../or-pim-error.ts';
import type { PendingReport } from '../pim.ts';
import { sdkScope } from '../scope.ts';

/** https://learn.microsoft.com/rest/api/authorization/role-assignment-schedule-requests/list-for-scope (RoleAssignmentScheduleRequestFilter) */
const waiting = { filter: "status eq 'PendingApproval'" };

/** Activations alone: what an administrator has asked for has no approver. A listing may also show what lies above and below its scope. */
export async function listPendingAzureRequests(arm: ArmClient, digestScopes: readonly string[], round: number): Promise<PendingReport> {
  const scopes = scopesOfRound(await listDigestScopes(arm, digestScopes), round);
  const answers = await mapAtMost(scopesAtOnce, scopes, async (scope) => ({ scope, requests: await orPimError(pendingAt(arm, scope)) }));
  const requests = answers.flatMap((answer) => (answer.requests instanceof PimError ? [] : answer.requests));
  const pause = Math.max(0, ...answers.map((answer) => pauseSeconds(answer.requests)));
  return {
    ...(pause === 0 ? {} : { pauseSeconds: pause }),
    requests: [...new Map(requests.map((request) => [request.id.toLowerCase(), request])).values()],
    read: answers.flatMap((answer) => (answer.requests instanceof PimError ? [] : [answer.scope])),
    unread: answers.flatMap((answer) => (answer.requests instanceof PimError ? [{ scope: answer.scope, code: answer.requests.code }] : [])),
  };
}

async function pendingAt(arm: ArmClient, scope: Scope): Promise<readonly ActivationRequest[]> {
  const items = await listAll(arm, (options) => arm.sdk.roleAssignmentScheduleRequests.listForScope(sdkScope(scope), { ...options, ...waiting }));
  return activationRequests(items).filter(({ id, action, pimStatus, requester }) =>
    isGuid(id) && action === 'activate' && pimStatus.toLowerCase() === 'pendingapproval' && requester.kind === 'user');
}
