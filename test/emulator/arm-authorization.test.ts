import { randomUUID } from 'node:crypto';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { TokenCredential } from '@azure/core-auth';
import { createSerializer } from '@azure/core-client';
import type { OperationSpec } from '@azure/core-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { collect, sdkFor, sdkScope, sdkWith } from './arm-sdk.ts';
import { EmulatorClient, armAudience, at, text } from './emulator-client.ts';
import type { Subject } from './emulator-client.ts';
import { alex, contoso, megan, nestor, production, rgApp, roleAt, roleIds, seed } from './people.ts';

/** The service through Microsoft's own client, unchanged: https, its token policy, its paging and its retries. */

let emulator: Emulator;
let control: EmulatorClient;
beforeAll(async () => {
  emulator = await startEmulator({ seed, pageSize: 2 });
  control = new EmulatorClient(emulator);
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

function sdk(subject: Subject): AuthorizationManagementClient {
  return sdkFor(control, subject);
}

/** A credential as clients have it: it keeps its token for the hour that it is good for. */
function keeping(user: string): { readonly credential: TokenCredential; readonly asked: () => number } {
  let asked = 0;
  const credential: TokenCredential = {
    getToken: async () => {
      asked += 1;
      return { token: await control.token({ user }), expiresOnTimestamp: new Date().getTime() + 3_600_000 };
    },
  };
  return { credential, asked: () => asked };
}

const schedule = { expiration: { type: 'AfterDuration', duration: 'PT30M' } } as const;

function activation(role: keyof typeof roleIds, scope: string): Parameters<AuthorizationManagementClient['roleAssignmentScheduleRequests']['create']>[2] {
  return { roleDefinitionId: roleAt(role, scope), principalId: alex, requestType: 'SelfActivate', justification: 'deploy', scheduleInfo: schedule };
}

describe('@azure/arm-authorization', () => {
  it('lists eligibilities over several pages and gets one', async () => {
    const { roleEligibilityScheduleInstances: api } = sdk({ user: alex });
    const all = await collect(api.listForScope('', { filter: 'asTarget()' }));
    expect(all).toHaveLength(7);
    const pages = await collect(api.listForScope('', { filter: 'asTarget()' }).byPage());
    expect(pages.map((page) => page.length)).toEqual([2, 2, 2, 1]);
    const first = all[0];
    expect(await api.get(sdkScope(first?.scope ?? ''), first?.name ?? '')).toEqual(first);
    expect(first?.startDateTime).toBeInstanceOf(Date);
  });

  it('validates, creates, gets, lists and deactivates', async () => {
    const { roleAssignmentScheduleRequests: requests, roleAssignmentScheduleInstances: instances } = sdk({ user: alex });
    const name = randomUUID();
    const scope = sdkScope(production);
    expect((await requests.validate(scope, name, activation('Reader', production))).status).toBe('Granted');
    const created = await requests.create(scope, name, activation('Reader', production));
    expect(created).toMatchObject({ name, status: 'Provisioned', principalType: 'User', justification: 'deploy' });
    expect(created.scheduleInfo?.startDateTime).toBeInstanceOf(Date);
    expect(await requests.get(scope, name)).toEqual(created);
    expect(await collect(requests.listForScope(scope, { filter: 'asTarget()' }))).toEqual([created]);
    const [active] = await collect(instances.listForScope(scope, { filter: 'asTarget()' }));
    expect(active).toMatchObject({ assignmentType: 'Activated', roleAssignmentScheduleId: created.targetRoleAssignmentScheduleId });
    expect(await instances.get(scope, active?.name ?? '')).toEqual(active);
    await control.advance('PT6M');
    const ending = { roleDefinitionId: roleAt('Reader', production), principalId: alex, requestType: 'SelfDeactivate' };
    const ended = await requests.create(scope, randomUUID(), ending);
    expect(ended.status).toBe('Revoked');
  });

  it('cancels a request that waits', async () => {
    const { roleAssignmentScheduleRequests: requests } = sdk({ user: alex });
    const name = randomUUID();
    expect((await requests.create(sdkScope(rgApp), name, activation('Contributor', rgApp))).status).toBe('PendingApproval');
    await requests.cancel(sdkScope(rgApp), name);
    expect((await requests.get(sdkScope(rgApp), name)).status).toBe('Canceled');
  });

  it('reads policies with their rules', async () => {
    const { roleManagementPolicyAssignments: api } = sdk({ user: alex });
    const all = await collect(api.listForScope(sdkScope(rgApp)));
    const contributor = all.find((policy) => policy.roleDefinitionId === roleAt('Contributor', rgApp));
    expect(contributor?.effectiveRules).toHaveLength(17);
    expect(contributor?.effectiveRules?.find((rule) => rule.id === 'Expiration_EndUser_Assignment')).toMatchObject({
      ruleType: 'RoleManagementPolicyExpirationRule',
      maximumDuration: 'PT2H',
    });
    expect(await api.get(sdkScope(rgApp), contributor?.name ?? '')).toEqual(contributor);
  });

  it('finds role definitions by name and by id', async () => {
    const { roleDefinitions: api } = sdk({ user: alex });
    const [owner] = await collect(api.list(sdkScope(production), { filter: "roleName eq 'Owner'" }));
    expect(owner?.id).toBe(roleAt('Owner', production));
    expect(await api.get(sdkScope(production), roleIds.Owner)).toEqual(owner);
    expect(await api.getById(roleAt('Owner', production))).toEqual(owner);
    expect((await collect(api.list(sdkScope(contoso)))).length).toBeGreaterThan(10);
  });

  it('tells refusals as RestError with code and status', async () => {
    const { roleAssignmentScheduleRequests: requests } = sdk({ user: alex });
    const name = randomUUID();
    await requests.create(sdkScope(production), name, activation('Reader', production));
    const again = requests.create(sdkScope(production), name, activation('Reader', production));
    await expect(again).rejects.toMatchObject({ name: 'RestError', code: 'RoleAssignmentRequestExists', statusCode: 409 });
    const listing = sdk({ user: megan }).roleAssignmentScheduleRequests.listForScope(sdkScope(production));
    await expect(collect(listing)).rejects.toMatchObject({ code: 'InsufficientPermissions', statusCode: 400 });
  });

  it('retries after a lost answer and meets its own request', async () => {
    const { roleAssignmentScheduleRequests: requests } = sdk({ user: alex });
    const name = randomUUID();
    await control.fault({ method: 'PUT', path: name }, { dropAfterCommit: true });
    await expect(requests.create(sdkScope(production), name, activation('Reader', production))).rejects.toMatchObject({ code: 'RoleAssignmentRequestExists' });
    expect((await requests.get(sdkScope(production), name)).status).toBe('Provisioned');
  });

  it('waits as Retry-After says and then succeeds', async () => {
    await control.fault({ method: 'GET', path: 'roleDefinitions' }, { status: 429, headers: { 'Retry-After': '0' } });
    const roles = await collect(sdk({ user: alex }).roleDefinitions.list(sdkScope(production), { filter: "roleName eq 'Owner'" }));
    expect(roles).toHaveLength(1);
  });

  it('asks its credential again when the service challenges for claims', async () => {
    const claims = Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"p1"}}}').toString('base64');
    const asked: unknown[] = [];
    const credential: TokenCredential = {
      getToken: async (_scopes, options) => {
        asked.push(options?.claims);
        return { token: await control.token({ user: alex }), expiresOnTimestamp: new Date().getTime() + 3_600_000 };
      },
    };
    const client = new AuthorizationManagementClient(credential, 'x', { endpoint: emulator.origin, credentialScopes: armAudience, tlsOptions: { ca: emulator.caPem } });
    await control.fault({ method: 'PUT', path: '.' }, { status: 401, headers: { 'WWW-Authenticate': `Bearer error="insufficient_claims", claims="${claims}"` } });
    const created = await client.roleAssignmentScheduleRequests.create(sdkScope(production), randomUUID(), activation('Reader', production));
    expect(created.status).toBe('Provisioned');
    expect(asked.at(-1)).toBe(Buffer.from(claims, 'base64').toString());
  });

  it('asks its credential once more after the clock was moved past its token', async () => {
    const { credential, asked } = keeping(alex);
    const { roleAssignmentScheduleRequests: requests, roleAssignmentScheduleInstances: instances } = sdkWith(control, credential);
    const scope = sdkScope(production);
    await requests.create(scope, randomUUID(), activation('Reader', production));
    expect(asked()).toBe(1);
    await control.advance('PT2H1M');
    expect(await collect(instances.listForScope(scope, { filter: 'asTarget()' }))).toEqual([]);
    expect(asked()).toBe(2);
  });

  it('does not talk to the service without its authority', async () => {
    const credential: TokenCredential = { getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: new Date().getTime() + 60_000 }) };
    const client = new AuthorizationManagementClient(credential, 'x', { endpoint: emulator.origin, credentialScopes: armAudience, retryOptions: { maxRetries: 0 } });
    await expect(collect(client.roleDefinitions.list(''))).rejects.toMatchObject({ code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/) });
  });
});

