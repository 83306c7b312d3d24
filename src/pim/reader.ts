/** PIM as the bot's own identity sees it: read-only, where it holds Reader and what its permissions in Graph let it see. */
import { readRequest as readAzureRequest } from './azure/activation-requests.ts';
import { readDecision as readAzureDecision } from './azure/approvals.ts';
import { listAzureAdministrators } from './azure/administrators.ts';
import { listAzureElevations } from './azure/elevations.ts';
import { findRoles as findAzureRoles } from './azure/find-roles.ts';
import { listAzureHeldBy } from './azure/held-by.ts';
import { listPendingAzureRequests } from './azure/pending-requests.ts';
import { readAzurePolicy } from './azure/policies.ts';
import { readRoleSettings as readAzureRoleSettings } from './azure/role-policy.ts';
import { PimError } from './errors.ts';
import { listGraphAdministrators } from './graph/administrators.ts';
import { expandApprovers } from './graph/approvers.ts';
import { readMember } from './graph/directory.ts';
import { listEntraElevations, listGroupElevations } from './graph/elevations.ts';
import { findEntraRoles } from './graph/entra-roles.ts';
import { findGroupRoles } from './graph/group-roles.ts';
import { readGraphRoleSettings } from './graph/graph-policy.ts';
import { listGraphHeldBy } from './graph/held-by.ts';
import { readGraphPolicy } from './graph/policies.ts';
import { readRequestInForce } from './graph/request-in-force.ts';
import type { ArmClient, AzureClient } from './http/azure-client.ts';
import { withinTime } from './http/within-time.ts';
import type { ActivationRequest, ActiveAssignment, Approver, Gap, Listing, RequestReference, Role, RoleKind, RoleSettings, Scope } from './model.ts';
import { orPimError } from './or-pim-error.ts';
import { isRefusal } from './governing-settings.ts';
import type { ApprovalReference, ElevationReport, MadeDecision, PendingReport, PimReader } from './pim.ts';
import { kindOf } from './scope.ts';
import type { RolePolicy } from './settings/role-policy.ts';

/** Both clients carry the bot's own token. */
export interface PimReaderParts {
  readonly arm: ArmClient;
  readonly graph: AzureClient;
  /** What the tenant uses PIM for. */
  readonly roleKinds: readonly RoleKind[];
  /** ARM paths to look at beside the subscriptions that the bot can see, e.g. of management groups. */
  readonly digestScopes?: readonly string[];
  /** Object ids of groups to look at: Graph lists none of them without its id. */
  readonly digestGroups?: readonly string[];
  /** How long anybody waits to hear what a person holds. */
  readonly heldWithinMs?: number;
}

export function createPimReader(parts: PimReaderParts): PimReader {
  const { graph } = parts;
  return {
    listElevations: () => listElevations(parts),
    listPendingRequests: (round) => asTheBot(listPendingRequests(parts, round)),
    listHeldBy: (personId) => listHeldBy(parts, personId),
    readDecision: (approval) => asTheBot(readDecision(parts, approval)),
    readRoleSettings: (role, scope) => asTheBot(readRoleSettings(parts, role, scope)),
    readPolicy: (role, scope) => asTheBot(readPolicy(parts, role, scope)),
    findRoles: (scope, words) => asTheBot(findRoles(parts, scope, words)),
    listAdministrators: (scope) => asTheBot(listAdministrators(parts, scope)),
    readRequest: (request) => asTheBot(readRequest(parts, request)),
    expandApprovers: (approvers) => expandApprovers(graph, approvers),
    readMember: (personId) => asTheBot(readMember(graph, personId)),
  };
}

async function asTheBot<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PimError) || ofTheBot(error.code) === error.code) throw error;
    throw new PimError(ofTheBot(error.code), `the bot's own identity was refused: ${error.message}`, { ...error.details, cause: error });
  }
}

/**
 * What a refusal means where the bot asks for itself. No person can sign in for it, so that a refused token is an outage to
 * everybody else; and a permission of its own that is missing has nothing to do with acting for people.
 */
function ofTheBot<Code extends Gap['why']>(code: Code): Code | 'unavailable' | 'notPermitted' {
  if (code === 'signInRequired' || code === 'stepUpRequired') return 'unavailable';
  return code === 'consentRequired' ? 'notPermitted' : code;
}

function readRoleSettings({ arm, graph }: PimReaderParts, role: Role, scope: Scope): Promise<RoleSettings> {
  return kindOf(scope) === 'azure' ? readAzureRoleSettings(arm, role, scope) : readGraphRoleSettings(graph, role, scope);
}

