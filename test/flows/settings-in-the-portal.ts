import { z } from 'zod';
import { findRoleByName } from '../../src/emulator/roles.ts';
import type { World } from '../helpers/world.ts';
import { inThePortal } from './outside-the-bot.ts';

/** Whoever may change all of these settings. */
const nestorId = 'a1e00000-0000-4000-8000-000000000003';

/** A role whose settings an administrator changes: `scope` is an ARM path, `/`, or the id of a group. */
export interface RoleInThePortal {
  readonly kind: 'azure' | 'entra' | 'group';
  readonly role: string;
  readonly scope: string;
}

const rule = z.looseObject({ id: z.string() });
type Rule = z.infer<typeof rule>;

const azureAnswer = z.object({ value: z.tuple([z.object({ properties: z.object({ policyId: z.string(), effectiveRules: z.array(rule) }) })]) });
const graphAnswer = z.object({ value: z.tuple([z.object({ policyId: z.string(), policy: z.object({ rules: z.array(rule) }) })]) });

/** An administrator changes one rule of a role's settings at PIM, and the bot is not told. */
export async function changesRule(world: World, at: RoleInThePortal, ruleId: string, change: object): Promise<void> {
  const isAzure = at.kind === 'azure';
  const { policyId, rules } = isAzure ? await azurePolicy(world, at) : await graphPolicy(world, at);
  const changed = { ...rules.find(({ id }) => id === ruleId), ...change };
  await inThePortal(world, nestorId, isAzure
    ? { method: 'PATCH', path: `${policyId}?api-version=2020-10-01`, body: { properties: { rules: [changed] } } }
    : { method: 'PATCH', path: `/v1.0/policies/roleManagementPolicies/${policyId}/rules/${ruleId}`, body: changed });
}

/** From now on only this person approves. */
export async function leavesOneApprover(world: World, at: RoleInThePortal, personId: string): Promise<void> {
  const approver = at.kind === 'azure' ? { id: personId, userType: 'User', isBackup: false } : { '@odata.type': '#microsoft.graph.singleUser', userId: personId };
  const stage = { approvalStageTimeOutInDays: 1, isApproverJustificationRequired: true, escalationTimeInMinutes: 0, isEscalationEnabled: false, primaryApprovers: [approver], escalationApprovers: [] };
  const setting = { isApprovalRequired: true, isApprovalRequiredForExtension: false, isRequestorJustificationRequired: true, approvalMode: 'SingleStage', approvalStages: [stage] };
  await changesRule(world, at, 'Approval_EndUser_Assignment', { setting });
}

interface Policy {
  readonly policyId: string;
  readonly rules: readonly Rule[];
}

async function azurePolicy(world: World, at: RoleInThePortal): Promise<Policy> {
  const filter = `roleDefinitionId eq '${at.scope}/providers/Microsoft.Authorization/roleDefinitions/${definitionOf(at)}'`;
  const path = `${at.scope}/providers/Microsoft.Authorization/roleManagementPolicyAssignments?$filter=${encodeURIComponent(filter)}&api-version=2020-10-01`;
  const { value: [{ properties: { policyId, effectiveRules } }] } = azureAnswer.parse(await inThePortal(world, nestorId, { method: 'GET', path }));
  return { policyId, rules: effectiveRules };
}

async function graphPolicy(world: World, at: RoleInThePortal): Promise<Policy> {
  const filter = `scopeId eq '${at.scope}' and scopeType eq '${at.kind === 'group' ? 'Group' : 'DirectoryRole'}' and roleDefinitionId eq '${definitionOf(at)}'`;
  const path = `/v1.0/policies/roleManagementPolicyAssignments?$filter=${encodeURIComponent(filter)}&$expand=${encodeURIComponent('policy($expand=rules)')}`;
  const { value: [{ policyId, policy }] } = graphAnswer.parse(await inThePortal(world, nestorId, { method: 'GET', path }));
  return { policyId, rules: policy.rules };
}

function definitionOf({ kind, role }: RoleInThePortal): string {
  return kind === 'group' ? role : findRoleByName(kind, role)?.id ?? '';
}
