import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EmulatorClient, activationBody, approvalPath, approvalVersion, at, items, listPath, requestPath, stagePath, text } from './emulator-client.ts';
import { alex, bot, diego, lee, megan, nestor, production, rgApp, roleAt, roleIds, site } from './people.ts';
import { againstSpecs, specsArePresent } from './spec-schema.ts';
import type { Seen } from './spec-validator.ts';

/** Every described operation that the service has, with every kind of answer that it gives here. */
const expected: Readonly<Record<string, readonly number[]>> = {
  EligibleChildResources_Get: [200, 400],
  Permissions_ListForResource: [200],
  Permissions_ListForResourceGroup: [200],
  RoleAssignmentApprovalStep_GetById: [200, 404],
  RoleAssignmentApprovalStep_Patch: [200, 400, 403, 409],
  RoleAssignmentApprovalStep_Put: [200],
  RoleAssignmentApprovalSteps_List: [200],
  RoleAssignmentApproval_GetById: [200],
  RoleAssignmentApproval_List: [200, 400],
  RoleAssignmentScheduleInstances_Get: [200, 404],
  RoleAssignmentScheduleInstances_ListForScope: [200, 400],
  RoleAssignmentScheduleRequests_Cancel: [200, 400, 403, 404],
  RoleAssignmentScheduleRequests_Create: [201, 400, 401, 403, 409],
  RoleAssignmentScheduleRequests_Get: [200, 400, 404],
  RoleAssignmentScheduleRequests_ListForScope: [200, 400],
  RoleAssignmentScheduleRequests_Validate: [200, 400],
  RoleAssignmentSchedules_Get: [200, 400, 404],
  RoleAssignmentSchedules_ListForScope: [200, 400],
  RoleDefinitions_Get: [200],
  RoleDefinitions_GetById: [200, 404],
  RoleDefinitions_List: [200],
  RoleEligibilityScheduleInstances_Get: [200, 400],
  RoleEligibilityScheduleInstances_ListForScope: [200, 400],
  RoleEligibilityScheduleRequests_Cancel: [200, 400, 403, 404],
  RoleEligibilityScheduleRequests_Create: [201, 400, 403, 409],
  RoleEligibilityScheduleRequests_Get: [200, 400, 404],
  RoleEligibilityScheduleRequests_ListForScope: [200, 400],
  RoleEligibilityScheduleRequests_Validate: [200, 403],
  RoleEligibilitySchedules_Get: [200, 400, 404],
  RoleEligibilitySchedules_ListForScope: [200, 400],
  RoleManagementPolicies_Delete: [200],
  RoleManagementPolicies_Get: [200],
  RoleManagementPolicies_ListForScope: [200],
  RoleManagementPolicies_Update: [200, 400, 403],
  RoleManagementPolicyAssignments_Create: [201, 403],
  RoleManagementPolicyAssignments_Delete: [204],
  RoleManagementPolicyAssignments_Get: [200, 404],
  RoleManagementPolicyAssignments_ListForScope: [200, 403],
  ScopeRoleAssignmentApprovalStep_GetById: [200, 404],
  ScopeRoleAssignmentApprovalStep_Patch: [200, 400, 403, 409],
  ScopeRoleAssignmentApprovalStep_Put: [200],
  ScopeRoleAssignmentApprovalSteps_List: [200],
  ScopeRoleAssignmentApproval_GetById: [200],
  ScopeRoleAssignmentApproval_List: [200, 400],
};

const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;
const contributor = { role: 'Contributor', scope: rgApp, principalId: alex } as const;

describe.skipIf(!specsArePresent)(againstSpecs('answers as Microsoft describes them'), () => {
  it('every operation of the service was seen, with these statuses', async () => {
    await using client = await EmulatorClient.start({ pageSize: 3 });
    await requestsAndInstances(client);
    await approvals(client);
    await reading(client);
    await eligibilities(client);
    await policies(client);
    const seen = statusesByOperation(client.seen);
    const lines = Object.entries(seen).map(([operation, statuses]) => `  ${operation}: ${statuses.join(', ')}`);
    process.stdout.write(`${client.seen.length} ARM answers held against Microsoft's description:\n${lines.join('\n')}\n`);
    expect(seen).toEqual(expected);
  });
});

function statusesByOperation(seen: readonly Seen[]): Record<string, readonly number[]> {
  const operations = [...new Set(seen.map(({ operationId }) => operationId))].toSorted();
  return Object.fromEntries(
    operations.map((id) => [id, [...new Set(seen.filter(({ operationId }) => operationId === id).map(({ status }) => status))].toSorted((a, b) => a - b)]),
  );
}

