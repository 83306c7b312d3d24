import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at, items, listPath, outcome, requestPath, text } from './emulator-client.ts';
import type { Answer } from './emulator-client.ts';
import { alex, contoso, development, diego, lee, megan, nestor, onCall, production, rgApp, rgWeb, roleAt, roleIds } from './people.ts';

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const eligibilities = 'roleEligibilityScheduleInstances';
const instances = 'roleAssignmentScheduleInstances';
const requests = 'roleAssignmentScheduleRequests';
const policies = 'roleManagementPolicyAssignments';

function scopes(answer: Answer): readonly string[] {
  return [...new Set(items(answer).map((item) => text(item, 'properties', 'scope')))].toSorted();
}

function roles(answer: Answer): readonly string[] {
  const names = items(answer).map((item) => text(item, 'properties', 'expandedProperties', 'roleDefinition', 'displayName'));
  return names.toSorted();
}

describe('what a scope shows', () => {
  it('without a filter: at it, above it and below it', async () => {
    expect(scopes(await client.person(nestor).list(production, eligibilities))).toEqual([contoso, production, rgApp, rgWeb].toSorted());
    expect(scopes(await client.person(nestor).list(rgApp, eligibilities))).toEqual([contoso, production, rgApp].toSorted());
  });

  it('atScope(): at it and inherited, never below', async () => {
    expect(scopes(await client.person(nestor).list(production, eligibilities, 'atScope()'))).toEqual([contoso, production].toSorted());
    expect(scopes(await client.person(nestor).list(contoso, eligibilities, 'atScope()'))).toEqual([contoso]);
  });

  it('asTarget(): the caller\'s own, directly and through nested groups', async () => {
    expect(roles(await client.person(lee).list('', eligibilities, 'asTarget()'))).toEqual(['Network Contributor', 'Reader']);
    const [item] = items(await client.person(lee).list(rgWeb, eligibilities, `asTarget() and roleDefinitionId eq '${roleAt('Network Contributor', rgWeb)}'`));
    expect(at(item, 'properties')).toMatchObject({ principalId: onCall, principalType: 'Group', memberType: 'Group', endDateTime: '2099-01-01T00:00:00.000Z' });
  });

  it('filters are joined by and, and equations compare whatever the case', async () => {
    const all = await client.person(nestor).list(production, eligibilities, `principalId eq '${alex.toUpperCase()}' and atScope()`);
    expect(roles(all)).toEqual(['Key Vault Administrator', 'Monitoring Reader', 'Reader', 'Security Reader', 'Website Contributor']);
    expect(roles(await client.person(nestor).list(production, eligibilities, `assignedTo('${lee}')`))).toEqual(['Network Contributor', 'Reader']);
    expect(roles(await client.person(nestor).list(production, eligibilities, `assignedTo('${lee}') and atScope()`))).toEqual([]);
  });

  it('an unknown filter is refused, not ignored', async () => {
    for (const filter of ["colour eq 'red'", 'asOwner()', 'asTarget() or atScope()', "principalId ne 'x'"]) {
      expect(outcome(await client.person(alex).list('', eligibilities, filter))).toBe('400 InvalidFilter');
    }
  });
});

describe('who may list what', () => {
  it.each([eligibilities, instances, requests])('%s without a right and without asTarget() is refused, with the way out', async (type) => {
    const answer = await client.person(alex).list(production, type);
    expect(outcome(answer)).toBe('400 InsufficientPermissions');
    expect(text(answer.body, 'error', 'message')).toContain('$filter=asTarget()');
    expect(outcome(await client.person(alex).list(production, type, `principalId eq '${alex}'`))).toBe('400 InsufficientPermissions');
    expect((await client.person(alex).list(production, type, 'asTarget()')).status).toBe(200);
  });

  it('an application with Reader reads its scope and below, and no other', async () => {
    const bot = client.as({ app: 'pim-bot' });
    const name = randomUUID();
    await client.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT30M', name });
    expect(items(await bot.list(production, instances))).toHaveLength(1);
    expect(items(await bot.list(rgApp, instances))).toHaveLength(1);
    expect((await bot.read(production, name)).status).toBe(200);
    expect(outcome(await bot.list(development, instances))).toBe('400 InsufficientPermissions');
    expect(outcome(await bot.list('', instances))).toBe('400 InsufficientPermissions');
    expect(outcome(await client.as({ app: 'blind' }).list(production, instances))).toBe('400 InsufficientPermissions');
  });

  it('an activated role gives its rights, and takes them with it when it ends', async () => {
    await client.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' });
    expect(items(await client.person(alex).list(rgWeb, eligibilities)).length).toBeGreaterThan(0);
    await client.advance('PT30M');
    expect(outcome(await client.person(alex).list(rgWeb, eligibilities))).toBe('400 InsufficientPermissions');
  });

  it('an administrator holds nothing in any schedule', async () => {
    expect(items(await client.person(nestor).list('', instances, 'asTarget()'))).toEqual([]);
    expect(items(await client.person(nestor).list(contoso, instances))).toEqual([]);
  });

  it('an unknown scope and one that is none are refused as Azure refuses them', async () => {
    expect(outcome(await client.person(nestor).list(`/subscriptions/${randomUUID()}`, eligibilities))).toBe('403 AuthorizationFailed');
    expect(outcome(await client.person(nestor).list(`${production}/resourceGroups/rg-none`, requests, 'asTarget()'))).toBe('403 AuthorizationFailed');
  });
});