function readPolicy({ arm, graph }: PimReaderParts, role: Role, scope: Scope): Promise<RolePolicy> {
  return kindOf(scope) === 'azure' ? readAzurePolicy(arm, role, scope) : readGraphPolicy(graph, role, scope);
}

async function findRoles({ arm, graph }: PimReaderParts, scope: Scope, words: string): Promise<readonly Role[]> {
  switch (kindOf(scope)) {
    case 'azure': return findAzureRoles(arm, scope, words);
    case 'entra': return findEntraRoles(graph, words);
    case 'group': return findGroupRoles(words);
  }
}

function listAdministrators({ arm, graph }: PimReaderParts, scope: Scope): Promise<readonly Approver[]> {
  return kindOf(scope) === 'azure' ? listAzureAdministrators(arm, scope) : listGraphAdministrators(graph, scope);
}

function readRequest({ arm, graph }: PimReaderParts, request: RequestReference): Promise<ActivationRequest | null> {
  return kindOf(request.scope) === 'azure' ? readAzureRequest(arm, request.requestId, request.scope) : readRequestInForce(graph, request);
}

/** One kind that cannot be read does not hide the others; when none can be read, the first failure is told. */
async function listElevations(parts: PimReaderParts): Promise<ElevationReport> {
  const reports = await Promise.all(parts.roleKinds.map((kind) => orPimError(asTheBot(reportOf(parts, kind)))));
  const failures = reports.filter((report) => report instanceof PimError);
  if (failures[0] !== undefined && failures.length === reports.length) throw failures[0];
  const told = reports.map((report, index) => (report instanceof PimError ? gapOf(parts.roleKinds[index], report) : report));
  return {
    elevations: told.flatMap(({ elevations }) => elevations),
    unread: told.flatMap(({ unread }) => unread),
    gaps: told.flatMap(({ gaps }) => gaps),
  };
}

async function reportOf({ arm, graph, digestScopes = [], digestGroups = [] }: PimReaderParts, kind: RoleKind): Promise<ElevationReport> {
  switch (kind) {
    case 'azure': return { ...await listAzureElevations(arm, digestScopes), gaps: [] };
    case 'entra': return { elevations: await listEntraElevations(graph), unread: [], gaps: [] };
    case 'group': {
      const { elevations, gaps } = await listGroupElevations(graph, digestGroups);
      return { elevations, unread: [], gaps: gaps.map((gap) => ({ ...gap, why: ofTheBot(gap.why) })) };
    }
  }
}

function gapOf(kind: RoleKind | undefined, { code }: PimError): ElevationReport {
  return { elevations: [], unread: [], gaps: kind === undefined ? [] : [{ kind, why: code }] };
}

/** Requests for directory roles and groups an application may only read with a permission that can also write. */
async function listPendingRequests({ arm, roleKinds, digestScopes = [] }: PimReaderParts, round: number): Promise<PendingReport> {
  if (!roleKinds.includes('azure')) return { requests: [], read: [], unread: [] };
  const { unread, ...report } = await listPendingAzureRequests(arm, digestScopes, round);
  return { ...report, unread: unread.map(({ scope, code }) => ({ scope, code: ofTheBot(code) })) };
}

/** Approvals of directory roles and groups have no permission for applications at all. */
async function readDecision({ arm }: PimReaderParts, { approvalId, scope }: ApprovalReference): Promise<MadeDecision | null> {
  if (kindOf(scope) !== 'azure') return null;
  try {
    return await readAzureDecision(arm, approvalId);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** A card waits for it: what does not come in time is told as a gap. */
const heldWithinMs = 4_000;

async function listHeldBy(parts: PimReaderParts, personId: string): Promise<Listing<ActiveAssignment>> {
  const { arm, graph, roleKinds, digestScopes = [] } = parts;
  const graphKinds = roleKinds.filter((kind) => kind !== 'azure');
  const lists = await Promise.all([
    ...(roleKinds.includes('azure') ? [inTime(parts, ['azure'], listAzureHeldBy(arm, digestScopes, personId))] : []),
    ...(graphKinds.length === 0 ? [] : [inTime(parts, graphKinds, listGraphHeldBy(graph, graphKinds, personId))]),
  ]);
  return {
    items: lists.flatMap(({ items }) => items),
    gaps: lists.flatMap(({ gaps }) => gaps).map((gap) => ({ ...gap, why: ofTheBot(gap.why) })),
  };
}

async function inTime<T>({ heldWithinMs: ms = heldWithinMs }: PimReaderParts, kinds: readonly RoleKind[], listing: Promise<Listing<T>>): Promise<Listing<T>> {
  const list = await orPimError(withinTime(listing, ms, 'what a person holds did not come in time'));
  return list instanceof PimError ? { items: [], gaps: kinds.map((kind) => ({ kind, why: list.code })) } : list;
}