async function requestsAndInstances(client: EmulatorClient): Promise<void> {
  const name = randomUUID();
  await client.person(alex).validate(reader);
  await client.person(alex).validate({ ...reader, duration: 'PT9H' });
  await client.person(alex).activate({ ...reader, name });
  await client.person(alex).activate({ ...reader, name });
  await client.person(alex).activate(reader);
  await client.arm(requestPath(production, name), { method: 'PUT', body: activationBody(reader) });
  await client.person(alex).call(requestPath(`/subscriptions/${randomUUID()}`, name), { method: 'PUT', body: {} });
  await client.person(alex).read(production, name);
  await client.person(alex).read(production, randomUUID());
  await client.person(lee).read(production, name);
  await client.person(alex).list('', 'roleAssignmentScheduleRequests', 'asTarget()');
  await client.person(alex).list(production, 'roleAssignmentScheduleRequests', 'asNobody()');
  const [instance] = items(await client.person(alex).list('', 'roleAssignmentScheduleInstances', 'asTarget()'));
  await client.person(lee).list('', 'roleAssignmentScheduleInstances');
  await client.person(alex).call(`${text(instance, 'id')}?api-version=2020-10-01`);
  await client.person(alex).call(`${text(instance, 'id')}x?api-version=2020-10-01`);
  await client.person(alex).cancel(production, name);
  await client.person(alex).cancel(production, randomUUID());
  await client.advance('PT6M');
  await client.person(alex).deactivate(reader);
}

async function approvals(client: EmulatorClient): Promise<void> {
  const name = randomUUID();
  await client.person(alex).activate({ ...contributor, name });
  await client.person(lee).cancel(rgApp, name);
  await client.person(alex).cancel(rgApp, name);
  for (const scope of ['', rgApp]) {
    const request = randomUUID();
    const under = (target: string): string => `${scope}${target}`;
    await client.person(alex).activate({ ...contributor, name: request });
    await client.person(megan).list(scope, 'roleAssignmentApprovals', 'asApprover()');
    await client.person(megan).list(scope, 'roleAssignmentApprovals');
    await client.person(megan).call(under(`${approvalPath(request)}?api-version=${approvalVersion}`));
    await client.person(megan).call(under(`${approvalPath(request)}/stages?api-version=${approvalVersion}`));
    await client.person(megan).call(under(stagePath(request)));
    await client.person(megan).call(under(stagePath(request).replace('?', 'x?')));
    const decide = (user: string, method: string, body: object): Promise<unknown> => client.person(user).call(under(stagePath(request)), { method, body });
    await decide(alex, 'PATCH', { reviewResult: 'Approve', justification: 'ok' });
    await decide(megan, 'PATCH', { reviewResult: 'Approve' });
    await decide(megan, 'PATCH', { reviewResult: 'Deny', justification: 'no' });
    await decide(megan, 'PATCH', { reviewResult: 'Deny', justification: 'no' });
    const other = randomUUID();
    await client.person(alex).activate({ ...contributor, name: other });
    await client.person(megan).call(under(stagePath(other)), { method: 'PUT', body: { properties: { reviewResult: 'Deny', justification: 'no' } } });
  }
}

async function reading(client: EmulatorClient): Promise<void> {
  const eligible = await client.person(alex).list('', 'roleEligibilityScheduleInstances', 'asTarget()');
  const link = text(eligible.body, 'nextLink');
  await client.person(alex).call(link.slice(client.emulator.origin.length));
  const [first] = items(eligible);
  await client.person(alex).call(`${text(first, 'id')}?api-version=2020-10-01`);
  await client.person(lee).call(`${text(first, 'id')}?api-version=2020-10-01`);
  await client.person(lee).list(production, 'roleEligibilityScheduleInstances');
  for (const scope of [rgApp, site]) {
    await client.person(nestor).call(`${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`);
  }
  const policies = await client.person(alex).list(rgApp, 'roleManagementPolicyAssignments', `roleDefinitionId eq '${roleAt('Contributor', rgApp)}'`);
  await client.person(lee).list(rgApp, 'roleManagementPolicyAssignments');
  const policy = text(items(policies)[0], 'id');
  await client.person(nestor).call(`${policy}?api-version=2020-10-01`);
  await client.person(nestor).call(`${policy}x?api-version=2020-10-01`);
  expect(at(policies.body, 'value', 0, 'properties', 'effectiveRules', 16)).toBeDefined();
  await client.as({ app: bot }).call(listPath(production, 'roleDefinitions'));
  await client.as({ app: bot }).call(`${roleAt('Owner', production)}?api-version=2022-04-01`);
  await client.as({ app: bot }).call(`/providers/Microsoft.Authorization/roleDefinitions/${roleIds.Owner}?api-version=2022-04-01`);
  await client.as({ app: bot }).call(`/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}?api-version=2022-04-01`);
}

