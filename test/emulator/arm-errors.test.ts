import { randomUUID } from 'node:crypto';
import type { RoleAssignmentScheduleRequest } from '@azure/arm-authorization';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { collect, sdkFor, sdkScope } from './arm-sdk.ts';
import { EmulatorClient, items, outcome } from './emulator-client.ts';
import { alex, contoso, development, diego, lee, megan, nestor, production, rgApp, rgWeb, roleAt, roleIds, seed, site } from './people.ts';
import type { RoleName } from './people.ts';

/** Every refusal that people may meet, provoked for real and as Microsoft's own client tells it: status, code and words. */

const locked = `${development}/resourceGroups/rg-locked`;
const lockedSeed: Seed = {
  ...seed,
  scopes: [...(seed.scopes ?? []), { id: locked }],
  eligible: [
    ...(seed.eligible ?? []),
    { kind: 'azure', principalId: alex, role: 'Contributor', scope: locked },
    { kind: 'azure', principalId: alex, role: 'Reader', scope: locked },
  ],
  assigned: [{ kind: 'azure', principalId: lee, role: 'Reader', scope: locked }],
  settings: [
    ...(seed.settings ?? []),
    { kind: 'azure', role: 'Contributor', scope: locked, settings: { approvalOnElevation: true, approverIds: [megan] } },
  ],
  locks: [locked],
};

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start({ seed: lockedSeed });
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

interface Ask {
  readonly user?: string;
  readonly role?: RoleName;
  readonly scope?: string;
  readonly name?: string;
  readonly minutes?: number;
  readonly more?: Partial<RoleAssignmentScheduleRequest>;
}

/** An activation by Alex of Reader on the subscription, but for what is said otherwise. */
function ask({ user = alex, role = 'Reader', scope = production, name = randomUUID(), minutes = 30, more = {} }: Ask = {}): Promise<RoleAssignmentScheduleRequest> {
  const scheduleInfo = { expiration: { type: 'AfterDuration', duration: `PT${minutes}M` } };
  const wish = { principalId: alex, roleDefinitionId: roleAt(role, scope), requestType: 'SelfActivate', justification: 'because', scheduleInfo, ...more };
  return sdkFor(client, { user }).roleAssignmentScheduleRequests.create(sdkScope(scope), name, wish);
}

function deactivate(user = alex): Promise<RoleAssignmentScheduleRequest> {
  const wish = { principalId: alex, roleDefinitionId: roleAt('Reader', production), requestType: 'SelfDeactivate' };
  return sdkFor(client, { user }).roleAssignmentScheduleRequests.create(sdkScope(production), randomUUID(), wish);
}

const assign = { requestType: 'AdminAssign', principalId: diego } as const;
const rules = (failed: string): string => `The following policy rules failed: ["${failed}"]`;
const policyFailed = 'RoleAssignmentRequestPolicyValidationFailed';

type Provoke = () => Promise<unknown>;

