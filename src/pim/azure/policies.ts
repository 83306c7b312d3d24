/** The settings of Azure resource roles: their role management policies, one for each role at each scope. */
import { z } from 'zod';
import { listScopes } from './policy-scopes.ts';
import { findPolicy, listPolicies } from './role-policy.ts';
import type { PolicyAssignment } from './role-policy.ts';
import { PimError } from '../errors.ts';
import { mapAtMost } from '../http/at-most.ts';
import { parseAnswer } from '../http/azure-client.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { toPimError } from '../http/to-pim-error.ts';
import { gapsOf } from '../listing.ts';
import { mostSettingsScopes, scopesAtOnce } from '../look-limits.ts';
import type { EligibleAssignment, Gap, Listing, Role, Scope } from '../model.ts';
import { orPimError } from '../or-pim-error.ts';
import { lastSegment, parseScope, sameScope, sdkScope } from '../scope.ts';
import { applyChange } from '../settings/apply-change.ts';
import type { PresentRules } from '../settings/apply-change.ts';
import type { PolicyQuery, SettingsOfKind } from '../settings/pim-settings.ts';
import type { PolicyRule } from '../settings/policy-rules.ts';
import { rolePolicy } from '../settings/role-policy.ts';
import type { RolePolicy } from '../settings/role-policy.ts';
import { armForm } from '../settings/write-policy.ts';

export function createAzureSettings(client: ArmClient, listEligible: () => Promise<Listing<EligibleAssignment>>): SettingsOfKind {
  return {
    read: (role, scope) => readAzurePolicy(client, role, scope),
    list: (query) => list(client, query, listEligible),
    write: (policy, change, approvers) => {
      const place = placeOf(policy);
      return applyChange({ policy, change, approvers }, {
        form: armForm,
        atOnce: 'all',
        readRules: () => readRules(client, policy),
        send: (rules) => send(client, place, rules),
      });
    },
  };
}

export async function readAzurePolicy(client: ArmClient, role: Role, scope: Scope): Promise<RolePolicy> {
  return policyOf(role, scope, await findPolicy(client, role, scope));
}

function policyOf(role: Role, scope: Scope, { scope: path, policyId, effectiveRules, policyAssignmentProperties }: PolicyAssignment): RolePolicy {
  const definedAt = sameScope(path, scope.id) ? scope : parseScope(path, policyAssignmentProperties?.scope?.displayName ?? undefined);
  if (!policyId || definedAt === null) throw new PimError('badAnswer', 'the policy does not tell which it is, or where it lies');
  return rolePolicy(role, scope, { policyId, rules: effectiveRules, definedAt, modified: policyAssignmentProperties?.policy });
}

async function list(client: ArmClient, query: PolicyQuery, listEligible: () => Promise<Listing<EligibleAssignment>>): Promise<Listing<RolePolicy>> {
  const scopes = query.scopes === undefined ? await listScopes(client, listEligible) : { items: query.scopes, gaps: [] };
  const looked = scopes.items.slice(0, mostSettingsScopes);
  const answers = await mapAtMost(scopesAtOnce, looked, (scope) => orPimError(listAt(client, scope)));
  const failures = answers.filter((answer) => answer instanceof PimError);
  if (failures[0] !== undefined && failures.length === answers.length) throw failures[0];
  const policies = answers.flatMap((answer) => (answer instanceof PimError ? [] : answer));
  const whys: readonly Gap['why'][] = [
    ...failures.map(({ code }) => code),
    ...policies.flatMap((policy) => (policy instanceof PimError ? [policy.code] : [])),
    ...(looked.length < scopes.items.length ? ['tooManyScopes' as const] : []),
  ];
  return {
    items: policies.flatMap((policy) => (policy instanceof PimError ? [] : [policy])),
    gaps: [...scopes.gaps, ...gapsOf('azure', whys)],
  };
}

/** One call answers with all roles; one that cannot be read does not hide the others. What a scope only inherits is listed where it lies. */
async function listAt(client: ArmClient, scope: Scope): Promise<readonly (RolePolicy | PimError)[]> {
  const policies = (await listPolicies(client, scope)).filter((policy) => sameScope(policy.scope, scope.id));
  return policies.map((policy) => {
    try {
      return policyOf(roleIn(policy), scope, policy);
    } catch (error) {
      return toPimError(error, 'read');
    }
  });
}

function roleIn({ roleDefinitionId, policyAssignmentProperties }: PolicyAssignment): Role {
  return { definitionId: roleDefinitionId, name: policyAssignmentProperties?.roleDefinition?.displayName || lastSegment(roleDefinitionId) };
}

interface PolicyPlace {
  readonly scope: string;
  readonly name: string;
}

function placeOf({ policyId, scope }: RolePolicy): PolicyPlace {
  const [, at, name] = /^(.*)\/providers\/Microsoft\.Authorization\/roleManagementPolicies\/([^/]+)$/i.exec(policyId) ?? [];
  if (at === undefined || name === undefined || !sameScope(at, scope.id)) throw new PimError('invalidRequest', 'the policy does not lie at this scope');
  return { scope: sdkScope(scope), name };
}

const policyAnswer = z.object({ properties: z.object({ rules: z.array(z.unknown()), effectiveRules: z.array(z.unknown()).nullish() }) });

/** Not by the SDK, which leaves out members that it does not know: what is read is written back. */
async function readRules(client: ArmClient, { policyId }: RolePolicy): Promise<PresentRules> {
  const answer = await client.send({ method: 'GET', url: `${encodeURI(policyId)}?api-version=2020-10-01` });
  const { rules, effectiveRules } = parseAnswer(policyAnswer, answer).properties;
  return { own: rules, effective: effectiveRules ?? rules };
}

const sdkRule = z.looseObject({
  ruleType: z.enum([
    'RoleManagementPolicyApprovalRule', 'RoleManagementPolicyEnablementRule', 'RoleManagementPolicyExpirationRule', 'RoleManagementPolicyNotificationRule',
  ]),
});

async function send(client: ArmClient, { scope, name }: PolicyPlace, changed: readonly PolicyRule[]): Promise<void> {
  const rules = changed.map((rule) => parseAnswer(sdkRule, rule));
  await client.call('write', (options) => client.sdk.roleManagementPolicies.update(scope, name, { rules }, options));
}