/** By an administrator, and by one who is none. */
async function eligibilities(client: EmulatorClient): Promise<void> {
  const requests = 'roleEligibilityScheduleRequests';
  const target = (name: string, suffix = ''): string => requestPath(rgApp, name, suffix).replace('roleAssignmentScheduleRequests', requests);
  const body = activationBody({ role: 'Owner', scope: rgApp, principalId: lee, duration: 'P1D', properties: { requestType: 'AdminAssign', condition: 'x', conditionVersion: '2.0' } });
  const later = activationBody({ role: 'Reader', scope: rgApp, principalId: lee, properties: { requestType: 'AdminAssign', scheduleInfo: { startDateTime: '2098-01-01T00:00:00Z' } } });
  const [name, cancelable] = [randomUUID(), randomUUID()];
  for (const user of [alex, nestor]) {
    await client.person(user).call(target(name, '/validate'), { method: 'POST', body });
    await client.person(user).call(target(name), { method: 'PUT', body });
  }
  await client.person(nestor).call(target(name), { method: 'PUT', body });
  await client.person(nestor).call(target(randomUUID()), { method: 'PUT', body });
  await client.person(nestor).call(target(cancelable), { method: 'PUT', body: later });
  for (const user of [alex, nestor]) {
    await client.person(user).call(target(name));
    await client.person(user).call(target(cancelable, '/cancel'), { method: 'POST' });
    await client.person(user).list(rgApp, requests);
  }
  await client.person(nestor).call(target(randomUUID()));
  await client.person(nestor).call(target(name, '/cancel'), { method: 'POST' });
  await client.person(nestor).call(target(randomUUID(), '/cancel'), { method: 'POST' });
  await client.person(nestor).call(requestPath(rgApp, randomUUID()), { method: 'PUT', body });
  for (const type of ['roleEligibilitySchedules', 'roleAssignmentSchedules']) {
    await client.person(diego).list(rgApp, type);
    const [schedule] = items(await client.person(nestor).list(rgApp, type, `principalId eq '${lee}'`));
    const own = `${text(schedule, 'id')}?api-version=2020-10-01`;
    await client.person(nestor).call(own);
    await client.person(diego).call(own);
    await client.person(nestor).call(own.replace('?', 'x?'));
  }
  const children = `${production}/providers/Microsoft.Authorization/eligibleChildResources?api-version=2020-10-01`;
  expect(items(await client.person(alex).call(children))).toHaveLength(2);
  await client.person(alex).call(`${children}&$filter=name%20eq%20'x'`);
}

async function policies(client: EmulatorClient): Promise<void> {
  const version = '?api-version=2020-10-01';
  const filter = `roleDefinitionId eq '${roleAt('Contributor', rgApp)}'`;
  const [assignment] = items(await client.person(nestor).list(rgApp, 'roleManagementPolicyAssignments', filter));
  const target = `${text(assignment, 'properties', 'policyId')}${version}`;
  const [roleDefinitionId, policyId] = ['roleDefinitionId', 'policyId'].map((member) => text(assignment, 'properties', member));
  await client.person(nestor).list(rgApp, 'roleManagementPolicies');
  await client.person(nestor).call(target);
  const rule = { id: 'Expiration_EndUser_Assignment', ruleType: 'RoleManagementPolicyExpirationRule', isExpirationRequired: true, maximumDuration: 'PT1H' };
  for (const [user, rules] of [[nestor, [rule]], [alex, [rule]], [nestor, [{ ...rule, maximumDuration: 'long' }]]] as const) {
    await client.person(user).call(target, { method: 'PATCH', body: { properties: { rules } } });
  }
  await client.person(nestor).call(target, { method: 'DELETE' });
  const own = `${text(assignment, 'id')}${version}`;
  for (const user of [nestor, alex]) {
    await client.person(user).call(own, { method: 'PUT', body: { properties: { roleDefinitionId, policyId, scope: rgApp } } });
  }
  await client.person(nestor).call(own, { method: 'DELETE' });
}
