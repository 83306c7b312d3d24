import path from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ArmClient } from '../../../src/pim/http/azure-client.ts';
import { createAzureSettings } from '../../../src/pim/azure/policies.ts';
import { findApprovers } from '../../../src/pim/graph/find-approvers.ts';
import type { Listing, Role } from '../../../src/pim/model.ts';
import type { SettingsOfKind } from '../../../src/pim/settings/pim-settings.ts';
import { roundSettings } from '../../../src/pim/settings/privileged-role-settings.ts';
import { readPolicyRules } from '../../../src/pim/settings/read-policy.ts';
import { armForm, changedRules } from '../../../src/pim/settings/write-policy.ts';
import { specFolder, specsArePresent, toJsonSchema } from '../../emulator/spec-schema.ts';
import { list, startGraph } from '../graph/graph-stand-in.ts';
import { kinds } from '../graph/samples.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';
import { failureOf } from '../pim-world.ts';
import { approverOf, everyApprover, policy, settings, written } from './some-policy.ts';
import type { Rule } from './some-policy.ts';
import { production, rgApp } from './settings-world.ts';

/** What goes over the wire, at a service that answers as ours does not. */

const guid = '11111111-1111-4111-8111-111111111111';
const contributor: Role = { definitionId: `${production.id}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`, name: 'Contributor' };
const provider = (scope: string): string => `${scope}/providers/Microsoft.Authorization`;

const azureSettings = (client: ArmClient): SettingsOfKind => createAzureSettings(client, (): Promise<Listing<never>> => Promise.resolve({ items: [], gaps: [] }));

function assignment(rules: readonly Rule[], scope = rgApp.id, role = contributor): object {
  return {
    properties: {
      scope, roleDefinitionId: role.definitionId, policyId: `${provider(scope)}/roleManagementPolicies/${guid}`, effectiveRules: rules,
      policyAssignmentProperties: {
        scope: { id: scope, displayName: 'Somewhere' }, roleDefinition: { displayName: role.name },
        policy: { lastModifiedBy: { displayName: 'Admin' }, lastModifiedDateTime: '2026-03-01T10:00:00Z' },
      },
    },
  };
}

const ofArm = policy(armForm);
const [present] = fc.sample(ofArm, { numRuns: 1, seed: 7 });
if (present === undefined) throw new Error('no policy');

interface Patch {
  readonly url: string;
  readonly rules: readonly Rule[];
}

/** Writes all settings to this policy; what was patched. */
async function patchOf(rules: readonly Rule[], wanted: Parameters<typeof changedRules>[2]): Promise<Patch | null> {
  const patches: Patch[] = [];
  await using server = await startWireServer(({ method, url, body }, response) => {
    if (method === 'PATCH') patches.push({ url, rules: Object(body).properties.rules });
    answerJson(response, 200, url.includes('Assignments') ? { value: [assignment(rules)] } : { properties: { rules } });
  });
  const azure = azureSettings(wireClient(server));
  expect(await azure.write(await azure.read(contributor, rgApp), wanted, everyApprover)).toBe('written');
  expect(patches.length).toBeLessThanOrEqual(1);
  return patches[0] ?? null;
}

const bodySchema = toJsonSchema({ schema: { $ref: '#/definitions/RoleManagementPolicy' }, file: path.join(specFolder, 'arm/2020-10-01/RoleManagementPolicy.json') });

