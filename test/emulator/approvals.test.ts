import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EmulatorClient, approvalPath, approvalVersion, at, failedRules, graphAudience, items, outcome, requestStatus, stagePath, text } from './emulator-client.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import { alex, diego, guest, lee, megan, nestor, onCall, opsLeads, rgApp, seed } from './people.ts';

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

/** Alex's request for Contributor, which Megan and the members of Ops leads may decide. */
async function ask(principalId = alex): Promise<string> {
  const name = randomUUID();
  await client.person(principalId).activate({ role: 'Contributor', scope: rgApp, principalId, name });
  return name;
}

async function clockNow(): Promise<number> {
  return Date.parse(text((await client.send('/emulator/clock')).body, 'now'));
}

describe('a decision', () => {
  it('to approve makes the role active', async () => {
    const name = await ask();
    const answer = await client.person(megan).decide(name, 'Approve', 'go ahead');
    expect(answer.status).toBe(200);
    expect(at(answer.body, 'properties')).toMatchObject({
      status: 'Completed',
      reviewResult: 'Approve',
      justification: 'go ahead',
      assignedToMe: false,
      reviewedBy: { principalId: megan, principalType: 'user', principalName: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' },
    });
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('Provisioned');
    expect(items(await client.person(alex).list(rgApp, 'roleAssignmentScheduleInstances', 'asTarget()'))).toHaveLength(1);
  });

  it('to deny ends the request', async () => {
    const name = await ask();
    expect((await client.person(megan).decide(name, 'Deny')).status).toBe(200);
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('Denied');
    expect(items(await client.person(alex).list(rgApp, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
  });

  it('is taken by PATCH and PUT, flat and wrapped, in any case', async () => {
    const bodies = [{ reviewResult: 'Approve', justification: 'ok' }, { properties: { ReviewResult: 'approve', Justification: 'ok' } }];
    for (const method of ['PATCH', 'PUT']) {
      for (const body of bodies) {
        await client.reset();
        const name = await ask();
        expect((await client.person(megan).call(stagePath(name), { method, body })).status).toBe(200);
        expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('Provisioned');
      }
    }
  });

  it('comes once: the second is a conflict, whoever makes it', async () => {
    const name = await ask();
    await client.person(megan).decide(name, 'Deny');
    expect(outcome(await client.person(diego).decide(name, 'Approve'))).toBe('409 Conflict');
    expect(outcome(await client.person(megan).decide(name, 'Deny'))).toBe('409 Conflict');
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('Denied');
  });

  it('needs a reason and a result', async () => {
    const name = await ask();
    expect(failedRules(await client.person(megan).decide(name, 'Approve', ' '))).toEqual(['JustificationRule']);
    const answer = await client.person(megan).call(stagePath(name), { method: 'PATCH', body: { reviewResult: 'Perhaps', justification: 'ok' } });
    expect(outcome(answer)).toBe('400 InvalidRequestContent');
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('PendingApproval');
  });

  it('for a later start grants the request', async () => {
    const name = randomUUID();
    const startDateTime = new Date(new Date().getTime() + 3_600_000).toISOString();
    const scheduleInfo = { startDateTime, expiration: { type: 'AfterDuration', duration: 'PT1H' } };
    await client.person(alex).activate({ role: 'Contributor', scope: rgApp, principalId: alex, name, properties: { scheduleInfo } });
    await client.person(megan).decide(name, 'Approve');
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('Granted');
    await client.advance('PT1H');
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('Provisioned');
  });

  it('after the asked-for start begins the activation at the decision, at its full length', async () => {
    const name = await ask();
    await client.advance('PT3H');
    await client.person(megan).decide(name, 'Approve');
    const [instance] = items(await client.person(alex).list(rgApp, 'roleAssignmentScheduleInstances', 'asTarget()'));
    const length = Date.parse(text(instance, 'properties', 'endDateTime')) - Date.parse(text(instance, 'properties', 'startDateTime'));
    expect(length).toBe(3_600_000);
  });

  it('that comes so late that two activations would overlap lets the later one fail', async () => {
    const [later, now] = [randomUUID(), await clockNow()];
    const scheduleInfo = { startDateTime: new Date(now + 90 * 60_000).toISOString(), expiration: { type: 'AfterDuration', duration: 'PT1H' } };
    await client.person(alex).activate({ role: 'Contributor', scope: rgApp, principalId: alex, name: later, properties: { scheduleInfo } });
    await client.person(megan).decide(later, 'Approve');
    const sooner = await ask();
    await client.advance('PT80M');
    await client.person(megan).decide(sooner, 'Approve');
    expect(requestStatus(await client.person(alex).read(rgApp, sooner))).toBe('Provisioned');
    await client.advance('PT11M');
    expect(requestStatus(await client.person(alex).read(rgApp, later))).toBe('Failed');
    expect(items(await client.person(alex).list(rgApp, 'roleAssignmentScheduleInstances', 'asTarget()'))).toHaveLength(1);
  });
});

describe('who decides', () => {
  it('nobody decides on their own request, though they are an approver', async () => {
    const name = await ask(megan);
    expect(outcome(await client.person(megan).decide(name, 'Approve'))).toBe('403 AuthorizationFailed');
    const [stage] = items(await client.person(megan).stages(name));
    expect(at(stage, 'properties', 'assignedToMe')).toBe(false);
    expect(items(await client.person(megan).list('', 'roleAssignmentApprovals', 'asApprover()'))).toEqual([]);
    expect((await client.person(diego).decide(name, 'Approve')).status).toBe(200);
  });

  it.each([['a stranger', lee], ['the requester', alex], ['an administrator', nestor], ['a guest', guest]])('%s is refused', async (_title, user) => {
    const name = await ask();
    expect(outcome(await client.person(user).decide(name, 'Approve'))).toBe('403 AuthorizationFailed');
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('PendingApproval');
  });

  it('an application is refused', async () => {
    const name = await ask();
    expect(outcome(await client.as({ app: 'pim-bot' }).decide(name, 'Approve'))).toBe('403 AuthorizationFailed');
  });

  it('an approver removed from the group is refused, and one who was added is not', async () => {
    const name = await ask();
    const token = await client.token({ user: nestor }, graphAudience);
    await client.send(`/v1.0/groups/${opsLeads}/members/${diego}/$ref`, { method: 'DELETE', token });
    expect(outcome(await client.person(diego).decide(name, 'Approve'))).toBe('403 AuthorizationFailed');
    const body = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${lee}` };
    expect((await client.send(`/v1.0/groups/${opsLeads}/members/$ref`, { method: 'POST', token, body })).status).toBe(204);
    expect((await client.person(lee).decide(name, 'Approve')).status).toBe(200);
  });

  it('an approval fails when the eligibility is gone by then', async () => {
    // Only through the group does Lee hold a role that asks for approval here.
    const byGroup: Seed = {
      ...seed,
      eligible: [{ kind: 'azure', principalId: onCall, role: 'Contributor', scope: rgApp }],
    };
    await using other = await EmulatorClient.start({ seed: byGroup });
    const name = randomUUID();
    await other.person(lee).activate({ role: 'Contributor', scope: rgApp, principalId: lee, name });
    const token = await other.token({ user: nestor }, graphAudience);
    await other.send(`/v1.0/groups/${onCall}/members/${lee}/$ref`, { method: 'DELETE', token });
    expect((await other.person(megan).decide(name, 'Approve')).status).toBe(200);
    expect(requestStatus(await other.person(lee).read(rgApp, name))).toBe('Failed');
    expect(items(await other.person(lee).list(rgApp, 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
  });
});

describe('the time of an approver', () => {
  it('ends after 24 hours: the request has timed out and its stage expired', async () => {
    const name = await ask();
    await client.advance('PT23H59M');
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('PendingApproval');
    await client.advance('PT1M');
    expect(requestStatus(await client.person(alex).read(rgApp, name))).toBe('TimedOut');
    expect(outcome(await client.person(megan).decide(name, 'Approve'))).toBe('409 Conflict');
    const [stage] = items(await client.person(megan).stages(name));
    expect(at(stage, 'properties')).toMatchObject({ status: 'Expired', reviewResult: 'NotReviewed', reviewedBy: null });
  });

  it('ends when the requester takes the request back', async () => {
    const name = await ask();
    await client.person(alex).cancel(rgApp, name);
    expect(outcome(await client.person(megan).decide(name, 'Approve'))).toBe('409 Conflict');
  });
});

describe('reading approvals', () => {
  it('each filter tells its own, at the tenant root and at a scope', async () => {
    const name = await ask();
    const names = async (user: string, filter: string, scope = ''): Promise<readonly string[]> =>
      items(await client.person(user).list(scope, 'roleAssignmentApprovals', filter)).map((item) => text(item, 'name'));
    expect(await names(megan, 'asApprover()')).toEqual([name]);
    expect(await names(diego, 'asApprover()', rgApp)).toEqual([name]);
    expect(await names(lee, 'asApprover()')).toEqual([]);
    expect(await names(alex, 'asTarget()')).toEqual([name]);
    expect(await names(alex, 'asCreatedBy()')).toEqual([name]);
    expect(await names(megan, 'asCreatedBy()')).toEqual([]);
    expect(outcome(await client.person(megan).list(rgApp, 'roleAssignmentApprovals'))).toBe('400 InsufficientPermissions');
    expect(items(await client.person(nestor).list(rgApp, 'roleAssignmentApprovals'))).toHaveLength(1);
  });

  it('one, its stages and its stage are shown to those it concerns', async () => {
    const name = await ask();
    const one = `${approvalPath(name)}?api-version=${approvalVersion}`;
    for (const user of [alex, megan, diego, nestor]) {
      const approval = await client.person(user).call(one);
      expect(text(approval.body, 'properties', 'stages', 0, 'properties', 'status')).toBe('InProgress');
      expect(at((await client.person(user).call(stagePath(name))).body, 'properties', 'assignedToMe')).toBe(user === megan || user === diego);
    }
    expect(outcome(await client.person(lee).call(one))).toBe('403 AuthorizationFailed');
    expect(outcome(await client.person(lee).stages(name))).toBe('403 AuthorizationFailed');
    expect((await client.person(megan).call(`${rgApp}${one}`)).status).toBe(200);
  });

  it('what is not there is not found', async () => {
    const name = await ask();
    expect(outcome(await client.person(megan).stages(randomUUID()))).toBe('404 ResourceNotFound');
    const wrongStage = `${approvalPath(name)}/stages/${randomUUID()}?api-version=${approvalVersion}`;
    expect(outcome(await client.person(megan).call(wrongStage))).toBe('404 ResourceNotFound');
  });

  it('a decided request waits for nobody', async () => {
    const name = await ask();
    expect(items(await client.person(megan).list('', 'roleAssignmentScheduleRequests', 'asApprover()'))).toHaveLength(1);
    await client.person(megan).decide(name, 'Approve');
    expect(items(await client.person(megan).list('', 'roleAssignmentScheduleRequests', 'asApprover()'))).toEqual([]);
    expect(items(await client.person(megan).list('', 'roleAssignmentApprovals', 'asApprover()'))).toEqual([]);
  });
});
