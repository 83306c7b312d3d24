import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, at } from './emulator-client.ts';
import { breakGlass } from './engine.ts';
import { PimCaller, column, failure, forGood, graphSeed, group, groupActivation, groupReader, hours, idOf } from './graph-pim.ts';
import { alex, bot, diego, guest, lee, megan, nestor, opsLeads, platform } from './people.ts';

/** Membership and ownership of groups through Microsoft's Graph client: every call, and the exact form of its answer. */

let control: EmulatorClient;
beforeAll(async () => {
  control = await EmulatorClient.start({ seed: graphSeed });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const as = (user: string): PimCaller => new PimCaller(control, { user });
const requests = `${group}/assignmentScheduleRequests`;
const eligibilityRequests = `${group}/eligibilityScheduleRequests`;
const guid = '[0-9a-f]{8}-[0-9a-f-]{27}';
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

function scheduleId(groupId: string, accessId: string): unknown {
  return expect.stringMatching(new RegExp(`^${groupId}_${accessId}_${guid}$`));
}

describe('a request', () => {
  it('is answered in full, and its schedule is named by group and access', async () => {
    const answer = await as(alex).post(requests, groupActivation(breakGlass, alex, { customData: 'mine' }));
    expect(answer).toEqual({
      '@odata.context': `${control.emulator.origin}/v1.0/$metadata#${requests}/$entity`,
      id: expect.stringMatching(new RegExp(`^${guid}$`)),
      status: 'Provisioned',
      createdDateTime: moment,
      completedDateTime: moment,
      approvalId: null,
      customData: 'mine',
      action: 'selfActivate',
      principalId: alex,
      groupId: breakGlass,
      accessId: 'member',
      isValidationOnly: false,
      targetScheduleId: `${breakGlass}_member_${idOf(answer)}`,
      justification: 'because',
      createdBy: { application: null, device: null, user: { displayName: null, id: alex } },
      scheduleInfo: { startDateTime: moment, recurrence: null, expiration: { type: 'afterDuration', endDateTime: null, duration: 'PT1H' } },
      ticketInfo: { ticketNumber: 'INC1', ticketSystem: 'ServiceNow' },
    });
    expect(await as(alex).get(`${requests}/${idOf(answer)}?$expand=group,principal,targetSchedule`)).toMatchObject({
      group: { displayName: 'Production break-glass' },
      principal: { userPrincipalName: 'alex@contoso.example' },
      targetSchedule: { id: `${breakGlass}_member_${idOf(answer)}` },
    });
  });

  it.each([
    [{ accessId: 'guest' }, '400 InvalidRequestContent'],
    [{ accessId: 'owner' }, '400 RoleAssignmentRequestPolicyValidationFailed'],
    [{ groupId: alex }, '404 Request_ResourceNotFound'],
    [{ groupId: 'all' }, '400 InvalidRequestContent'],
    [{ principalId: megan }, '403 Authorization_RequestDenied'],
    [{ action: 'selfExtend' }, '400 InvalidRequestContent'],
    [{ action: 'selfRenew' }, '400 InvalidRequestContent'],
    [{ action: 'adminAssign' }, '403 Authorization_RequestDenied'],
    [{ ticketInfo: null }, '400 RoleAssignmentRequestPolicyValidationFailed'],
  ])('with %j is refused: %s', async (wrong, expected) => {
    expect(await failure(as(alex).post(requests, groupActivation(breakGlass, alex, wrong)))).toBe(expected);
    expect(await as(alex).mine(group, 'assignmentScheduleRequests')).toEqual([]);
  });

  it('takes each action that Graph has for groups, on either side', async () => {
    const target = { principalId: diego, groupId: breakGlass, accessId: 'owner', justification: 'duty' };
    const admin = async (action: string, path: string, more: object = {}): Promise<unknown> => at(await as(lee).post(path, { action, ...target, ...more }), 'status');
    for (const path of [requests, eligibilityRequests]) {
      expect(await admin('adminAssign', path, hours(5))).toBe('Provisioned');
      expect(await admin('adminUpdate', path, hours(6))).toBe('Provisioned');
      expect(await admin('adminExtend', path, hours(7))).toBe('Provisioned');
      await control.advance('PT8H');
      expect(await admin('adminRenew', path, forGood)).toBe('Provisioned');
      expect(await admin('adminRemove', path)).toBe('Revoked');
    }
  });

  it('names the schedule that it changes by its whole id', async () => {
    const target = { principalId: diego, groupId: breakGlass, accessId: 'member', justification: 'duty' };
    const made = await as(lee).post(requests, { action: 'adminAssign', ...target, ...hours(5) });
    const change = { action: 'adminUpdate', ...target, ...hours(6) };
    const other = `${breakGlass}_member_${alex}`;
    expect(await failure(as(lee).post(requests, { ...change, targetScheduleId: other }))).toBe('400 RoleAssignmentDoesNotExist');
    const changed = await as(lee).post(requests, { ...change, targetScheduleId: at(made, 'targetScheduleId') });
    expect(at(changed, 'targetScheduleId')).toBe(at(made, 'targetScheduleId'));
  });

  it('is judged without being kept, and taken back while it waits', async () => {
    expect(await as(alex).post(requests, groupActivation(opsLeads, alex, { isValidationOnly: true }))).toMatchObject({ status: 'PendingApproval', approvalId: null });
    expect(await as(alex).mine(group, 'assignmentScheduleRequests')).toEqual([]);
    const pending = idOf(await as(alex).post(requests, groupActivation(opsLeads)));
    expect(await failure(as(diego).post(`${requests}/${pending}/cancel`))).toBe('403 Authorization_RequestDenied');
    await as(alex).post(`${requests}/${pending}/cancel`);
    expect(await as(alex).get(`${requests}/${pending}`)).toMatchObject({ status: 'Canceled' });
    expect(await failure(as(alex).post(`${requests}/${pending}/cancel`))).toBe('400 BadRequest');
  });

  it('of a directory role is none of a group, and the other way round', async () => {
    const pending = idOf(await as(alex).post(requests, groupActivation(opsLeads)));
    expect(await failure(as(alex).get(`roleManagement/directory/roleAssignmentScheduleRequests/${pending}`))).toBe('404 Request_ResourceNotFound');
    expect(await as(alex).mine('roleManagement/directory', 'roleAssignmentScheduleRequests')).toEqual([]);
  });
});

describe('what one holds oneself', () => {
  it('eligibilities tell group, access and schedule', async () => {
    const instances = await as(alex).mine(group, 'eligibilityScheduleInstances', `?$filter=groupId eq '${platform}'&$expand=group`);
    expect(instances).toEqual([
      {
        '@odata.type': '#microsoft.graph.privilegedAccessGroupEligibilityScheduleInstance',
        id: scheduleId(platform, 'owner'),
        principalId: alex,
        groupId: platform,
        accessId: 'owner',
        startDateTime: moment,
        endDateTime: null,
        memberType: 'Direct',
        eligibilityScheduleId: at(instances, 0, 'id'),
        group: expect.objectContaining({ id: platform, displayName: 'Platform engineers' }),
      },
    ]);
    const [schedule] = await as(alex).mine(group, 'eligibilitySchedules', `?$filter=accessId eq 'owner'`);
    expect(schedule).toMatchObject({ id: at(instances, 0, 'eligibilityScheduleId'), status: 'Provisioned', scheduleInfo: { expiration: { type: 'noExpiration' } } });
    expect(await as(alex).get(`${group}/eligibilitySchedules/${idOf(schedule)}`)).toMatchObject({ id: idOf(schedule) });
    expect(await as(alex).get(`${group}/eligibilityScheduleInstances/${idOf(schedule)}`)).toMatchObject({ accessId: 'owner' });
  });

  it('an activation tells its schedule and what it was activated from', async () => {
    const request = await as(alex).post(requests, groupActivation());
    const [instance] = await as(alex).mine(group, 'assignmentScheduleInstances', '?$expand=activatedUsing,principal');
    expect(instance).toMatchObject({
      id: scheduleId(breakGlass, 'member'),
      assignmentScheduleId: at(request, 'targetScheduleId'),
      assignmentType: 'Activated',
      activatedUsing: { groupId: breakGlass, accessId: 'member' },
      principal: { id: alex },
    });
    const [schedule] = await as(alex).mine(group, 'assignmentSchedules');
    expect(schedule).toMatchObject({ id: at(request, 'targetScheduleId'), createdUsing: idOf(request), assignmentType: 'Activated' });
  });

  it.each(['createdBy', 'approver'])('instances do not go by %s', async (on) => {
    expect(await failure(as(alex).get(`${group}/assignmentScheduleInstances/filterByCurrentUser(on='${on}')`))).toBe('400 BadRequest');
  });
});

describe("everybody's", () => {
  const instances = `${group}/eligibilityScheduleInstances`;

  it('are listed for one group or one principal only', async () => {
    for (const filter of ['', "?$filter=accessId eq 'member'", `?$filter=groupId eq '${breakGlass}' or accessId eq 'member'`]) {
      expect(await failure(as(nestor).get(`${instances}${filter}`))).toBe('400 BadRequest');
    }
    expect(column(await as(nestor).list(`${instances}?$filter=groupId eq '${breakGlass}'`), 'principalId')).toEqual([alex, megan]);
    expect(column(await as(nestor).list(`${instances}?filter=principalId eq '${alex}'`), 'groupId')).toEqual([opsLeads, breakGlass, platform]);
    expect(column(await as(guest).list(`${instances}?$filter=principalId eq '${alex}' and accessId eq 'owner'`), 'groupId')).toEqual([platform]);
  });

  it('of a group are for its owners and members, and for those who read all', async () => {
    const ofGroup = `${instances}?$filter=groupId eq '${breakGlass}'`;
    expect(await as(lee).list(ofGroup)).toHaveLength(2);
    expect(await new PimCaller(control, groupReader).list(ofGroup)).toHaveLength(2);
    expect(await failure(as(diego).get(ofGroup))).toBe('403 Authorization_RequestDenied');
    expect(await failure(as(alex).get(ofGroup))).toBe('403 Authorization_RequestDenied');
    await as(alex).post(requests, groupActivation());
    expect(await as(alex).list(ofGroup)).toHaveLength(2);
  });

  it('of a principal are what the caller may see of them', async () => {
    expect(column(await as(alex).list(`${instances}?$filter=principalId eq '${alex}'`), 'groupId')).toEqual([opsLeads, breakGlass, platform]);
    expect(column(await as(alex).list(`${instances}?$filter=principalId eq '${alex}' and groupId eq '${breakGlass}'`), 'accessId')).toEqual(['member']);
    expect(column(await as(lee).list(`${instances}?$filter=principalId eq '${alex}'`), 'groupId')).toEqual([breakGlass, platform]);
    expect(await as(diego).list(`${instances}?$filter=principalId eq '${megan}'`)).toEqual([]);
  });

  it('requests and assignments follow the same rules', async () => {
    const request = idOf(await as(alex).post(requests, groupActivation()));
    for (const collection of ['assignmentScheduleRequests', 'assignmentSchedules', 'assignmentScheduleInstances']) {
      expect(await failure(as(nestor).get(`${group}/${collection}`))).toBe('400 BadRequest');
      expect(column(await as(lee).list(`${group}/${collection}?$filter=groupId eq '${breakGlass}'`), 'principalId')).toEqual([alex]);
      expect(await failure(as(diego).get(`${group}/${collection}?$filter=groupId eq '${breakGlass}'`))).toBe('403 Authorization_RequestDenied');
    }
    expect(await failure(as(diego).get(`${requests}/${request}`))).toBe('403 Authorization_RequestDenied');
    expect(await as(lee).get(`${requests}/${request}`)).toMatchObject({ principalId: alex });
  });

  it('an application may be made a member', async () => {
    const body = { action: 'adminAssign', principalId: bot, groupId: breakGlass, accessId: 'member', justification: 'duty', ...hours(1) };
    expect(await as(lee).post(requests, body)).toMatchObject({ status: 'Provisioned' });
    const [instance] = await as(lee).list(`${group}/assignmentScheduleInstances?$filter=groupId eq '${breakGlass}'&$expand=principal`);
    expect(instance).toMatchObject({ principal: { '@odata.type': '#microsoft.graph.servicePrincipal', displayName: 'pim-bot' } });
  });
});