describe('ARM is sent', () => {
  const writable = fc.tuple(ofArm, settings).filter(([rules, { mfaOnElevation, approvalOnElevation, approverIds }]) =>
    (!approvalOnElevation || approverIds.length > 0) && (!mfaOnElevation || readPolicyRules(rules).authenticationContext === null));

  it('one PATCH with the changed rules, of which the SDK loses nothing that Microsoft describes', async () => {
    await fc.assert(fc.asyncProperty(writable, async ([rules, wanted]) => {
      const changed = changedRules(armForm, rules, wanted, everyApprover);
      const patch = await patchOf(rules, wanted);
      const described = (rule: Rule | undefined): object => JSON.parse(JSON.stringify(rule, (name, value) => (['exceptionMembers', 'isNew', 'comment'].includes(name) ? undefined : value)));
      expect((patch?.rules ?? []).map(described)).toEqual(changed.map(described));
      if (patch !== null) expect(patch.url).toBe(`${provider(rgApp.id)}/roleManagementPolicies/${guid}?api-version=2020-10-01`);
      expect(readPolicyRules(written(rules, patch?.rules ?? [])).settings).toEqual(roundSettings(wanted));
    }), { numRuns: 25 });
  }, 60_000);

  it.skipIf(!specsArePresent)('what Microsoft\'s description of a policy takes', async () => {
    const ajv = new Ajv({ discriminator: true, strict: false, allErrors: true, formats: { 'date-time': true } });
    ajv.addKeyword({ keyword: 'openEnum', validate: (values: readonly unknown[], value: unknown) => values.includes(value) });
    const check = ajv.compile(bodySchema);
    const withoutNulls = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, member: unknown) => (member === null ? undefined : member)));
    const everythingDiffers = {
      elevationDuration: 'P1DT30M', notificationToUserOnElevation: true, ticketingInfoOnElevation: true, mfaOnElevation: true, approvalOnElevation: true,
      approverIds: everyApprover.map(({ id }) => id),
    };
    const bare = present.map((rule) => ({ ...rule, isDefaultRecipientsEnabled: false, ...(rule.id.startsWith('Enablement') ? { enabledRules: [] } : {}) }));
    const known = bare.map((rule) => Object.fromEntries(Object.entries(rule).filter(([name]) => !['exceptionMembers', 'isNew', 'comment', ...rule.id.startsWith('Notification') ? [] : ['isDefaultRecipientsEnabled']].includes(name))));
    const patch = await patchOf(known.map((rule) => ({ ...rule, id: String(Object(rule).id) })), everythingDiffers);
    expect(patch?.rules.map(({ id }) => id).sort()).toEqual([
      'Approval_EndUser_Assignment', 'Enablement_EndUser_Assignment', 'Expiration_EndUser_Assignment', 'Notification_Admin_EndUser_Assignment', 'Notification_Requestor_EndUser_Assignment',
    ]);
    const body = { properties: { rules: patch?.rules } };
    expect([check(withoutNulls(body)), ajv.errorsText(check.errors)]).toEqual([true, 'No errors']);
    // The description is strict enough to find a member that is not its own.
    expect(check(withoutNulls({ properties: { rules: patch?.rules.map((rule) => ({ ...rule, isNew: true })) } }))).toBe(false);
  });
});

describe('an Azure policy', () => {
  it('that lies above is read with where it lies, and not changed from below', async () => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [assignment(present, production.id)] }); });
    const azure = azureSettings(wireClient(server));
    const inherited = await azure.read(contributor, rgApp);
    expect(inherited).toMatchObject({ scope: rgApp, source: { scope: { id: production.id, name: 'Somewhere' }, lastModifiedBy: 'Admin', lastModifiedAt: new Date('2026-03-01T10:00:00Z') } });
    const before = server.seen.length;
    expect((await failureOf(Promise.resolve().then(() => azure.write(inherited, { elevationDuration: 'PT1H' }, [])))).code).toBe('invalidRequest');
    expect(server.seen.length).toBe(before);
    // Nor is it listed where it does not lie.
    expect((await azure.list({ scopes: [rgApp] })).items).toEqual([]);
  });

  it('that cannot be read is a gap beside the others', async () => {
    const reader: Role = { definitionId: contributor.definitionId.replace('b24988ac', 'a1b2c3d4'), name: 'Reader' };
    const value = [assignment(present), assignment(present.filter(({ id }) => !id.startsWith('Approval')), rgApp.id, reader)];
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value }); });
    const { items, gaps } = await azureSettings(wireClient(server)).list({ scopes: [rgApp] });
    expect([items.map(({ role }) => role.name), gaps]).toEqual([['Contributor'], [{ kind: 'azure', why: 'badAnswer' }]]);
  });

  it('is compared by what holds, and written by what is its own', async () => {
    const held = (maximumDuration: string): readonly Rule[] => present.map((rule) => (rule.id === 'Expiration_EndUser_Assignment' ? { ...rule, maximumDuration } : rule));
    await using server = await startWireServer(({ url }, response) => {
      answerJson(response, 200, url.includes('Assignments') ? { value: [assignment(held('PT1H'))] } : { properties: { rules: held('PT4H'), effectiveRules: held('PT1H') } });
    });
    const azure = azureSettings(wireClient(server));
    expect(await azure.write(await azure.read(contributor, rgApp), { elevationDuration: 'PT2H' }, [])).toBe('written');
    expect(server.seen.filter(({ method }) => method === 'PATCH').map(({ body }) => Object(body).properties.rules[0].maximumDuration)).toEqual(['PT2H']);
  });

  it('at one scope that cannot be read hides no other; where none can be read, that is told', async () => {
    await using server = await startWireServer(({ url }, response) => {
      if (url.startsWith(rgApp.id)) answerJson(response, 403, { error: { code: 'AuthorizationFailed', message: '' } });
      else answerJson(response, 200, { value: [assignment(present, production.id)] });
    });
    const azure = azureSettings(wireClient(server));
    const { items, gaps } = await azure.list({ scopes: [production, rgApp] });
    expect([items.length, gaps]).toEqual([1, [{ kind: 'azure', why: 'notPermitted' }]]);
    expect((await failureOf(azure.list({ scopes: [rgApp] }))).code).toBe('notPermitted');
    const many = Array.from({ length: 101 }, (_, index) => ({ ...production, id: `/subscriptions/${index}` }));
    expect((await azure.list({ scopes: many })).gaps).toEqual([{ kind: 'azure', why: 'tooManyScopes' }]);
    expect(server.seen.filter(({ url }) => /^\/subscriptions\/\d+\//.test(url))).toHaveLength(100);
  });
});