const refusals: readonly (readonly [string, number, string, string | RegExp, Provoke])[] = [
  ['a role that is active already', 400, 'RoleAssignmentExists', 'The Role assignment already exists.', async () => [await ask(), await ask()]],
  ['a role that was deactivated only just now', 400, 'RoleAssignmentExists', 'The Role assignment already exists.', async () => {
    await ask();
    await client.advance('PT6M');
    await deactivate();
    await client.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { settling: 60_000 });
    await ask();
  }],
  ['an assignment that is there', 400, 'RoleAssignmentExists', 'The Role assignment already exists.', async () => [
    await ask({ user: nestor, more: assign }),
    await ask({ user: nestor, more: assign }),
  ]],
  ['longer than the maximum', 400, policyFailed, rules('ExpirationRule'), () => ask({ minutes: 31 })],
  ['no justification', 400, policyFailed, rules('JustificationRule'), () => ask({ role: 'Owner', scope: rgWeb, more: { justification: '' } })],
  ['no eligibility', 400, policyFailed, rules('EligibilityRule'), () => ask({ role: 'Owner' })],
  ['no ticket', 400, policyFailed, rules('TicketingRule'), () => ask({ role: 'Website Contributor' })],
  ['no multi-factor authentication', 400, policyFailed, rules('MfaRule'), () => ask({ role: 'Key Vault Administrator' })],
  ['several rules at once', 400, policyFailed, 'The following policy rules failed: ["ExpirationRule","TicketingRule"]', () => ask({ role: 'Website Contributor', minutes: 500 })],
  ['an administrator without a justification', 400, policyFailed, rules('JustificationRule'), () => ask({ user: nestor, more: { ...assign, justification: '' } })],
  ['a request that waits', 400, 'PendingRoleAssignmentRequest', /existing pending/, async () => [
    await ask({ role: 'Contributor', scope: rgApp }),
    await ask({ role: 'Contributor', scope: rgApp }),
  ]],
  ['a name that is taken', 409, 'RoleAssignmentRequestExists', /A role assignment request with Id: [0-9a-f-]{36} already exists/, async () => {
    const name = randomUUID();
    return [await ask({ name }), await ask({ name })];
  }],
  ['nothing to deactivate', 400, 'RoleAssignmentDoesNotExist', 'The Role assignment does not exist.', () => deactivate()],
  ['nothing to remove', 400, 'RoleAssignmentDoesNotExist', 'The Role assignment does not exist.', () => ask({ user: nestor, more: { requestType: 'AdminRemove' } })],
  ['deactivated too early', 400, 'ActiveDurationTooShort', 'The Active duration is too short. Miniumum Required is 5 minutes.', async () => [await ask(), await deactivate()]],
  ['shorter than five minutes', 400, 'ActiveDurationTooShort', 'The Active duration is too short. Miniumum Required is 5 minutes.', () => ask({ minutes: 4 })],
  [
    'no authentication context',
    400,
    'RoleAssignmentRequestAcrsValidationFailed',
    '&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D',
    () => ask({ role: 'Security Reader' }),
  ],
  ['a listing without a right', 400, 'InsufficientPermissions', /^The requestor [0-9a-f-]{36} does not have permissions for this request\. Please use \$filter=asTarget\(\)/, () =>
    collect(sdkFor(client, { user: alex }).roleAssignmentSchedules.listForScope(sdkScope(production)))],
  ['an activation for somebody else', 400, 'InsufficientPermissions', /does not have permissions/, () => ask({ user: nestor })],
  ['an assignment without the right to it', 403, 'AuthorizationFailed', /^The client '[0-9a-f-]{36}' with object id '[0-9a-f-]{36}' does not have authorization to perform action 'Microsoft\.Authorization\/roleAssignments\/write' over scope '\/subscriptions\//, () =>
    ask({ more: assign })],
  ['an eligibility without the right to it', 403, 'AuthorizationFailed', /does not have authorization/, () =>
    sdkFor(client, { user: alex }).roleEligibilityScheduleRequests.create(sdkScope(production), randomUUID(), { ...assign, roleDefinitionId: roleAt('Reader', production) })],
  ['a scope that is not there', 403, 'AuthorizationFailed', /or the scope is invalid/, () => ask({ scope: `/subscriptions/${randomUUID()}` })],
  ['a cancelation by somebody else', 403, 'AuthorizationFailed', /roleAssignmentScheduleRequests\/cancel\/action/i, async () => {
    const { name = '' } = await ask({ role: 'Contributor', scope: rgApp });
    await sdkFor(client, { user: lee }).roleAssignmentScheduleRequests.cancel(sdkScope(rgApp), name);
  }],
  ['a role of another subscription', 400, 'ScopeDoesNotMatchRoleDefinition', /is not qualified for the scope/, () => ask({ more: { roleDefinitionId: roleAt('Reader', development) } })],
  ['a role of no subscription', 400, 'ScopeDoesNotMatchRoleDefinition', /is not qualified for the scope/, () => ask({ more: { roleDefinitionId: roleAt('Reader', contoso) } })],
  ['a principal that is not there', 400, 'SubjectNotFound', /is not found/, () => ask({ user: nestor, more: { ...assign, principalId: randomUUID() } })],
  ['a role that is not there', 400, 'RoleNotFound', /is not found/, () => ask({ more: { roleDefinitionId: roleAt('Reader', production).replace(roleIds.Reader, randomUUID()) } })],
  ['a directory role', 400, 'RoleNotFound', /is not found/, () => ask({ more: { roleDefinitionId: roleAt('Reader', production).replace(roleIds.Reader, 'fe930be7-5e62-47db-91af-98c3a49a38b1') } })],
  ['a definition that is not there', 404, 'RoleDefinitionDoesNotExist', /does not exist/, () => sdkFor(client, { user: alex }).roleDefinitions.get(sdkScope(production), randomUUID())],
  ['a request that is not there', 404, 'ResourceNotFound', /was not found/, () => sdkFor(client, { user: alex }).roleAssignmentScheduleRequests.get(sdkScope(production), randomUUID())],
  ['what runs cannot be canceled', 400, 'BadRequest', 'A request that is Provisioned cannot be canceled.', async () => {
    const { name = '' } = await ask();
    await sdkFor(client, { user: alex }).roleAssignmentScheduleRequests.cancel(sdkScope(production), name);
  }],
  ['a scope with a lock', 400, 'ResourceIsLocked', /is locked\. Please remove the lock/, () => ask({ scope: locked })],
  ['an assignment under a lock', 400, 'ResourceIsLocked', /is locked/, () => ask({ user: nestor, scope: locked, more: assign })],
  ['a removal under a lock', 400, 'ResourceIsLocked', /is locked/, () => ask({ user: nestor, scope: locked, more: { requestType: 'AdminRemove', principalId: lee } })],
  ['an id of a schedule that is being taken down', 400, 'InvalidRoleAssignmentId', 'The role assignment ID is not valid.', async () => {
    await ask({ user: nestor, more: assign });
    const [{ id: schedule = '' } = {}] = await collect(sdkFor(client, { user: nestor }).roleAssignmentSchedules.listForScope(sdkScope(production), { filter: `principalId eq '${diego}'` }));
    const remove = { requestType: 'AdminRemove', principalId: diego, targetRoleAssignmentScheduleId: schedule } as const;
    await ask({ user: nestor, more: remove });
    await client.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { settling: 60_000 });
    await ask({ user: nestor, more: remove });
  }],
  ['a type that is none', 400, 'InvalidRequestContent', /'requestType' must be a request type of PIM/, () => ask({ more: { requestType: 'SelfWish' } })],
];

