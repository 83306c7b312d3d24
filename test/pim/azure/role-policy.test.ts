import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../src/pim/model.ts';
import { readRoleSettings } from '../../../src/pim/azure/role-policy.ts';
import { app, production } from '../pim-seed.ts';
import { failureOf } from '../pim-world.ts';
import { answerJson, startWireServer, wireClient } from '../http/wire-server.ts';

const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const role = { definitionId: `/providers/Microsoft.Authorization/roleDefinitions/${contributor}`, name: 'Contributor' };
const scope: Scope = { id: app, name: 'rg-app', type: 'resourceGroup' };

const policy = (roleId: string, scopeId: string, hours: number): object => ({
  properties: {
    scope: scopeId,
    roleDefinitionId: `${production}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
    effectiveRules: [{ id: 'Expiration_EndUser_Assignment', maximumDuration: `PT${hours}H` }],
  },
});

describe('readRoleSettings', () => {
  it('takes the policy of this role at this scope, whatever else the service sends', async () => {
    const value = [policy(owner, app, 1), policy(contributor, production, 2), policy(contributor.toUpperCase(), app.toUpperCase(), 3)];
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value }); });
    expect((await readRoleSettings(wireClient(server), role, scope)).maximumMinutes).toBe(180);
  });

  it('takes an inherited policy where the scope has none of its own', async () => {
    const value = [policy(owner, app, 1), policy(contributor, production, 2)];
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value }); });
    expect((await readRoleSettings(wireClient(server), role, scope)).maximumMinutes).toBe(120);
  });

  it('never takes another role’s policy', async () => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [policy(owner, app, 1)] }); });
    expect((await failureOf(readRoleSettings(wireClient(server), role, scope))).code).toBe('notFound');
  });

  it('asks for this role only, by its id at the scope', async () => {
    await using server = await startWireServer((_, response) => { answerJson(response, 200, { value: [policy(contributor, app, 1)] }); });
    await readRoleSettings(wireClient(server), role, scope);
    const url = new URL(server.seen[0]?.url ?? '', server.origin);
    expect(url.pathname).toBe(`${app}/providers/Microsoft.Authorization/roleManagementPolicyAssignments`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      '$filter': `roleDefinitionId eq '${production}/providers/Microsoft.Authorization/roleDefinitions/${contributor}'`, 'api-version': '2020-10-01',
    });
  });
});
