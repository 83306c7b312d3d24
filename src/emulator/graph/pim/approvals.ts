import { decide, hasApproval, mayDecide, stageStatus } from '../../approvals.ts';
import type { RequestWithApproval } from '../../approvals.ts';
import { placeOf } from '../../holding.ts';
import { bodyMembers, invalidContent, textMember } from '../../incoming.ts';
import { isNoticed } from '../../lag.ts';
import { badRequest } from '../../reply.ts';
import type { Reply } from '../../reply.ts';
import type { Decision } from '../../state.ts';
import { requestDenied, resourceNotFound } from '../call.ts';
import type { GraphCall, GraphOperation } from '../call.ts';
import { toMany } from '../odata-query.ts';
import type { EntityType } from '../odata-query.ts';
import { collectionReply, entityReply } from '../odata.ts';
import { directoryRoles, groupRoles } from './branch.ts';
import type { PimBranch } from './branch.ts';
import { pimPermissions, requireDelegated } from './permissions.ts';
import { mayReadOthers } from './readers.ts';
import { time } from './schedules.ts';

/** Where approvals are: those of directory roles in beta only, those of groups by another name in each version. */
interface ApprovalBranch {
  readonly branch: PimBranch;
  readonly name: string;
  readonly stages: 'stages' | 'steps';
  readonly only: 'v1.0' | 'beta';
}

const approvalBranches: readonly ApprovalBranch[] = [
  { branch: directoryRoles, name: 'roleAssignmentApprovals', stages: 'steps', only: 'beta' },
  { branch: groupRoles, name: 'assignmentApprovals', stages: 'stages', only: 'v1.0' },
  { branch: groupRoles, name: 'assignmentApprovals', stages: 'steps', only: 'beta' },
];

/** An approval has the id of its request, and one stage. */
export const approvals: readonly GraphOperation[] = approvalBranches.flatMap((at) => {
  const { only } = at;
  const path = `${at.branch.path}/${at.name}/{id}`;
  const stages = `${path}/${at.stages}`;
  return [
    { method: 'GET', path: `${at.branch.path}/${at.name}/filterByCurrentUser(on='{on}')`, only, handle: (call: GraphCall) => listMine(call, at) } as const,
    { method: 'GET', path, only, handle: (call: GraphCall) => get(call, at) } as const,
    { method: 'GET', path: stages, only, handle: (call: GraphCall) => listStages(call, at) } as const,
    { method: 'GET', path: `${stages}/{stageId}`, only, handle: (call: GraphCall) => getStage(call, at) } as const,
    { method: 'PATCH', path: `${stages}/{stageId}`, only, handle: (call: GraphCall) => decideStage(call, at) } as const,
  ];
});

/** https://learn.microsoft.com/graph/api/approval-filterbycurrentuser */
const mine: Readonly<Record<string, (call: GraphCall, request: RequestWithApproval) => boolean>> = {
  approver: (call, request) => request.status === 'PendingApproval' && mayDecide(call, request, call.caller),
  target: ({ caller }, { principalId }) => principalId === caller.id,
  createdBy: ({ caller }, { requestorId }) => requestorId === caller.id,
};

function listMine(call: GraphCall, at: ApprovalBranch): Reply {
  requireDelegated(call, pimPermissions[at.branch.kind].readApprovals);
  const on = call.names['on'] ?? '';
  const isMine = Object.entries(mine).find(([name]) => name.toLowerCase() === on.toLowerCase())?.[1];
  if (isMine === undefined) {
    throw badRequest(`filterByCurrentUser(on='${on}') is not supported here. Supported: ${Object.keys(mine).join(', ')}.`);
  }
  const type = approvalType(call, at);
  const typed = { ...type, toObject: (request: RequestWithApproval) => ({ '@odata.type': '#microsoft.graph.approval', ...type.toObject(request) }) };
  const own = [...call.state.requests.values()]
    .filter(hasApproval)
    .filter((request) => isNoticed(call, request.createdAt) && placeOf(call, request).role.kind === at.branch.kind && isMine(call, request));
  return collectionReply(call, 'Collection(approval)', typed, own);
}

function get(call: GraphCall, at: ApprovalBranch): Reply {
  return entityReply(call, `${at.branch.path}/${at.name}/$entity`, approvalType(call, at), readable(call, at));
}