describe('a refusal', () => {
  const named = refusals.map(([title, statusCode, code, message, provoke]) => ({ title, statusCode, code, message, provoke }));

  it.each(named)('$title: $statusCode $code', async ({ statusCode, code, message, provoke }) => {
    await expect(provoke()).rejects.toMatchObject({
      name: 'RestError',
      statusCode,
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it('changes nothing', async () => {
    const before = items(await client.person(nestor).list(contoso, 'roleAssignmentSchedules'));
    for (const refused of [{ minutes: 31 }, { scope: locked }, { more: assign }]) {
      await expect(ask(refused)).rejects.toThrow();
    }
    expect(items(await client.person(nestor).list(contoso, 'roleAssignmentSchedules'))).toEqual(before);
    expect(items(await client.person(nestor).list(contoso, 'roleAssignmentScheduleRequests'))).toEqual([]);
  });
});

describe('the newer wording of failed rules', () => {
  const requests = { method: 'PUT', path: 'roleAssignmentScheduleRequests' };

  it('is switched on for as many requests as somebody says; code and status stay', async () => {
    await client.fault(requests, { newerWording: true }, 2);
    const message = 'The following policy rules failed: JustificationRule - Justification is required';
    const refused = ask({ role: 'Owner', scope: rgWeb, more: { justification: '' } });
    await expect(refused).rejects.toMatchObject({ statusCode: 400, code: policyFailed, message });
    const both = ask({ role: 'Website Contributor', minutes: 500 });
    await expect(both).rejects.toMatchObject({ message: expect.stringMatching(/^The following policy rules failed: ExpirationRule - [^"]+, TicketingRule - [^"]+$/) });
    await expect(ask({ minutes: 31 })).rejects.toMatchObject({ message: rules('ExpirationRule') });
  });

  it('leaves every other refusal as it is', async () => {
    await client.fault(requests, { newerWording: true });
    await expect(ask({ minutes: 4 })).rejects.toMatchObject({ code: 'ActiveDurationTooShort', message: expect.stringContaining('Miniumum') });
  });
});

describe('a lock', () => {
  const statusOf = async (name: string): Promise<string | undefined> =>
    (await sdkFor(client, { user: alex }).roleAssignmentScheduleRequests.get(sdkScope(locked), name)).status;

  it('meets what was approved: the request has failed as the resource is locked', async () => {
    const name = randomUUID();
    expect((await ask({ role: 'Contributor', scope: locked, name })).status).toBe('PendingApproval');
    expect((await client.person(megan).decide(name, 'Approve')).status).toBe(200);
    expect(await statusOf(name)).toBe('FailedAsResourceIsLocked');
    expect(items(await client.person(alex).list(locked, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
  });

  it('meets what was granted for later, when its time has come', async () => {
    const name = randomUUID();
    const startDateTime = new Date(Date.now() + 3_600_000);
    const more = { scheduleInfo: { startDateTime, expiration: { type: 'AfterDuration', duration: 'PT30M' } } };
    expect((await ask({ scope: locked, name, more })).status).toBe('Granted');
    await client.advance('PT61M');
    expect(await statusOf(name)).toBe('FailedAsResourceIsLocked');
  });

  it('is not in the way of an eligibility, nor elsewhere', async () => {
    const { roleEligibilityScheduleRequests: requests } = sdkFor(client, { user: nestor });
    const wish = { ...assign, roleDefinitionId: roleAt('Reader', locked), scheduleInfo: { expiration: { type: 'NoExpiration' } } };
    expect((await requests.create(sdkScope(locked), randomUUID(), wish)).status).toBe('Provisioned');
    expect((await ask({ role: 'Monitoring Reader', scope: site })).status).toBe('Provisioned');
  });

  it('at a subscription holds for what lies in it', async () => {
    await using other = await EmulatorClient.start({ seed: { ...lockedSeed, locks: [production] } });
    const wish = { role: 'Owner', scope: rgWeb, principalId: alex } as const;
    expect(outcome(await other.person(alex).activate(wish))).toBe('400 ResourceIsLocked');
    expect(outcome(await other.person(alex).validate(wish))).toBe('400 ResourceIsLocked');
    expect((await other.person(alex).activate({ ...wish, role: 'Reader', scope: locked })).status).toBe(201);
  });

  it('on what is not there is refused with the seed', async () => {
    const started = EmulatorClient.start({ seed: { ...lockedSeed, locks: [`${production}/resourceGroups/rg-none`] } });
    await expect(started).rejects.toThrow(/locks\[0\]: expected .*rg-none/);
  });
});
