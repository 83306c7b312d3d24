import type { Client, GraphRequest } from '@microsoft/microsoft-graph-client';
import { GraphError } from '@microsoft/microsoft-graph-client';
import type { Seed } from '../../src/emulator/seed.ts';
import { at, text } from './emulator-client.ts';
import type { EmulatorClient, Subject } from './emulator-client.ts';
import { breakGlass, threeKinds, unit } from './engine.ts';
import { graphClient } from './graph-client.ts';
import { alex, guest, lee, megan, opsLeads, platform } from './people.ts';

/** PIM in Graph as one caller, through Microsoft's own client; and a tenant for it. */

export const directory = 'roleManagement/directory';
export const group = 'identityGovernance/privilegedAccess/group';
export const policies = 'policies/roleManagementPolicies';
export const policyAssignments = 'policies/roleManagementPolicyAssignments';

export const roles = {
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  groupsAdministrator: 'fdd7a751-b60b-444a-984c-02652fe8fa1c',
  licenseAdministrator: '4d6ac14f-3453-41d0-bef9-a3e0c569773a',
  helpdeskAdministrator: '729827e3-9c14-49f7-bb1b-9608f156bbb8',
  securityReader: '5d6b6bb7-de71-4623-b4af-96380a352509',
  reportsReader: '4a5d8f65-41da-4de4-8968-e035b65339cf',
} as const;

export const reader = { app: 'role-reader' };
export const groupReader = { app: 'group-reader' };
export const writer = { app: 'role-writer' };
export const remover = { app: 'role-remover' };

/**
 * Alex may activate without approval (Groups Administrator), with Megan's (User Administrator), in one administrative unit
 * (License Administrator), with an authentication context (Security Reader), and through the group of the leads once he is
 * in it (Reports Reader). Nestor administers roles, Lee owns the break-glass group, Grady reads everything.
 */
export const graphSeed: Seed = {
  ...threeKinds,
  apps: [
    ...(threeKinds.apps ?? []),
    { id: 'c0000000-0000-4000-8000-000000000011', name: 'role-reader', permissions: ['RoleManagement.Read.Directory', 'RoleManagementPolicy.Read.Directory'] },
    {
      id: 'c0000000-0000-4000-8000-000000000012',
      name: 'group-reader',
      permissions: ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'PrivilegedEligibilitySchedule.Read.AzureADGroup', 'RoleManagementPolicy.Read.AzureADGroup'],
    },
    {
      id: 'c0000000-0000-4000-8000-000000000013',
      name: 'role-writer',
      permissions: ['RoleAssignmentSchedule.ReadWrite.Directory', 'RoleEligibilitySchedule.ReadWrite.Directory', 'RoleManagementPolicy.ReadWrite.Directory'],
    },
    { id: 'c0000000-0000-4000-8000-000000000014', name: 'role-remover', permissions: ['RoleAssignmentSchedule.Remove.Directory'] },
  ],
  administrators: [...(threeKinds.administrators ?? []), { kind: 'entra', principalId: guest, role: 'Global Reader' }],
  eligible: [
    ...(threeKinds.eligible ?? []),
    { kind: 'entra', principalId: alex, role: 'Groups Administrator', scope: '/', end: '2099-01-01T00:00:00Z' },
    { kind: 'entra', principalId: alex, role: 'License Administrator', scope: `/administrativeUnits/${unit}` },
    { kind: 'entra', principalId: alex, role: 'Security Reader', scope: '/' },
    { kind: 'entra', principalId: opsLeads, role: 'Reports Reader', scope: '/' },
    { kind: 'group', principalId: alex, role: 'owner', scope: platform },
  ],
  assigned: [...(threeKinds.assigned ?? []), { kind: 'entra', principalId: lee, role: 'License Administrator', scope: '/' }],
  settings: [
    ...(threeKinds.settings ?? []),
    { kind: 'entra', role: 'Security Reader', scope: '/', settings: {}, authenticationContext: 'c1' },
    { kind: 'group', role: 'member', scope: opsLeads, settings: { approvalOnElevation: true, approverIds: [megan] } },
  ],
};

export class PimCaller {
  readonly #client: Client;

  constructor(control: EmulatorClient, subject: Subject) {
    this.#client = graphClient(control, subject);
  }

  /** `path` is behind `/v1.0/`, unless it begins with `/beta/`. */
  #request(path: string): GraphRequest {
    const beta = '/beta/';
    return path.startsWith(beta) ? this.#client.api(path.slice(beta.length)).version('beta') : this.#client.api(path);
  }

  async get(path: string): Promise<unknown> {
    const body: unknown = await this.#request(path).get();
    return body;
  }

  async list(path: string): Promise<readonly unknown[]> {
    const value = at(await this.get(path), 'value');
    if (!Array.isArray(value)) {
      throw new TypeError(`${path} is not a collection`);
    }
    return value;
  }

  async post(path: string, body?: object): Promise<unknown> {
    const answer: unknown = await this.#request(path).post(body);
    return answer;
  }

  async patch(path: string, body: object): Promise<unknown> {
    const answer: unknown = await this.#request(path).patch(body);
    return answer;
  }

  mine(branch: string, collection: string, options = ''): Promise<readonly unknown[]> {
    return this.list(`${branch}/${collection}/filterByCurrentUser(on='principal')${options}`);
  }

  async decide(requestId: string, reviewResult: 'Approve' | 'Deny', stages = stepsOf(requestId)): Promise<unknown> {
    const [stage] = await this.list(stages);
    return this.patch(`${stages}/${idOf(stage)}`, { reviewResult, justification: 'checked' });
  }
}

/** Approvals of directory roles are in beta only. */
export function stepsOf(requestId: string): string {
  return `/beta/${directory}/roleAssignmentApprovals/${requestId}/steps`;
}

export function stagesOf(requestId: string): string {
  return `${group}/assignmentApprovals/${requestId}/stages`;
}

export function hours(n: number): object {
  return { scheduleInfo: { expiration: { type: 'AfterDuration', duration: `PT${n}H` } } };
}

export const forGood = { scheduleInfo: { expiration: { type: 'NoExpiration' } } };

export function activation(roleDefinitionId: string, principalId = alex, more: object = {}): object {
  return { action: 'selfActivate', principalId, roleDefinitionId, directoryScopeId: '/', justification: 'because', ...hours(1), ...more };
}

export function groupActivation(groupId = breakGlass, principalId = alex, more: object = {}): object {
  const ticketInfo = { ticketNumber: 'INC1', ticketSystem: 'ServiceNow' };
  return { action: 'selfActivate', principalId, groupId, accessId: 'member', justification: 'because', ticketInfo, ...hours(1), ...more };
}

/** `403 Authorization_RequestDenied`. */
export async function failure(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error('it was answered'),
    (reason: unknown) => reason,
  );
  return error instanceof GraphError ? `${error.statusCode} ${error.code}` : String(error);
}

/** What is inside of an `UnknownError`: `403 PermissionScopeNotGranted …`. */
export async function nestedFailure(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error('it was answered'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof GraphError) || error.code !== 'UnknownError') {
    return String(error);
  }
  const inner: unknown = JSON.parse(error.message);
  return `${error.statusCode} ${text(inner, 'errorCode')} ${text(inner, 'message')}`;
}

/** One member of each, in order. */
export function column(list: readonly unknown[], ...path: readonly string[]): readonly unknown[] {
  return list.map((item) => at(item, ...path));
}

export function idOf(entity: unknown): string {
  return text(entity, 'id');
}