function approvalType(call: GraphCall, { stages }: ApprovalBranch): EntityType<RequestWithApproval> {
  return {
    members: { id: 'text' },
    toObject: ({ name }) => ({ id: name }),
    navigations: { [stages]: toMany(stageType(call), (request: RequestWithApproval) => [request]) },
  };
}

function listStages(call: GraphCall, at: ApprovalBranch): Reply {
  const request = readable(call, at);
  return collectionReply(call, contextOf(at, request), stageType(call), [request]);
}

function getStage(call: GraphCall, at: ApprovalBranch): Reply {
  const request = atStage(call, readable(call, at));
  return entityReply(call, `${contextOf(at, request)}/$entity`, stageType(call), request);
}

/** Body `{"reviewResult": "Approve" | "Deny", "justification"}`; 204. */
function decideStage(call: GraphCall, at: ApprovalBranch): Reply {
  requireDelegated(call, pimPermissions[at.branch.kind].decide);
  decide(call, atStage(call, approvalAt(call, at)), call.caller, parseDecision(call));
  return { status: 204 };
}

function parseDecision(call: GraphCall): Pick<Decision, 'result' | 'justification'> {
  const body = bodyMembers(call.incoming.body);
  const given = textMember(body, 'reviewResult')?.toLowerCase();
  const result = (['Approve', 'Deny'] as const).find((known) => known.toLowerCase() === given);
  if (result === undefined) {
    throw invalidContent("'reviewResult' must be Approve or Deny");
  }
  return { result, justification: textMember(body, 'justification') ?? '' };
}

/** Shown to the requester, to the approvers, and to who reads everybody's requests. */
function readable(call: GraphCall, at: ApprovalBranch): RequestWithApproval {
  requireDelegated(call, pimPermissions[at.branch.kind].readApprovals);
  const request = approvalAt(call, at);
  const isOwn = [request.principalId, request.requestorId].includes(call.caller.id);
  if (!isOwn && !mayDecide(call, request, call.caller) && !mayReadOthers(call, placeOf(call, request).scope)) {
    throw requestDenied();
  }
  return request;
}

function approvalAt(call: GraphCall, { branch }: ApprovalBranch): RequestWithApproval {
  const id = call.names['id'] ?? '';
  const request = call.state.requests.get(id.toLowerCase());
  if (request === undefined || !hasApproval(request) || placeOf(call, request).role.kind !== branch.kind) {
    throw resourceNotFound(id);
  }
  return request;
}

function atStage(call: GraphCall, request: RequestWithApproval): RequestWithApproval {
  const id = call.names['stageId'] ?? '';
  if (id.toLowerCase() !== request.approval.stageName) {
    throw resourceNotFound(id);
  }
  return request;
}

function contextOf({ branch, name, stages }: ApprovalBranch, request: RequestWithApproval): string {
  return `${branch.path}/${name}('${request.name}')/${stages}`;
}

function stageType(call: GraphCall): EntityType<RequestWithApproval> {
  const identity = { id: 'text', displayName: 'text', userPrincipalName: 'text' } as const;
  return {
    members: {
      id: 'text',
      displayName: 'text',
      status: 'text',
      assignedToMe: 'boolean',
      reviewResult: 'text',
      reviewedBy: identity,
      reviewedDateTime: 'time',
      justification: 'text',
    },
    toObject: (request) => stageObject(call, request),
  };
}

function stageObject(call: GraphCall, request: RequestWithApproval): object {
  const { stageName, decision } = request.approval;
  const status = stageStatus(request);
  return {
    id: stageName,
    displayName: null,
    status,
    assignedToMe: status === 'InProgress' && mayDecide(call, request, call.caller),
    reviewResult: decision?.result ?? 'NotReviewed',
    reviewedBy: decision === null ? null : reviewer(call, decision.approverId),
    reviewedDateTime: decision === null ? null : time(decision.decidedAt),
    justification: decision?.justification ?? '',
  };
}

function reviewer(call: GraphCall, id: string): object {
  const person = call.tenant.people.get(id);
  return { id, displayName: person?.name ?? null, userPrincipalName: person?.userPrincipalName ?? null };
}
