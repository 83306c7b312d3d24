import { holdsRole } from '../access.ts';
import { isNoticed } from '../lag.ts';
import { findRoleByName } from '../roles.ts';
import type { Reply } from '../reply.ts';
import { directory, graphScopeId } from '../scopes.ts';
import type { ActivityEntry } from '../state.ts';
import { findPrincipal } from '../tenant.ts';
import type { Principal } from '../tenant.ts';
import { requestDenied, requirePermission, resourceNotFound } from './call.ts';
import type { GraphCall, GraphOperation } from './call.ts';
import { collectionReply, entityReply } from './odata.ts';
import type { EntityType } from './odata-query.ts';

/** https://learn.microsoft.com/graph/api/directoryaudit-list */
export const directoryAudits: readonly GraphOperation[] = [
  { method: 'GET', path: 'auditLogs/directoryAudits', handle: list },
  { method: 'GET', path: 'auditLogs/directoryAudits/{id}', handle: get },
];

/** Any one of these lets a person read the audit log. */
const readerRoles = [
  'Global Administrator',
  'Global Reader',
  'Privileged Role Administrator',
  'Reports Reader',
  'Security Administrator',
  'Security Operator',
  'Security Reader',
].flatMap((name) => findRoleByName('entra', name)?.id ?? []);

function list(call: GraphCall): Reply {
  requireReader(call);
  return collectionReply(call, 'auditLogs/directoryAudits', auditType(call), visibleEntries(call));
}

function get(call: GraphCall): Reply {
  requireReader(call);
  const id = call.names['id'] ?? '';
  const entry = visibleEntries(call).find((candidate) => candidate.id === id.toLowerCase());
  if (entry === undefined) {
    throw resourceNotFound(id);
  }
  return entityReply(call, 'auditLogs/directoryAudits/$entity', auditType(call), entry);
}

function requireReader(call: GraphCall): void {
  requirePermission(call, 'AuditLog.Read.All');
  if (call.caller.kind === 'user' && !holdsRole(call, call.caller.id, readerRoles, directory)) {
    throw requestDenied();
  }
}

function visibleEntries(call: GraphCall): readonly ActivityEntry[] {
  return call.state.audit.flatMap((entry) => (entry.kind === 'activity' && isNoticed(call, Date.parse(entry.at)) ? [entry] : []));
}

function auditType(call: GraphCall): EntityType<ActivityEntry> {
  return {
    members: {
      id: 'text',
      category: 'text',
      correlationId: 'text',
      result: 'text',
      resultReason: 'text',
      activityDisplayName: 'text',
      activityDateTime: 'time',
      loggedByService: 'text',
      operationType: 'text',
      initiatedBy: {
        user: { id: 'text', displayName: 'text', userPrincipalName: 'text' },
        app: { appId: 'text', displayName: 'text', servicePrincipalId: 'text' },
      },
      targetResources: 'list',
      additionalDetails: 'list',
    },
    toObject: (entry) => toObject(call, entry),
    defaultOrder: 'activityDateTime desc',
  };
}

function toObject(call: GraphCall, entry: ActivityEntry): object {
  return {
    id: entry.id,
    category: entry.category,
    correlationId: entry.request ?? entry.id,
    result: 'success',
    resultReason: entry.justification,
    activityDisplayName: entry.activity,
    activityDateTime: entry.at,
    loggedByService: 'PIM',
    operationType: operationType(entry.activity),
    initiatedBy: initiatedBy(call, entry.actor),
    targetResources: targetResources(call, entry),
    additionalDetails: additionalDetails(call, entry),
  };
}

function operationType(activity: string): string | null {
  const [verb = ''] = activity.split(' ');
  return { Add: 'Assign', Remove: 'Unassign', Update: 'Update' }[verb] ?? null;
}

/** What nobody did, PIM did by the clock. */
function initiatedBy({ tenant }: GraphCall, actor: string | null): object {
  const principal = actor === null ? undefined : findPrincipal(tenant, actor);
  if (principal?.kind === 'user') {
    const { id, name: displayName, userPrincipalName } = principal;
    return { app: null, user: { id, displayName, userPrincipalName, ipAddress: null } };
  }
  const app = { appId: principal?.id ?? null, displayName: principal?.name ?? 'Azure AD PIM' };
  return { app: { ...app, servicePrincipalId: principal?.id ?? null, servicePrincipalName: null }, user: null };
}

/** The role, the request, whom it is about, and where. */
function targetResources({ tenant }: GraphCall, entry: ActivityEntry): readonly object[] {
  const { request, roleId, role, principalId, scope: scopeId } = entry;
  const principal = principalId === null ? undefined : findPrincipal(tenant, principalId);
  const scope = tenant.scopes.find(scopeId);
  return [
    target('Role', roleId, role),
    ...(request === null ? [] : [target('Request', request, null)]),
    ...(principalId === null ? [] : [principalTarget(principalId, principal)]),
    ...(scope === undefined ? [] : [target(scopeTypes[scope.type], scope.kind === 'azure' ? scope.id || '/' : graphScopeId(scope), scope.name)]),
  ];
}

const scopeTypes = {
  tenant: 'Tenant',
  managementgroup: 'ManagementGroup',
  subscription: 'Subscription',
  resourcegroup: 'ResourceGroup',
  resource: 'Resource',
  directory: 'Directory',
  administrativeunit: 'AdministrativeUnit',
  group: 'Group',
} as const;

function target(type: string, id: string, displayName: string | null): object {
  return { id, displayName, type, userPrincipalName: null, groupType: null, modifiedProperties: [] };
}

function principalTarget(id: string, principal: Principal | undefined): object {
  const types = { user: 'User', group: 'Group', app: 'ServicePrincipal' } as const;
  const entry = target(principal === undefined ? 'User' : types[principal.kind], id, principal?.name ?? null);
  return principal?.kind === 'user' ? { ...entry, userPrincipalName: principal.userPrincipalName } : entry;
}

function additionalDetails({ tenant }: GraphCall, { roleId, roleKind, justification, request }: ActivityEntry): readonly object[] {
  const details: readonly (readonly [string, string])[] = [
    ['RoleDefinitionOriginId', roleId],
    ['RoleDefinitionOriginType', roleKind === 'group' ? 'CustomRole' : 'BuiltInRole'],
    ['TenantId', tenant.id],
    ['Justification', justification],
    ...(request === null ? [] : [['RequestId', request] as const]),
  ];
  return details.filter(([, value]) => value !== '').map(([key, value]) => ({ key, value }));
}
