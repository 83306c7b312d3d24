import type { Client } from '@microsoft/microsoft-graph-client';
import { expect, it } from 'vitest';
import type { GraphOperation } from '../../src/emulator/graph/call.ts';
import { graphOperations } from '../../src/emulator/graph/router.ts';
import { matchPath } from '../../src/emulator/route.ts';
import { EmulatorClient, at, items, text } from './emulator-client.ts';
import { unit } from './engine.ts';
import { graphClient } from './graph-client.ts';
import { activation, directory, forGood, graphSeed, group, groupActivation, idOf, policies, policyAssignments, roles } from './graph-pim.ts';
import { alex, bot, diego, lee, megan, nestor, opsLeads, platform } from './people.ts';

/** Every operation of Microsoft Graph that the service has is called here by Microsoft's own client, and answered. */

it("Microsoft's own client has called every operation that is served, and was answered", async () => {
  await using control = await EmulatorClient.start({ seed: graphSeed });
  await usersAndGroups(control);
  await pimOf(control, directory);
  await pimOf(control, group);
  await approvals(control);
  await settings(control);
  const calls = items(await control.send('/emulator/audit')).filter((entry) => /^\/(v1\.0|beta)\//.test(String(at(entry, 'path'))) && at(entry, 'inBatch') === undefined);
  const refused = calls.filter((entry) => Number(at(entry, 'status')) >= 300);
  expect(refused).toEqual([]);
  const called = new Set(calls.flatMap((entry) => operationOf(text(entry, 'method'), text(entry, 'path'))));
  process.stdout.write(`${calls.length} calls of Microsoft's Graph client, of ${called.size} operations\n`);
  expect(graphOperations.filter((operation) => !called.has(operation)).map(nameOf)).toEqual([]);
});

function operationOf(method: string, path: string): readonly GraphOperation[] {
  const [version = '', ...segments] = path.split('/').slice(1);
  const found = graphOperations.find((operation) => operation.method === method && (operation.only ?? version) === version && matchPath(operation.path, segments) !== null);
  return found === undefined ? [] : [found];
}

function nameOf({ method, path, only }: GraphOperation): string {
  return [method, path, ...(only === undefined ? [] : [only])].join(' ');
}

/** One caller of the real client; `path` may begin with `/beta/`. */
class Caller {
  readonly #client: Client;

  constructor(control: EmulatorClient, user: string) {
    this.#client = graphClient(control, { user });
  }

  async send(method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object): Promise<unknown> {
    const beta = '/beta/';
    const request = path.startsWith(beta) ? this.#client.api(path.slice(beta.length)).version('beta') : this.#client.api(path);
    const answer: unknown = method === 'get' || method === 'delete' ? await request[method]() : await request[method](body);
    return answer;
  }

  /** The id of the first item of a collection, which must have one. */
  async first(path: string): Promise<string> {
    return text(await this.send('get', path), 'value', 0, 'id');
  }
}

async function usersAndGroups(control: EmulatorClient): Promise<void> {
  const administrator = new Caller(control, nestor);
  const cast = 'microsoft.graph';
  const ofLee = `users/${lee}`;
  const ofGroup = `groups/${platform}`;
  const read = [
    'users', ofLee, 'me', 'me/transitiveMemberOf', `me/transitiveMemberOf/${cast}.group`, `${ofLee}/transitiveMemberOf`, `${ofLee}/transitiveMemberOf/${cast}.group`,
    'groups', ofGroup, `${ofGroup}/members`, `${ofGroup}/members/${cast}.user`, `${ofGroup}/transitiveMembers`, `${ofGroup}/transitiveMembers/${cast}.user`, `${ofGroup}/owners`,
    'servicePrincipals', `servicePrincipals/${bot}`, 'directory/administrativeUnits', `directory/administrativeUnits/${unit}`,
  ];
  for (const path of read) {
    await administrator.send('get', path);
  }
  for (const path of ['me/getMemberGroups', `${ofLee}/getMemberGroups`]) {
    await administrator.send('post', path, { securityEnabledOnly: true });
  }
  await administrator.send('post', 'directoryObjects/getByIds', { ids: [lee] });
  await administrator.send('post', `${ofGroup}/members/$ref`, { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${alex}` });
  await administrator.send('delete', `${ofGroup}/members/${alex}/$ref`);
  await administrator.send('post', '$batch', { requests: [{ id: '1', method: 'GET', url: '/me' }] });
}

/** Both sides of directory roles, or of groups: what an administrator gives and takes back, and everybody reads. */
async function pimOf(control: EmulatorClient, branch: string): Promise<void> {
  const administrator = new Caller(control, nestor);
  const isDirectory = branch === directory;
  const place = isDirectory ? { roleDefinitionId: roles.reportsReader, directoryScopeId: '/' } : { groupId: opsLeads, accessId: 'member' };
  const filter = isDirectory ? '' : `?$filter=groupId eq '${opsLeads}'`;
  for (const side of ['assignment', 'eligibility']) {
    const name = isDirectory ? `role${side.slice(0, 1).toUpperCase()}${side.slice(1)}` : side;
    const requests = `${branch}/${name}ScheduleRequests`;
    const assign = { action: 'adminAssign', ...place, justification: 'because' };
    await administrator.send('post', requests, { ...assign, ...forGood, principalId: diego });
    const later = { scheduleInfo: { startDateTime: '2098-01-01T00:00:00Z', expiration: { type: 'AfterDuration', duration: 'P1D' } } };
    const planned = await administrator.send('post', requests, { ...assign, ...later, principalId: lee });
    for (const collection of [`${name}ScheduleRequests`, `${name}Schedules`, `${name}ScheduleInstances`]) {
      const id = await administrator.first(`${branch}/${collection}${filter}`);
      await administrator.send('get', `${branch}/${collection}/${id}`);
      await new Caller(control, diego).first(`${branch}/${collection}/filterByCurrentUser(on='principal')`);
    }
    await administrator.send('post', `${requests}/${idOf(planned)}/cancel`);
  }
}

async function approvals(control: EmulatorClient): Promise<void> {
  const [requester, approver] = [new Caller(control, alex), new Caller(control, megan)];
  const places = [
    { requests: `${directory}/roleAssignmentScheduleRequests`, wish: activation(roles.userAdministrator), approvals: `/beta/${directory}/roleAssignmentApprovals`, stages: 'steps' },
    { requests: `${group}/assignmentScheduleRequests`, wish: groupActivation(opsLeads), approvals: `${group}/assignmentApprovals`, stages: 'stages' },
    { requests: `${group}/assignmentScheduleRequests`, wish: groupActivation(opsLeads), approvals: `/beta/${group}/assignmentApprovals`, stages: 'steps' },
  ];
  for (const { requests, wish, approvals, stages } of places) {
    const asked = await requester.send('post', requests, wish);
    const id = await approver.first(`${approvals}/filterByCurrentUser(on='approver')`);
    expect(id).toBe(idOf(asked));
    await approver.send('get', `${approvals}/${id}`);
    const stage = `${approvals}/${id}/${stages}/${await approver.first(`${approvals}/${id}/${stages}`)}`;
    expect(await approver.send('get', stage)).toMatchObject({ status: 'InProgress' });
    await approver.send('patch', stage, { reviewResult: 'Deny', justification: 'not now' });
    expect(await approver.send('get', `${requests}/${id}`)).toMatchObject({ status: 'Denied' });
  }
}

async function settings(control: EmulatorClient): Promise<void> {
  const administrator = new Caller(control, nestor);
  await administrator.send('get', `${directory}/roleDefinitions/${await administrator.first(`${directory}/roleDefinitions`)}`);
  const filter = "?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'";
  await administrator.send('get', `${policyAssignments}/${await administrator.first(`${policyAssignments}${filter}`)}`);
  const policy = `${policies}/${await administrator.first(`${policies}${filter}`)}`;
  await administrator.send('get', policy);
  await administrator.first(`${policy}/rules`);
  const rule = `${policy}/rules/Expiration_EndUser_Assignment`;
  await administrator.send('patch', rule, { '@odata.type': '#microsoft.graph.unifiedRoleManagementPolicyExpirationRule', maximumDuration: 'PT3H' });
  expect(await administrator.send('get', rule)).toMatchObject({ maximumDuration: 'PT3H' });
  await administrator.send('get', `auditLogs/directoryAudits/${await administrator.first('auditLogs/directoryAudits')}`);
}
