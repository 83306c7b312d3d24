import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmulatorClient, approvalVersion, items, outcome, text } from './emulator-client.ts';
import type { Answer } from './emulator-client.ts';
import { alex, contoso, nestor, production, rgApp } from './people.ts';

let client: EmulatorClient;
let token: string;
beforeAll(async () => {
  client = await EmulatorClient.start();
  token = await client.token({ user: nestor });
});
afterAll(() => client[Symbol.asyncDispose]());

const pim = `${rgApp}/providers/Microsoft.Authorization`;
const pimTypes = [
  'roleAssignmentSchedules', 'roleAssignmentScheduleInstances', 'roleAssignmentScheduleRequests',
  'roleEligibilitySchedules', 'roleEligibilityScheduleInstances', 'roleEligibilityScheduleRequests',
  'roleManagementPolicies', 'roleManagementPolicyAssignments', 'eligibleChildResources',
];

/** Every listing of ARM, and a single resource. */
const targets: readonly string[] = [
  ...pimTypes.map((type) => `${pim}/${type}?api-version=2020-10-01`),
  `${pim}/roleAssignmentApprovals?api-version=${approvalVersion}`,
  `${pim}/roleDefinitions?api-version=2022-04-01`,
  `${pim}/permissions?api-version=2022-04-01`,
  `${pim}/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c?api-version=2022-04-01`,
  '/subscriptions?api-version=2022-12-01',
  `${production}?api-version=2022-12-01`,
  `${production}/resourceGroups?api-version=2021-04-01`,
  '/providers/Microsoft.Management/managementGroups?api-version=2020-05-01',
  `${contoso}/descendants?api-version=2020-05-01`,
];

function get(target: string): Promise<Answer> {
  return client.send(target, { token });
}

describe('a query option of ARM that would be ignored', () => {
  it.each(targets)('is refused by %s', async (target) => {
    expect((await get(target)).status).toBe(200);
    const answer = await get(`${target}&$expand=principal`);
    expect(outcome(answer)).toBe('400 BadRequest');
    expect(text(answer.body, 'error', 'message')).toMatch(/^The query option \$expand is not supported here\. Supported: .*\$skiptoken\.$/);
    expect(outcome(await get(`${target}&$orderby=id`))).toBe('400 BadRequest');
  });

  it('is refused though its value is empty, and though it is encoded', async () => {
    expect(outcome(await get(`${pim}/roleDefinitions?api-version=2022-04-01&$select`))).toBe('400 BadRequest');
    expect(outcome(await get(`${pim}/roleDefinitions?api-version=2022-04-01&%24select=id`))).toBe('400 BadRequest');
  });

  it('is the second of two alike, and the second of two equations of one field', async () => {
    const target = `${pim}/roleEligibilitySchedules?api-version=2020-10-01`;
    expect(outcome(await get(`${target}&$filter=asTarget()&$Filter=atScope()`))).toBe('400 BadRequest');
    expect(outcome(await get(`${target}&$filter=${encodeURIComponent(`principalId eq '${alex}' and principalId eq '${nestor}'`)}`))).toBe('400 InvalidFilter');
    expect(outcome(await get(`${target}&$filter=${encodeURIComponent(`asTarget('${alex}')`)}`))).toBe('400 InvalidFilter');
  });

  it('is neither the version nor what other clients add', async () => {
    expect((await get(`${pim}/roleDefinitions?api-version=2022-04-01&x-ms-anything=1`)).status).toBe(200);
  });
});

it('a query option is known whatever its case', async () => {
  const filter = encodeURIComponent("roleName eq 'Owner'");
  expect(items(await get(`${pim}/roleDefinitions?$FILTER=${filter}&api-version=2022-04-01`))).toHaveLength(1);
});

it('all children are wanted or not, and nothing between', async () => {
  const target = `${production}/providers/Microsoft.Authorization/eligibleChildResources?api-version=2020-10-01`;
  const own = await client.token({ user: alex });
  const count = async (option: string): Promise<number> => items(await client.send(target + option, { token: own })).length;
  expect(await count('&$getallchildren=TRUE')).toBe(await count('&$getAllChildren=true'));
  expect(await count('&$getAllChildren=false')).toBe(await count(''));
  expect(outcome(await client.send(`${target}&$getAllChildren=all`, { token: own }))).toBe('400 BadRequest');
});
