import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, activationBody, at, failedRules, graphAudience, items, listPath, outcome, requestPath, requestStatus, text } from './emulator-client.ts';
import { alex, bot, contoso, diego, lee, megan, nestor, onCall, platform, production, rgApp, rgWeb, roleAt, roleIds, site } from './people.ts';

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;
const contributor = { role: 'Contributor', scope: rgApp, principalId: alex } as const;
const owner = { role: 'Owner', scope: rgWeb, principalId: alex } as const;

describe('what an activation leads to', () => {
  it('a role without approval is Provisioned at once and appears as an instance', async () => {
    const answer = await client.person(alex).activate(reader);
    expect(answer.status).toBe(201);
    expect(requestStatus(answer)).toBe('Provisioned');
    const [instance] = items(await client.person(alex).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'));
    expect(text(instance, 'properties', 'assignmentType')).toBe('Activated');
    expect(text(instance, 'properties', 'roleAssignmentScheduleId')).toContain(text(answer.body, 'name'));
  });

  it('the eligibility stays while it is activated', async () => {
    const before = items(await client.person(alex).list('', 'roleEligibilityScheduleInstances', 'asTarget()'));
    await client.person(alex).activate(reader);
    expect(items(await client.person(alex).list('', 'roleEligibilityScheduleInstances', 'asTarget()'))).toEqual(before);
  });

  it('a role with approval is PendingApproval and names its approval', async () => {
    const name = randomUUID();
    const answer = await client.person(alex).activate({ ...contributor, name });
    expect(requestStatus(answer)).toBe('PendingApproval');
    expect(at(answer.body, 'properties', 'approvalId')).toBe(`/providers/Microsoft.Authorization/roleAssignmentApprovals/${name}`);
    expect(items(await client.person(alex).list(rgApp, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
  });

  it('a later start is Granted, and Provisioned once its time has come', async () => {
    const name = randomUUID();
    const startDateTime = new Date(Date.now() + 3_600_000).toISOString();
    const scheduleInfo = { startDateTime, expiration: { type: 'AfterDuration', duration: 'PT30M' } };
    const answer = await client.person(alex).activate({ ...reader, name, properties: { scheduleInfo } });
    expect(requestStatus(answer)).toBe('Granted');
    expect(items(await client.person(alex).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
    await client.advance('PT61M');
    expect(requestStatus(await client.person(alex).read(production, name))).toBe('Provisioned');
  });

  it('an end by date and time is as good as a duration', async () => {
    const endDateTime = new Date(Date.now() + 20 * 60_000).toISOString();
    const properties = { scheduleInfo: { expiration: { type: 'AfterDateTime', endDateTime } } };
    expect(requestStatus(await client.person(alex).activate({ ...reader, properties }))).toBe('Provisioned');
    const [instance] = items(await client.person(alex).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'));
    expect(text(instance, 'properties', 'endDateTime')).toBe(endDateTime);
  });

  it('the recorded form is answered: full paths, empty ticket, no null', async () => {
    const name = randomUUID();
    const { body } = await client.person(alex).activate({ ...reader, name });
    expect(JSON.stringify(body)).not.toContain('null');
    expect(at(body, 'properties', 'ticketInfo')).toEqual({ ticketNumber: '', ticketSystem: '' });
    expect(text(body, 'properties', 'targetRoleAssignmentScheduleId')).toBe(`${production}/providers/Microsoft.Authorization/roleAssignmentSchedules/${name}`);
    expect(text(body, 'properties', 'linkedRoleEligibilityScheduleId')).toMatch(/^\/subscriptions\/.*\/roleEligibilitySchedules\//);
    expect(text(body, 'properties', 'scheduleInfo', 'startDateTime')).toMatch(/\.\d{7}\+00:00$/);
    expect(text(body, 'type')).toBe('Microsoft.Authorization/roleAssignmentScheduleRequests');
  });

  it('member names in Pascal case are understood', async () => {
    const body = {
      Properties: {
        RoleDefinitionId: roleAt('Reader', production).toUpperCase().replace('SUBSCRIPTIONS', 'subscriptions'),
        PrincipalId: alex.toUpperCase(),
        RequestType: 'selfactivate',
        ScheduleInfo: { Expiration: { Type: 'afterduration', Duration: 'PT10M' } },
      },
    };
    const answer = await client.person(alex).call(requestPath(production, randomUUID()), { method: 'PUT', body });
    expect(requestStatus(answer)).toBe('Provisioned');
  });
});

describe('the body', () => {
  const bodies: readonly (readonly [string, unknown, string])[] = [
    ['no JSON', '{', '400 InvalidRequestContent'],
    ['a list', '[]', '400 InvalidRequestContent'],
    ['nothing', undefined, '400 InvalidRequestContent'],
    ['properties that are a text', { properties: 'x' }, '400 InvalidRequestContent'],
    ['no request type', activationBody({ ...reader, properties: { requestType: undefined } }), '400 InvalidRequestContent'],
    ['an unknown request type', activationBody({ ...reader, properties: { requestType: 'Wish' } }), '400 InvalidRequestContent'],
    ['no principal', activationBody({ ...reader, properties: { principalId: null } }), '400 InvalidRequestContent'],
    ['a principal that is no id', activationBody({ ...reader, properties: { principalId: 'alex' } }), '400 InvalidRequestContent'],
    ['a number for the justification', activationBody({ ...reader, properties: { justification: 7 } }), '400 InvalidRequestContent'],
    ['a duration that is none', activationBody({ ...reader, duration: 'one hour' }), '400 InvalidRequestContent'],
    ['a negative duration', activationBody({ ...reader, duration: '-PT1H' }), '400 InvalidRequestContent'],
    ['a start that is none', activationBody({ ...reader, properties: { scheduleInfo: { startDateTime: 'soon' } } }), '400 InvalidRequestContent'],
    ['a start after the year 9999', activationBody({ ...reader, properties: { scheduleInfo: { startDateTime: '+010000-01-01T00:00:00Z', expiration: { type: 'AfterDuration', duration: 'PT30M' } } } }), '400 InvalidRequestContent'],
    ['an unknown expiration', activationBody({ ...reader, properties: { scheduleInfo: { expiration: { type: 'Never' } } } }), '400 InvalidRequestContent'],
    ['a role by its bare id', activationBody({ ...reader, properties: { roleDefinitionId: roleIds.Reader } }), '400 InvalidRequestContent'],
    ['a role qualified for no subscription', activationBody({ ...reader, properties: { roleDefinitionId: roleAt('Reader', contoso) } }), '400 ScopeDoesNotMatchRoleDefinition'],
    ['a role that is not known', activationBody({ ...reader, properties: { roleDefinitionId: `${roleAt('Reader', production).slice(0, -36)}${randomUUID()}` } }), '400 RoleNotFound'],
  ];

  it.each(bodies)('with %s is refused', async (_title, body, expected) => {
    const answer = await client.person(alex).call(requestPath(production, randomUUID()), { method: 'PUT', body });
    expect(outcome(answer)).toBe(expected);
  });

  it('a bare role id belongs to a management group, and a qualified one does not', async () => {
    const wish = { role: 'Monitoring Reader', scope: contoso, principalId: alex } as const;
    const roleDefinitionId = roleAt('Monitoring Reader', production);
    expect(outcome(await client.person(alex).activate({ ...wish, properties: { roleDefinitionId } }))).toBe('400 ScopeDoesNotMatchRoleDefinition');
    expect(requestStatus(await client.person(alex).activate(wish))).toBe('Provisioned');
  });

  it('a request name that is no GUID is refused', async () => {
    expect(outcome(await client.person(alex).activate({ ...reader, name: 'mine' }))).toBe('400 InvalidRequestContent');
  });

  it('a body larger than a megabyte is refused', async () => {
    const token = await client.token({ user: alex });
    const body = JSON.stringify({ padding: 'x'.repeat(1_100_000) });
    expect((await client.send(requestPath(production, randomUUID()), { method: 'PUT', token, body })).status).toBe(413);
  });
});

describe('the order of the checks', () => {
  it('a name that is taken is told before anything but a broken body', async () => {
    const name = randomUUID();
    await client.person(alex).activate({ ...reader, name });
    const again = await client.person(alex).activate({ ...reader, name });
    expect(outcome(again)).toBe('409 RoleAssignmentRequestExists');
    expect(text(again.body, 'error', 'message')).toContain(name);
    expect(outcome(await client.person(megan).activate({ ...contributor, principalId: alex, name }))).toBe('409 RoleAssignmentRequestExists');
    expect(outcome(await client.person(alex).activate({ ...reader, name: name.toUpperCase() }))).toBe('409 RoleAssignmentRequestExists');
  });

  it('nobody activates for another, not even an administrator', async () => {
    expect(outcome(await client.person(megan).activate(reader))).toBe('400 InsufficientPermissions');
    expect(outcome(await client.person(nestor).activate(reader))).toBe('400 InsufficientPermissions');
  });

  it('an application cannot activate', async () => {
    expect(outcome(await client.as({ app: 'pim-bot' }).activate({ ...reader, principalId: bot }))).toBe('400 InsufficientPermissions');
  });

  it('the group that holds the eligibility is not the principal', async () => {
    const wish = { role: 'Network Contributor', scope: rgWeb, principalId: onCall } as const;
    expect(outcome(await client.person(lee).activate(wish))).toBe('400 InsufficientPermissions');
  });

  it('a principal that the directory does not have is told', async () => {
    expect(outcome(await client.person(alex).activate({ ...reader, principalId: randomUUID() }))).toBe('400 SubjectNotFound');
  });

  it('without eligibility nothing else is looked at', async () => {
    const answer = await client.person(lee).activate({ ...reader, principalId: lee, duration: 'PT99H' });
    expect(outcome(answer)).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
    expect(failedRules(answer)).toEqual(['EligibilityRule']);
  });

  it('a request that waits stands in the way of another', async () => {
    await client.person(alex).activate(contributor);
    const second = await client.person(alex).activate({ ...contributor, duration: 'PT99H' });
    expect(outcome(second)).toBe('400 PendingRoleAssignmentRequest');
    expect(text(second.body, 'error', 'message')).toMatch(/existing pending|pending role assignment request/i);
  });

  it('a running activation stands in the way of another, before its rules are looked at', async () => {
    await client.person(alex).activate(reader);
    expect(outcome(await client.person(alex).activate({ ...reader, duration: 'PT99H' }))).toBe('400 RoleAssignmentExists');
  });

  it('a scheduled activation stands in the way of one that would run into it', async () => {
    const startDateTime = new Date(Date.now() + 600_000).toISOString();
    await client.person(alex).activate({ ...reader, properties: { scheduleInfo: { startDateTime, expiration: { type: 'AfterDuration', duration: 'PT30M' } } } });
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentExists');
    expect(requestStatus(await client.person(alex).activate({ ...reader, duration: 'PT9M' }))).toBe('Provisioned');
  });
});

describe('the rules of a role', () => {
  it('an activation longer than the maximum fails the ExpirationRule, one as long does not', async () => {
    expect(failedRules(await client.person(alex).activate({ ...reader, duration: 'PT30M0.001S' }))).toEqual(['ExpirationRule']);
    expect(failedRules(await client.person(alex).activate({ ...reader, properties: { scheduleInfo: { expiration: { type: 'NoExpiration' } } } }))).toEqual(['ExpirationRule']);
    expect(failedRules(await client.person(alex).activate({ ...reader, properties: { scheduleInfo: undefined } }))).toEqual(['ExpirationRule']);
    expect(requestStatus(await client.person(alex).activate({ ...reader, duration: 'PT30M' }))).toBe('Provisioned');
  });

  it('a role without settings of its own allows eight hours and asks for a justification', async () => {
    expect(failedRules(await client.person(alex).activate({ ...owner, duration: 'PT8H1M' }))).toEqual(['ExpirationRule']);
    expect(failedRules(await client.person(alex).activate({ ...owner, properties: { justification: '  ' } }))).toEqual(['JustificationRule']);
    expect(requestStatus(await client.person(alex).activate({ ...owner, duration: 'PT8H' }))).toBe('Provisioned');
  });

  it('a ticket needs number and system', async () => {
    const wish = { role: 'Website Contributor', scope: production, principalId: alex } as const;
    expect(failedRules(await client.person(alex).activate(wish))).toEqual(['TicketingRule']);
    expect(failedRules(await client.person(alex).activate({ ...wish, properties: { ticketInfo: { ticketNumber: 'INC1' } } }))).toEqual(['TicketingRule']);
    const ticketInfo = { ticketNumber: 'INC1', ticketSystem: 'ServiceNow' };
    const answer = await client.person(alex).activate({ ...wish, properties: { ticketInfo } });
    expect(at(answer.body, 'properties', 'ticketInfo')).toEqual(ticketInfo);
  });

  it('MFA is what the token says', async () => {
    const wish = { role: 'Key Vault Administrator', scope: production, principalId: alex } as const;
    expect(failedRules(await client.person(alex).activate(wish))).toEqual(['MfaRule']);
    expect(requestStatus(await client.person(alex, { amr: ['pwd', 'mfa'] }).activate(wish))).toBe('Provisioned');
  });

  it('all failing rules come in one list, in the documented wording', async () => {
    const wish = { role: 'Website Contributor', scope: production, principalId: alex, duration: 'PT9H', properties: { justification: '' } } as const;
    const answer = await client.person(alex).activate(wish);
    expect(text(answer.body, 'error', 'message')).toBe('The following policy rules failed: ["ExpirationRule","JustificationRule","TicketingRule"]');
  });

  it('a missing authentication context is told as a claims challenge, after the rules', async () => {
    const wish = { role: 'Security Reader', scope: production, principalId: alex } as const;
    expect(failedRules(await client.person(alex).activate({ ...wish, duration: 'PT9H' }))).toEqual(['ExpirationRule']);
    const answer = await client.person(alex).activate(wish);
    expect(outcome(answer)).toBe('400 RoleAssignmentRequestAcrsValidationFailed');
    expect(text(answer.body, 'error', 'message')).toBe('&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D');
    expect(outcome(await client.person(alex, { acrs: ['c2'] }).activate(wish))).toBe('400 RoleAssignmentRequestAcrsValidationFailed');
    expect(requestStatus(await client.person(alex, { acrs: ['c1'] }).activate(wish))).toBe('Provisioned');
  });

  it('less than five minutes are too short', async () => {
    expect(outcome(await client.person(alex).activate({ ...reader, duration: 'PT4M59S' }))).toBe('400 ActiveDurationTooShort');
    expect(requestStatus(await client.person(alex).activate({ ...reader, duration: 'PT5M' }))).toBe('Provisioned');
  });
});

describe('the eligibility behind an activation', () => {
  it('a member of a group, and of a group in it, holds what the group holds', async () => {
    const network = { role: 'Network Contributor', scope: rgWeb, principalId: lee } as const;
    expect(requestStatus(await client.person(lee).activate(network))).toBe('Provisioned');
    const nested = { role: 'Reader', scope: rgWeb, principalId: lee } as const;
    expect(requestStatus(await client.person(lee).activate(nested))).toBe('Provisioned');
    expect(failedRules(await client.person(megan).activate({ ...nested, principalId: megan }))).toEqual(['EligibilityRule']);
  });

  it('who left the group holds it no longer', async () => {
    const nested = { role: 'Reader', scope: rgWeb, principalId: diego } as const;
    const token = await client.token({ user: nestor }, graphAudience);
    const removed = await client.send(`/v1.0/groups/${platform}/members/${diego}/$ref`, { method: 'DELETE', token });
    expect(removed.status).toBe(204);
    expect(failedRules(await client.person(diego).activate(nested))).toEqual(['EligibilityRule']);
  });

  it('an eligibility at a broader scope entitles at a child, and not the other way round', async () => {
    expect(requestStatus(await client.person(alex).activate({ ...reader, scope: rgApp }))).toBe('Provisioned');
    expect(failedRules(await client.person(alex).activate({ ...contributor, scope: production }))).toEqual(['EligibilityRule']);
    const fromManagementGroup = { role: 'Monitoring Reader', scope: site, principalId: alex } as const;
    const answer = await client.person(alex).activate(fromManagementGroup);
    expect(text(answer.body, 'properties', 'linkedRoleEligibilityScheduleId')).toMatch(/^\/providers\/Microsoft\.Management\/managementGroups\/contoso\//);
  });

  it('at a child scope the stricter of both policies counts', async () => {
    const ticketInfo = { ticketNumber: 'INC1', ticketSystem: 'ServiceNow' };
    const wish = { role: 'Website Contributor', scope: rgWeb, principalId: alex } as const;
    // An hour and approval come from the child; ticket and justification from the subscription.
    expect(failedRules(await client.person(alex).activate({ ...wish, duration: 'PT61M', properties: { justification: '' } }))).toEqual(['ExpirationRule', 'JustificationRule', 'TicketingRule']);
    expect(requestStatus(await client.person(alex).activate({ ...wish, properties: { ticketInfo } }))).toBe('PendingApproval');
  });

  it('a linked eligibility must be one that the person holds for this role and scope', async () => {
    const listed = items(await client.person(alex).list('', 'roleEligibilityScheduleInstances', 'asTarget()'));
    const scheduleOf = (role: keyof typeof roleIds): string =>
      text(listed.find((item) => text(item, 'properties', 'roleDefinitionId').endsWith(roleIds[role])), 'properties', 'roleEligibilityScheduleId');
    const link = (linkedRoleEligibilityScheduleId: string): object => ({ linkedRoleEligibilityScheduleId });
    expect(failedRules(await client.person(alex).activate({ ...reader, properties: link(scheduleOf('Contributor')) }))).toEqual(['EligibilityRule']);
    expect(failedRules(await client.person(alex).activate({ ...reader, properties: link(randomUUID()) }))).toEqual(['EligibilityRule']);
    expect(requestStatus(await client.person(alex).activate({ ...reader, properties: link(scheduleOf('Reader')) }))).toBe('Provisioned');
  });

  it('an empty linked eligibility is none', async () => {
    expect(requestStatus(await client.person(alex).activate({ ...reader, properties: { linkedRoleEligibilityScheduleId: '' } }))).toBe('Provisioned');
  });

  it('an eligibility that ends takes the activation with it', async () => {
    await client.send('/emulator/clock', { method: 'POST', body: { now: '2098-12-31T23:00:00Z' } });
    const wish = { role: 'Network Contributor', scope: rgWeb, principalId: lee, duration: 'PT8H' } as const;
    await client.person(lee).activate(wish);
    const [instance] = items(await client.person(lee).list(rgWeb, 'roleAssignmentScheduleInstances', 'asTarget()'));
    expect(text(instance, 'properties', 'endDateTime')).toBe('2099-01-01T00:00:00.000Z');
    await client.advance('PT61M');
    expect(items(await client.person(lee).list(rgWeb, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
    expect(failedRules(await client.person(lee).activate(wish))).toEqual(['EligibilityRule']);
  });
});

describe('deactivation', () => {
  it('of nothing is refused', async () => {
    expect(outcome(await client.person(alex).deactivate(reader))).toBe('400 RoleAssignmentDoesNotExist');
  });

  it('is too early within five minutes, and then ends the activation', async () => {
    await client.person(alex).activate(reader);
    expect(outcome(await client.person(alex).deactivate(reader))).toBe('400 ActiveDurationTooShort');
    await client.advance('PT5M');
    const answer = await client.person(alex).deactivate(reader);
    expect([answer.status, requestStatus(answer)]).toEqual([201, 'Revoked']);
    expect(items(await client.person(alex).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
    expect(outcome(await client.person(alex).deactivate(reader))).toBe('400 RoleAssignmentDoesNotExist');
    expect(requestStatus(await client.person(alex).activate(reader))).toBe('Provisioned');
  });

  it('of another person is refused', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT6M');
    expect(outcome(await client.person(nestor).deactivate(reader))).toBe('400 InsufficientPermissions');
  });
});

describe('validation', () => {
  it('tells what would happen, and keeps nothing', async () => {
    expect(requestStatus(await client.person(alex).validate(reader))).toBe('Granted');
    expect(requestStatus(await client.person(alex).validate(contributor))).toBe('PendingEvaluation');
    expect(failedRules(await client.person(alex).validate({ ...reader, duration: 'PT9H' }))).toEqual(['ExpirationRule']);
    expect(items(await client.person(alex).call(listPath('', 'roleAssignmentScheduleRequests', 'asTarget()')))).toEqual([]);
  });
});

describe('cancelation', () => {
  it('takes back a request that waits, and one that has not begun', async () => {
    const waiting = randomUUID();
    await client.person(alex).activate({ ...contributor, name: waiting });
    const answer = await client.person(alex).cancel(rgApp, waiting);
    expect([answer.status, answer.body]).toEqual([200, undefined]);
    expect(requestStatus(await client.person(alex).read(rgApp, waiting))).toBe('Canceled');
    expect(requestStatus(await client.person(alex).activate(contributor))).toBe('PendingApproval');

    const later = randomUUID();
    const startDateTime = new Date(Date.now() + 3_600_000).toISOString();
    await client.person(alex).activate({ ...reader, name: later, properties: { scheduleInfo: { startDateTime, expiration: { type: 'AfterDuration', duration: 'PT30M' } } } });
    expect((await client.person(alex).cancel(production, later)).status).toBe(200);
    await client.advance('PT2H');
    expect(items(await client.person(alex).list(production, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
  });

  it('is refused to others, to what runs, and to what is not there', async () => {
    const name = randomUUID();
    await client.person(alex).activate({ ...contributor, name });
    expect(outcome(await client.person(megan).cancel(rgApp, name))).toBe('403 AuthorizationFailed');
    expect(outcome(await client.person(alex).cancel(rgApp, randomUUID()))).toBe('404 ResourceNotFound');
    expect(outcome(await client.person(alex).cancel(rgWeb, name))).toBe('404 ResourceNotFound');
    expect((await client.person(nestor).cancel(rgApp, name)).status).toBe(200);
    const running = randomUUID();
    await client.person(alex).activate({ ...reader, name: running });
    expect(outcome(await client.person(alex).cancel(production, running))).toBe('400 BadRequest');
  });
});