describe.each(kinds)('Graph is sent for %s', (_, { create, role, scope }) => {
  const rule = (id: string, type: string, members: object): Rule => ({ '@odata.type': `#microsoft.graph.unifiedRoleManagementPolicy${type}Rule`, ...members, id, target: { caller: 'EndUser', operations: ['all'], level: 'Assignment', inheritableSettings: [], enforcedSettings: [] } });
  const rules = [
    rule('Expiration_EndUser_Assignment', 'Expiration', { isExpirationRequired: false, maximumDuration: 'PT8H' }),
    rule('Enablement_EndUser_Assignment', 'Enablement', { enabledRules: ['Justification'] }),
    rule('Approval_EndUser_Assignment', 'Approval', { setting: { isApprovalRequired: false, approvalMode: 'SingleStage', approvalStages: [] } }),
    rule('Notification_Admin_EndUser_Assignment', 'Notification', { notificationType: 'Email', recipientType: 'Admin', notificationLevel: 'All', isDefaultRecipientsEnabled: true, notificationRecipients: ['a@b.c'] }),
  ];

  it('each changed rule whole, one by one, with its type', async () => {
    let now: readonly Rule[] = rules;
    await using graph = await startGraph({
      'GET /policies/roleManagementPolicyAssignments': () => list([{ roleDefinitionId: role.definitionId, policyId: 'Some_policy', policy: { id: 'Some_policy', rules: now } }]),
      'GET /policies/roleManagementPolicies/Some_policy/rules': () => list(now),
      ...Object.fromEntries(rules.map(({ id }) => [`PATCH /policies/roleManagementPolicies/Some_policy/rules/${id}`, ({ body }: { readonly body: unknown }) => {
        now = written(now, [Object(body)]);
        return { status: 204 };
      }])),
    });
    const own = create(graph).settings;
    const [user, group] = everyApprover.slice(0, 2);
    const approverIds = [user?.id ?? '', group?.id ?? ''];
    expect(await own.write(await own.read(role, scope), { elevationDuration: 'PT2H', approvalOnElevation: true, approverIds, notificationToUserOnElevation: false }, approverIds.map(approverOf))).toBe('written');
    const patches = graph.calls.filter(({ method }) => method === 'PATCH');
    expect(patches.map(({ version, body }) => [version, body])).toEqual([
      ['v1.0', { ...rules[2], setting: {
        isApprovalRequired: true, approvalMode: 'SingleStage',
        approvalStages: [{
          approvalStageTimeOutInDays: 1, isApproverJustificationRequired: true, escalationTimeInMinutes: 0, isEscalationEnabled: false, escalationApprovers: [],
          primaryApprovers: [{ '@odata.type': '#microsoft.graph.singleUser', userId: approverIds[0] }, { '@odata.type': '#microsoft.graph.groupMembers', groupId: approverIds[1] }],
        }],
      } }],
      ['v1.0', { ...rules[0], isExpirationRequired: true, maximumDuration: 'PT2H' }],
      ['v1.0', { ...rules[3], isDefaultRecipientsEnabled: false }],
    ]);
  });
});

it('an approver is a user or a group, whatever else the directory answers under an id', async () => {
  const [user, application] = ['a1e00000-0000-4000-8000-000000000001', 'e5e00000-0000-4000-8000-000000000001'];
  const value = [{ '@odata.type': '#microsoft.graph.servicePrincipal', id: application, displayName: 'pim-bot' }, { '@odata.type': '#microsoft.graph.user', id: user, displayName: 'Alex Wilber' }];
  await using graph = await startGraph({ 'POST /directoryObjects/getByIds': { status: 200, body: { value } } });
  expect(await findApprovers(graph.client(), [application, user])).toEqual([{ id: user, kind: 'user', name: 'Alex Wilber' }]);
  expect(graph.calls.map(({ body }) => body)).toEqual([{ ids: [application, user], types: ['user', 'group'] }]);
});
