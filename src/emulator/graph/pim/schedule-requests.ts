import { hasApproval, mayDecide } from '../../approvals.ts';
import { placeOf } from '../../holding.ts';
import { bodyMembers } from '../../incoming.ts';
import type { Reply } from '../../reply.ts';
import type { ScheduleRequest, Side } from '../../state.ts';
import { cancelRequest, submitRequest, validateRequest } from '../../submit-request.ts';
import { contextUrl, resourceNotFound } from '../call.ts';
import type { GraphCall, GraphOperation } from '../call.ts';
import { branches, sides } from './branch.ts';
import type { PimBranch } from './branch.ts';
import { readOperations } from './collection.ts';
import type { PimCollection } from './collection.ts';
import { pimPermissions, requireGranted } from './permissions.ts';
import { parseScheduleRequest } from './schedule-request-body.ts';
import { requestType } from './schedule-request-type.ts';
import type { GraphRequest } from './schedule-request-type.ts';

export const scheduleRequests: readonly GraphOperation[] = branches.flatMap((branch) =>
  sides.flatMap((side) => {
    const path = `${branch.path}/${branch.names[side].requests}`;
    return [
      ...readOperations(collectionOf(branch, side)),
      { method: 'POST', path, handle: (call: GraphCall) => create(call, branch, side) } as const,
      { method: 'POST', path: `${path}/{id}/cancel`, handle: (call: GraphCall) => cancel(call, branch, side) } as const,
    ];
  }),
);

/** An approver sees what they may decide, and what they could have decided. */
function collectionOf(branch: PimBranch, side: Side): PimCollection<GraphRequest> {
  return {
    branch,
    name: branch.names[side].requests,
    typeName: `${branch.names[side].type}ScheduleRequest`,
    permissions: pimPermissions[branch.kind].readRequests[side],
    type: (call) => requestType(call, branch, side),
    items: (call) => requestsOf(call, branch, side),
    bornAt: ({ request }) => request.createdAt,
    mine: {
      principal: (call) => (item) => item.principalId === call.caller.id,
      approver: (call) => (item) => isApproverOf(call, item),
    },
    maySee: (call, item) => item.request.requestorId === call.caller.id || isApproverOf(call, item),
  };
}

function requestsOf(call: GraphCall, branch: PimBranch, side: Side): readonly GraphRequest[] {
  return [...call.state.requests.values()]
    .filter((request) => request.side === side)
    .map((request) => graphRequest(call, request, false))
    .filter(({ role }) => role.kind === branch.kind);
}

function graphRequest(call: GraphCall, request: ScheduleRequest, isValidationOnly: boolean): GraphRequest {
  const { principalId, eligibilityName } = request;
  return { request, isValidationOnly, principalId, eligibilityName, ...placeOf(call, request) };
}

function isApproverOf(call: GraphCall, { request }: GraphRequest): boolean {
  return hasApproval(request) && mayDecide(call, request, call.caller);
}

/** 201 with the request; with `isValidationOnly` nothing is kept of it. */
function create(call: GraphCall, branch: PimBranch, side: Side): Reply {
  const { draft, isValidationOnly } = parseScheduleRequest(call, branch, side, bodyMembers(call.incoming.body));
  const { write, remove } = pimPermissions[branch.kind];
  const removes = draft.requestType === 'AdminRemove' || draft.requestType === 'SelfDeactivate';
  requireGranted(call, removes ? [...write[side], ...remove[side]] : write[side]);
  const request = (isValidationOnly ? validateRequest : submitRequest)(call, draft, call.caller);
  const { toObject } = requestType(call, branch, side);
  const context = contextUrl(call, `${branch.path}/${branch.names[side].requests}/$entity`);
  return { status: 201, body: { '@odata.context': context, ...toObject(graphRequest(call, request, isValidationOnly)) } };
}

/** 204 */
function cancel(call: GraphCall, branch: PimBranch, side: Side): Reply {
  requireGranted(call, pimPermissions[branch.kind].write[side]);
  const id = call.names['id'] ?? '';
  const found = requestsOf(call, branch, side).find(({ request }) => request.name === id.toLowerCase());
  if (found === undefined) {
    throw resourceNotFound(id);
  }
  cancelRequest(call, found.request, call.caller);
  return { status: 204 };
}