describe('one by its name', () => {
  it('an eligibility is read by its holder and by who reads the scope', async () => {
    const [item] = items(await client.person(lee).list('', eligibilities, 'asTarget()'));
    const target = `${text(item, 'id')}?api-version=2020-10-01`;
    expect((await client.person(lee).call(target)).body).toEqual(item);
    expect((await client.person(nestor).call(target)).status).toBe(200);
    expect(outcome(await client.person(alex).call(target))).toBe('400 InsufficientPermissions');
    expect(outcome(await client.person(lee).call(`${rgWeb}/providers/Microsoft.Authorization/${eligibilities}/${randomUUID()}?api-version=2020-10-01`))).toBe('404 ResourceNotFound');
  });

  it('an instance and a request likewise; an approver reads the request too', async () => {
    const name = randomUUID();
    await client.person(alex).activate({ role: 'Contributor', scope: rgApp, principalId: alex, name });
    expect((await client.person(diego).read(rgApp, name)).status).toBe(200);
    expect(outcome(await client.person(lee).read(rgApp, name))).toBe('400 InsufficientPermissions');
    expect(outcome(await client.person(alex).read(production, name))).toBe('404 ResourceNotFound');
    await client.person(megan).decide(name, 'Approve');
    const [instance] = items(await client.person(alex).list(rgApp, instances, 'asTarget()'));
    const target = `${text(instance, 'id')}?api-version=2020-10-01`;
    expect((await client.person(alex).call(target)).body).toEqual(instance);
    expect(outcome(await client.person(lee).call(target))).toBe('400 InsufficientPermissions');
    await client.advance('PT1H');
    expect(outcome(await client.person(alex).call(target))).toBe('404 ResourceNotFound');
  });

  it('requests are found by status, role, requester and principal', async () => {
    await client.person(alex).activate({ role: 'Contributor', scope: rgApp, principalId: alex });
    await client.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' });
    const count = async (user: string, filter: string): Promise<number> => items(await client.person(user).list(production, requests, filter)).length;
    expect(await count(alex, 'asRequestor()')).toBe(2);
    expect(await count(alex, "asTarget() and status eq 'PendingApproval'")).toBe(1);
    expect(await count(nestor, `principalId eq '${alex}' and status eq 'provisioned'`)).toBe(1);
    expect(await count(nestor, `requestorId eq '${lee}'`)).toBe(0);
    expect(await count(nestor, `roleDefinitionId eq '${roleAt('Reader', production)}'`)).toBe(1);
    expect(await count(megan, 'asApprover()')).toBe(1);
    expect(await count(lee, 'asApprover()')).toBe(0);
  });
});

describe('policies', () => {
  it('carry all seventeen rules, in the service\'s order, as the settings have them', async () => {
    const filter = `roleDefinitionId eq '${roleAt('Contributor', rgApp)}'`;
    const [policy] = items(await client.person(alex).list(rgApp, policies, filter));
    const rules = at(policy, 'properties', 'effectiveRules');
    const ids = Array.isArray(rules) ? rules.map((rule) => text(rule, 'id')) : [];
    expect(ids).toEqual([
      'Enablement_Admin_Eligibility', 'Expiration_Admin_Eligibility', 'Notification_Admin_Admin_Eligibility',
      'Notification_Requestor_Admin_Eligibility', 'Notification_Approver_Admin_Eligibility', 'Enablement_Admin_Assignment',
      'Expiration_Admin_Assignment', 'Notification_Admin_Admin_Assignment', 'Notification_Requestor_Admin_Assignment',
      'Notification_Approver_Admin_Assignment', 'Approval_EndUser_Assignment', 'AuthenticationContext_EndUser_Assignment',
      'Enablement_EndUser_Assignment', 'Expiration_EndUser_Assignment', 'Notification_Admin_EndUser_Assignment',
      'Notification_Requestor_EndUser_Assignment', 'Notification_Approver_EndUser_Assignment',
    ]);
    const rule = (id: string): unknown => (Array.isArray(rules) ? rules[ids.indexOf(id)] : undefined);
    expect(at(rule('Expiration_EndUser_Assignment'), 'maximumDuration')).toBe('PT2H');
    expect(at(rule('Enablement_EndUser_Assignment'), 'enabledRules')).toEqual(['Justification']);
    const approvers = at(rule('Approval_EndUser_Assignment'), 'setting', 'approvalStages', 0, 'primaryApprovers');
    expect(approvers).toEqual([
      { id: megan, description: 'Megan Bowen', isBackup: false, userType: 'User' },
      { id: expect.any(String), description: 'Ops leads', isBackup: false, userType: 'Group' },
    ]);
  });

  it('a role without settings has the defaults', async () => {
    const [policy] = items(await client.person(nestor).list(rgWeb, policies, `roleDefinitionId eq '${roleIds.Owner}'`));
    const effective = JSON.stringify(at(policy, 'properties', 'effectiveRules'));
    expect(effective).toContain('"maximumDuration":"PT8H","id":"Expiration_EndUser_Assignment"');
    expect(effective).toContain('"isApprovalRequired":false');
    expect(effective).toContain('"enabledRules":["Justification"],"id":"Enablement_EndUser_Assignment"');
  });

  it('are read by who reads the scope, and by who is eligible there: these see their own roles', async () => {
    expect(items(await client.person(nestor).list(rgApp, policies)).length).toBeGreaterThan(10);
    const own = items(await client.person(alex).list(rgApp, policies)).map((policy) => text(policy, 'properties', 'policyAssignmentProperties', 'roleDefinition', 'displayName'));
    expect(own.toSorted()).toEqual(['Contributor', 'Key Vault Administrator', 'Monitoring Reader', 'Reader', 'Security Reader', 'Website Contributor']);
    expect(outcome(await client.person(diego).list(rgApp, policies))).toBe('403 AuthorizationFailed');
    const [first] = items(await client.person(nestor).list(rgApp, policies, `roleDefinitionId eq '${roleAt('Owner', rgApp)}'`));
    const target = `${text(first, 'id')}?api-version=2020-10-01`;
    expect((await client.person(nestor).call(target)).body).toEqual(first);
    expect(outcome(await client.person(alex).call(target))).toBe('403 AuthorizationFailed');
    expect(outcome(await client.person(nestor).call(target.replace(/[^/]+\?/, 'none?')))).toBe('404 ResourceNotFound');
  });
});