const approvalVersion = '2021-01-01-preview';

/** The SDK has no approvals; its pipeline takes an operation described by hand. */
function approvalCall(path: string, httpMethod: OperationSpec['httpMethod'], hasBody: boolean): OperationSpec {
  const anything = { type: { name: 'any' }, serializedName: 'body' } as const;
  return {
    path,
    httpMethod,
    isXML: false,
    serializer: createSerializer({}, false),
    responses: { 200: { bodyMapper: anything }, default: { bodyMapper: anything } },
    queryParameters: [{ parameterPath: 'apiVersion', mapper: { serializedName: 'api-version', defaultValue: approvalVersion, isConstant: true, type: { name: 'String' } } }],
    urlParameters: [{ parameterPath: 'armPath', mapper: { serializedName: 'armPath', type: { name: 'String' } }, skipEncoding: true }],
    ...(hasBody ? { requestBody: { parameterPath: 'body', mapper: { ...anything, required: true } }, mediaType: 'json', contentType: 'application/json' } : {}),
  };
}

describe('approvals through the pipeline of the SDK', () => {
  it.each(['PATCH', 'PUT'] as const)('an approver lists, reads and decides by %s', async (method) => {
    const name = randomUUID();
    const requester = sdk({ user: alex }).roleAssignmentScheduleRequests;
    const created = await requester.create(sdkScope(rgApp), name, activation('Contributor', rgApp));
    const approver = sdk({ user: megan });
    const waiting = await collect(approver.roleAssignmentScheduleRequests.listForScope('', { filter: 'asApprover()' }));
    expect(waiting.map((request) => request.approvalId)).toEqual([created.approvalId]);

    const armPath = created.approvalId ?? '';
    const stages: unknown = await approver.sendOperationRequest({ armPath }, approvalCall('{armPath}/stages', 'GET', false));
    expect(at(stages, 'value', 0, 'properties', 'assignedToMe')).toBe(true);
    const stagePath = text(stages, 'value', 0, 'id');
    const decision = { reviewResult: 'Approve', justification: 'ok' };
    const body = method === 'PUT' ? { properties: decision } : decision;
    const decided: unknown = await approver.sendOperationRequest({ armPath: stagePath, body }, approvalCall('{armPath}', method, true));
    expect(at(decided, 'properties', 'status')).toBe('Completed');
    expect((await requester.get(sdkScope(rgApp), name)).status).toBe('Provisioned');
    await expect(approver.sendOperationRequest({ armPath: stagePath, body }, approvalCall('{armPath}', method, true))).rejects.toMatchObject({ statusCode: 409, code: 'Conflict' });
    const own = sdk({ user: nestor }).sendOperationRequest({ armPath: stagePath, body }, approvalCall('{armPath}', method, true));
    await expect(own).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationFailed' });
  });
});
