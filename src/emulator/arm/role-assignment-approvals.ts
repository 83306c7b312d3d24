import { decide, hasApproval, mayDecide, stageStatus } from '../approvals.ts';
import type { RequestWithApproval } from '../approvals.ts';
import { placeOf } from '../holding.ts';
import { bodyMembers, invalidContent, objectMember, textMember } from '../incoming.ts';
import type { Members } from '../incoming.ts';
import { isNoticed } from '../lag.ts';
import { pimError } from '../pim-error.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { isWithin } from '../scopes.ts';
import type { Decision } from '../state.ts';
import { mayRead, nameOf, provider } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';
import { listAtScope } from './listing.ts';
import { timestamp } from './resource.ts';
import { approvalPath } from './schedule-request-resource.ts';

const type = 'roleAssignmentApprovals';
const apiVersions: readonly string[] = ['2021-01-01-preview'];
const results: readonly Decision['result'][] = ['Approve', 'Deny'];

/** All of them at the tenant root and under a scope. An approval has the name of its request, and one stage. */
export const roleAssignmentApprovals: readonly ArmOperation[] = [
  { method: 'GET', path: type, apiVersions, queryOptions: ['$filter'], handle: list },
  { method: 'GET', path: `${type}/{approvalId}`, apiVersions, handle: get },
  { method: 'GET', path: `${type}/{approvalId}/stages`, apiVersions, handle: listStages },
  { method: 'GET', path: `${type}/{approvalId}/stages/{stageId}`, apiVersions, handle: getStage },
  { method: 'PATCH', path: `${type}/{approvalId}/stages/{stageId}`, apiVersions, handle: decideStage },
  { method: 'PUT', path: `${type}/{approvalId}/stages/{stageId}`, apiVersions, handle: decideStage },
];

function list(call: ArmCall): Reply {
  return listAtScope(call, {
    readableAs: type,
    items: requestsWithApproval(call).filter((request) => isNoticed(call, request.createdAt)),
    scopeOf: (request) => placeOf(call, request).scope,
    principalOf: (request) => request.principalId,
    ownFunctions: {
      asApprover: (request) => request.status === 'PendingApproval' && mayDecide(call, request, call.caller),
      asTarget: (request) => request.principalId === call.caller.id,
      asCreatedBy: (request) => request.requestorId === call.caller.id,
    },
    fields: {},
    toResource: (request) => approvalResource(call, request),
  });
}

function get(call: ArmCall): Reply {
  return ok(approvalResource(call, visibleApproval(call)));
}

function listStages(call: ArmCall): Reply {
  return ok({ value: [stageResource(call, visibleApproval(call))] });
}

function getStage(call: ArmCall): Reply {
  return ok(stageResource(call, atStage(call, visibleApproval(call))));
}

/** Answers 200 with the stage. PATCH and PUT do the same, and the body is flat or wrapped in `properties`. */
function decideStage(call: ArmCall): Reply {
  const request = atStage(call, approvalAt(call));
  const body = bodyMembers(call.incoming.body);
  const wrapped = objectMember(body, 'properties');
  decide(call, request, call.caller, parseDecision(wrapped.size > 0 ? wrapped : body));
  return ok(stageResource(call, request));
}

function parseDecision(members: Members): Pick<Decision, 'result' | 'justification'> {
  const justification = textMember(members, 'justification') ?? '';
  const result = results.find((known) => known.toLowerCase() === textMember(members, 'reviewResult')?.toLowerCase());
  if (result === undefined) {
    throw invalidContent("'reviewResult' must be Approve or Deny");
  }
  return { result, justification };
}

function requestsWithApproval(call: ArmCall): readonly RequestWithApproval[] {
  return [...call.state.requests.values()].filter(hasApproval);
}

function approvalAt(call: ArmCall): RequestWithApproval {
  const name = nameOf(call, 'approvalId');
  const request = call.state.requests.get(name);
  if (request === undefined || !hasApproval(request) || !isWithin(placeOf(call, request).scope, call.scope)) {
    throw pimError.notFound(type, name);
  }
  return request;
}

/** Shown to the requester, to the approvers, and to who reads the scope. */
function visibleApproval(call: ArmCall): RequestWithApproval {
  const request = approvalAt(call);
  const own = request.principalId === call.caller.id || request.requestorId === call.caller.id;
  const { scope } = placeOf(call, request);
  if (!own && !mayDecide(call, request, call.caller) && !mayRead(call, type, scope)) {
    throw pimError.authorizationFailed(call.caller.id, `${provider}/${type}/read`, scope.id);
  }
  return request;
}

function atStage(call: ArmCall, request: RequestWithApproval): RequestWithApproval {
  const name = nameOf(call, 'stageId');
  if (name !== request.approval.stageName) {
    throw pimError.notFound(`${type}/stages`, name);
  }
  return request;
}

function approvalResource(call: ArmCall, request: RequestWithApproval): object {
  return {
    id: approvalPath(request.name),
    name: request.name,
    type: `${provider}/${type}`,
    properties: { stages: [stageResource(call, request)] },
  };
}

function stageResource(call: ArmCall, request: RequestWithApproval): object {
  const { stageName, decision } = request.approval;
  const status = stageStatus(request);
  return {
    id: `${approvalPath(request.name)}/stages/${stageName}`,
    name: stageName,
    type: `${provider}/${type}/stages`,
    properties: {
      displayName: 'Approval by the approvers of the role',
      status,
      assignedToMe: status === 'InProgress' && mayDecide(call, request, call.caller),
      reviewedBy: decision === null ? null : reviewer(call, decision.approverId),
      reviewedDateTime: decision === null ? null : timestamp(decision.decidedAt),
      reviewResult: decision?.result ?? 'NotReviewed',
      justification: decision?.justification ?? '',
    },
  };
}

function reviewer(call: ArmCall, id: string): object {
  const person = call.tenant.people.get(id);
  return {
    principalId: id,
    principalType: 'user',
    principalName: person?.name ?? id,
    userPrincipalName: person?.userPrincipalName ?? '',
  };
}