describe('role definitions and subscriptions', () => {
  it('a role is found by its name, qualified for the scope', async () => {
    const [role, ...others] = items(await client.person(alex).list(rgApp, 'roleDefinitions', "roleName eq 'contributor'"));
    expect(others).toEqual([]);
    expect(text(role, 'id')).toBe(roleAt('Contributor', rgApp));
    expect((await client.person(alex).call(`/${text(role, 'id')}?api-version=2022-04-01`)).body).toEqual(role);
    expect(items(await client.person(alex).list(contoso, 'roleDefinitions', "atScopeAndBelow() and type eq 'BuiltInRole'")).length).toBeGreaterThan(10);
    expect(items(await client.person(alex).list(contoso, 'roleDefinitions', "type eq 'CustomRole'"))).toEqual([]);
    expect(outcome(await client.person(alex).call(`/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}?api-version=2022-04-01`))).toBe('404 RoleDefinitionDoesNotExist');
  });

  it('subscriptions are shown to who holds a role there, not to who could', async () => {
    const list = async (token: string): Promise<readonly string[]> =>
      items(await client.send('/subscriptions?api-version=2022-12-01', { token })).map((item) => text(item, 'displayName'));
    expect(await list(await client.token({ app: 'pim-bot' }))).toEqual(['Production']);
    expect(await list(await client.token({ user: nestor }))).toEqual(['Production', 'Development']);
    expect(await list(await client.token({ user: alex }))).toEqual([]);
    await client.person(alex).activate({ role: 'Owner', scope: rgWeb, principalId: alex });
    expect(await list(await client.token({ user: alex }))).toEqual(['Production']);
  });
});

describe('pages', () => {
  it('are chained by an absolute link at the origin that the client used', async () => {
    await using small = await EmulatorClient.start({ pageSize: 2 });
    let target = listPath('', eligibilities, 'asTarget()');
    const names: string[] = [];
    const sizes: number[] = [];
    for (let pages = 0; pages < 10; pages += 1) {
      const answer = await small.person(alex).call(target);
      names.push(...items(answer).map((item) => text(item, 'name')));
      sizes.push(items(answer).length);
      const next = at(answer.body, 'nextLink');
      if (typeof next !== 'string') {
        break;
      }
      expect(next.startsWith(`${small.emulator.origin}/`)).toBe(true);
      target = next.slice(small.emulator.origin.length);
    }
    expect(sizes).toEqual([2, 2, 2, 1]);
    expect(new Set(names).size).toBe(7);
  });

  it('a token that is not from an earlier page is refused', async () => {
    const target = `${listPath('', eligibilities, 'asTarget()')}&$skiptoken=nonsense`;
    expect(outcome(await client.person(alex).call(target))).toBe('400 BadRequest');
  });

  it('a request path is the same whatever its slashes and its case', async () => {
    const name = randomUUID();
    await client.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT30M', name });
    const target = requestPath(production, name);
    for (const other of [`/${target}`, target.replaceAll('/', '//'), target.replace('roleAssignmentScheduleRequests', 'ROLEASSIGNMENTSCHEDULEREQUESTS').replace('subscriptions', 'Subscriptions'), target.replace('/subscriptions', '/providers/Microsoft.Subscription/subscriptions')]) {
      expect(text((await client.person(alex).call(other)).body, 'name')).toBe(name);
    }
  });
});
