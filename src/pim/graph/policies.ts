/** The settings of directory roles and of groups: their role management policies, by Microsoft Graph. */
import { gapsOf } from '../listing.ts';
import { wholeDirectory } from './graph-answers.ts';
import type { GraphRoleKind } from './graph-kind.ts';
import { listAllOf } from './batch.ts';
import { findPolicy, named, policiesIn, policiesPath } from './graph-policy.ts';
import type { PolicyAssignment } from './graph-policy.ts';
import { PimError } from '../errors.ts';
import { listAllRaw } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { toPimError } from '../http/to-pim-error.ts';
import type { Approver, EligibleAssignment, Listing, Role, Scope } from '../model.ts';
import { orPimError } from '../or-pim-error.ts';
import { scopeKey } from '../scope.ts';
import { applyChange } from '../settings/apply-change.ts';
import type { PolicyQuery, SettingsOfKind } from '../settings/pim-settings.ts';
import { rolePolicy } from '../settings/role-policy.ts';
import type { RolePolicy } from '../settings/role-policy.ts';
import { graphForm } from '../settings/write-policy.ts';

/** What is listed where nobody names a scope, and what roles are called. */
export interface SettingsParts {
  readonly client: AzureClient;
  readonly kind: GraphRoleKind;
  readonly listEligible: () => Promise<Listing<EligibleAssignment>>;
  readonly listRoles: () => Promise<readonly Role[]>;
}

export function createGraphSettings(parts: SettingsParts): SettingsOfKind {
  const { client } = parts;
  return {
    read: (role, scope) => readWithNames(client, role, scope),
    list: (query) => list(parts, query),
    write: (policy, change, approvers) => applyChange({ policy, change, approvers }, {
      form: graphForm,
      atOnce: 'one',
      readRules: async () => {
        const rules = await listAllRaw(client, rulesPath(policy));
        return { own: rules, effective: rules };
      },
      send: ([rule]) => client.send({ method: 'PATCH', url: `${rulesPath(policy)}/${encodeURIComponent(rule.id)}`, body: rule }),
    }),
  };
}

async function readWithNames(client: AzureClient, role: Role, scope: Scope): Promise<RolePolicy> {
  const limit = client.limit();
  const policy = policyOf(role, scope, await findPolicy(client, role, scope, limit));
  return { ...policy, approvers: await named(client, policy.approvers, limit) };
}

/** Approvers as the policy has them: nobody is looked up. */
export async function readGraphPolicy(client: AzureClient, role: Role, scope: Scope): Promise<RolePolicy> {
  return policyOf(role, scope, await findPolicy(client, role, scope, client.limit()));
}

function policyOf(role: Role, scope: Scope, { policyId, policy }: PolicyAssignment): RolePolicy {
  const id = policy.id || policyId || '';
  if (id === '') throw new PimError('badAnswer', 'the policy of the role has no id');
  return rolePolicy(role, scope, { policyId: id, rules: policy.rules, definedAt: ownScope(scope), modified: policy });
}

async function list({ client, kind, ...parts }: SettingsParts, { scopes: wanted }: PolicyQuery): Promise<Listing<RolePolicy>> {
  const scopes = wanted === undefined ? await widestScopes(kind, parts.listEligible) : { items: distinct(wanted.map(ownScope)), gaps: [] };
  if (scopes.items.length === 0) return { items: [], gaps: scopes.gaps };
  const lists = await listAllOf(client, scopes.items.map((scope) => policiesPath(scope)));
  const failures = lists.filter((items) => items instanceof PimError);
  if (failures[0] !== undefined && failures.length === lists.length) throw failures[0];
  const roles = await orPimError(parts.listRoles());
  const answers = lists.flatMap((items, index) => policiesAt(items, scopes.items[index] ?? wholeDirectory, roles instanceof PimError ? [] : roles));
  const policies = answers.flatMap((answer) => (answer instanceof PimError ? [] : [answer]));
  const approvers = new Map((await named(client, distinctApprovers(policies))).map((approver) => [approver.id, approver]));
  const whys = [...failures, ...answers].flatMap((answer) => (answer instanceof PimError ? [answer.code] : []));
  return {
    items: policies.map((policy) => ({ ...policy, approvers: policy.approvers.map((approver) => approvers.get(approver.id) ?? approver) })),
    gaps: [...scopes.gaps, ...gapsOf(kind, whys)],
  };
}

function ownScope(scope: Scope): Scope {
  return scope.type === 'administrativeUnit' ? wholeDirectory : scope;
}

function distinct(scopes: readonly Scope[]): readonly Scope[] {
  return [...new Map(scopes.map((scope) => [scopeKey(scope.id), scope])).values()];
}

/** A tenant has too many groups to ask each: those that the person may activate are asked, and that there may be others is told. */
async function widestScopes(kind: GraphRoleKind, listEligible: SettingsParts['listEligible']): Promise<Listing<Scope>> {
  if (kind === 'entra') return { items: [wholeDirectory], gaps: [] };
  const { items, gaps } = await listEligible();
  return { items: distinct(items.map(({ scope }) => scope)), gaps: [...gaps, { kind, why: 'tooManyScopes' }] };
}

/** One that cannot be read does not hide the others. */
function policiesAt(items: readonly unknown[] | PimError, scope: Scope, roles: readonly Role[]): readonly (RolePolicy | PimError)[] {
  if (items instanceof PimError) return [];
  const known = new Map(roles.map((role) => [role.definitionId.toLowerCase(), role]));
  return policiesIn(items).map((found) => {
    try {
      const { roleDefinitionId: id } = found;
      return policyOf(known.get(id.toLowerCase()) ?? { definitionId: id, name: id }, scope, found);
    } catch (error) {
      return toPimError(error, 'read');
    }
  });
}

function distinctApprovers(policies: readonly RolePolicy[]): readonly Approver[] {
  return [...new Map(policies.flatMap(({ approvers }) => approvers).map((approver) => [approver.id, approver])).values()];
}

function rulesPath({ policyId }: RolePolicy): string {
  return `/v1.0/policies/roleManagementPolicies/${encodeURIComponent(policyId)}/rules`;
}
