/** PIM as the bot's own identity sees it: read-only, where it holds Reader and what its permissions in Graph let it see. */
import { readRequest as readAzureRequest } from './azure/activation-requests.ts';
import { listAzureElevations } from './azure/elevations.ts';
import { readRoleSettings as readAzureRoleSettings } from './azure/role-policy.ts';
import { PimError } from './errors.ts';
import { expandApprovers } from './graph/approvers.ts';
import { readMember } from './graph/directory.ts';
import { listEntraElevations, listGroupElevations } from './graph/elevations.ts';
import { readGraphRoleSettings } from './graph/graph-policy.ts';
import { readRequestInForce } from './graph/request-in-force.ts';
import type { ArmClient, AzureClient } from './http/azure-client.ts';
import type { ActivationRequest, RequestReference, Role, RoleKind, RoleSettings, Scope } from './model.ts';
import type { ElevationReport, PimReader } from './pim.ts';
import { kindOf } from './scope.ts';

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
}

export function createPimReader(parts: PimReaderParts): PimReader {
  const { graph } = parts;
  return {
    listElevations: () => listElevations(parts),
    readRoleSettings: (role, scope) => asTheBot(readRoleSettings(parts, role, scope)),
    readRequest: (request) => asTheBot(readRequest(parts, request)),
    expandApprovers: (approvers) => expandApprovers(graph, approvers),
    readMember: (personId) => asTheBot(readMember(graph, personId)),
  };
}

/** No person can sign in for the bot: a token of its own that is refused is an outage to everybody else. */
async function asTheBot<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PimError) || (error.code !== 'signInRequired' && error.code !== 'stepUpRequired')) throw error;
    throw new PimError('unavailable', `the bot's own identity was refused: ${error.message}`, { ...error.details, cause: error });
  }
}

function readRoleSettings({ arm, graph }: PimReaderParts, role: Role, scope: Scope): Promise<RoleSettings> {
  return kindOf(scope) === 'azure' ? readAzureRoleSettings(arm, role, scope) : readGraphRoleSettings(graph, role, scope);
}

function readRequest({ arm, graph }: PimReaderParts, request: RequestReference): Promise<ActivationRequest | null> {
  return kindOf(request.scope) === 'azure' ? readAzureRequest(arm, request.requestId, request.scope) : readRequestInForce(graph, request);
}

/** One kind that cannot be read does not hide the others; when none can be read, the first failure is told. */
async function listElevations(parts: PimReaderParts): Promise<ElevationReport> {
  const reports = await Promise.all(parts.roleKinds.map((kind) => reportOrFailure(parts, kind)));
  const failures = reports.filter((report) => report instanceof PimError);
  if (failures[0] !== undefined && failures.length === reports.length) throw failures[0];
  const told = reports.map((report, index) => (report instanceof PimError ? gapOf(parts.roleKinds[index], report) : report));
  return {
    elevations: told.flatMap(({ elevations }) => elevations),
    unread: told.flatMap(({ unread }) => unread),
    gaps: told.flatMap(({ gaps }) => gaps),
  };
}

async function reportOrFailure(parts: PimReaderParts, kind: RoleKind): Promise<ElevationReport | PimError> {
  try {
    return await asTheBot(reportOf(parts, kind));
  } catch (error) {
    if (error instanceof PimError) return error;
    throw error;
  }
}

async function reportOf({ arm, graph, digestScopes = [], digestGroups = [] }: PimReaderParts, kind: RoleKind): Promise<ElevationReport> {
  switch (kind) {
    case 'azure': return { ...await listAzureElevations(arm, digestScopes), gaps: [] };
    case 'entra': return { elevations: await listEntraElevations(graph), unread: [], gaps: [] };
    case 'group': return { ...await listGroupElevations(graph, digestGroups), unread: [] };
  }
}

function gapOf(kind: RoleKind | undefined, { code }: PimError): ElevationReport {
  return { elevations: [], unread: [], gaps: kind === undefined ? [] : [{ kind, why: code }] };
}
