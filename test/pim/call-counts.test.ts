import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';

/**
 * How many calls to Azure Resource Manager and to Microsoft Graph each thing costs that a person does in the chat, counted
 * by the local PIM service and compared with the table of docs/performance.md.
 */

const guid = (group: string, number: number): string => `${group}00000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const alex = guid('a1e', 1);
const megan = guid('a1e', 2);
const nestor = guid('a1e', 3);
const leads = guid('b2e', 1);
const engineers = guid('b2e', 2);
const contoso = '/providers/Microsoft.Management/managementGroups/contoso';
const subscription = (number: number): string => `/subscriptions/${guid('c3e', number)}`;

/** A tenant of so many subscriptions, in each of which Alex may activate Reader, and Nestor administers. */
function tenantOf(subscriptions: number): Seed {
  const numbers = Array.from({ length: subscriptions }, (_, index) => index + 1);
  const rgApp = `${subscription(1)}/resourceGroups/rg-app`;
  const approval = { elevationDuration: 'PT2H', approvalOnElevation: true, approverIds: [leads] };
  return {
    tenantId: guid('d4e', 1),
    people: [
      { id: alex, name: 'Alex Wilber', userPrincipalName: 'alex@contoso.example' },
      { id: megan, name: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' },
      { id: nestor, name: 'Nestor Wilke', userPrincipalName: 'nestor@contoso.example' },
      { id: guid('a1e', 4), name: 'Lee Gu', userPrincipalName: 'lee@contoso.example' },
    ],
    groups: [{ id: leads, name: 'Ops leads', members: [megan] }, { id: engineers, name: 'Engineers', members: [] }],
    apps: [{ id: guid('e5e', 1), name: 'pim-bot', roles: [{ role: 'Reader', scope: contoso }], permissions: botPermissions }],
    scopes: [{ id: contoso, name: 'Contoso' }, ...numbers.map((number) => ({ id: subscription(number), name: `Team ${number}`, parent: contoso })), { id: rgApp }],
    administrators: [{ principalId: nestor, scope: contoso }, { kind: 'entra', principalId: nestor }],
    eligible: [
      ...numbers.map((number) => ({ kind: 'azure' as const, principalId: alex, role: 'Reader', scope: subscription(number) })),
      { kind: 'azure', principalId: alex, role: 'Contributor', scope: rgApp },
      { kind: 'entra', principalId: alex, role: 'Reports Reader', scope: '/' },
      { kind: 'group', principalId: alex, role: 'member', scope: engineers },
    ],
    assigned: [{ kind: 'azure', principalId: alex, role: 'Monitoring Reader', scope: rgApp }],
    settings: [{ kind: 'azure', role: 'Contributor', scope: rgApp, settings: approval }, { kind: 'entra', role: 'Reports Reader', scope: '/', settings: approval }],
  };
}

const botPermissions = [
  'GroupMember.Read.All', 'User.Read.All', 'RoleAssignmentSchedule.Read.Directory', 'RoleManagementPolicy.Read.Directory',
  'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'RoleManagementPolicy.Read.AzureADGroup', 'AuditLog.Read.All',
];

interface People {
  readonly alex: FakePerson;
  readonly megan: FakePerson;
  readonly nestor: FakePerson;
}

/** What a person types, or the button that they press on the newest card that has it; and a part of what they are answered. */
type Operation = { readonly name: string; readonly atOnce?: true; readonly again?: never; readonly everyMinute: true } | {
  readonly name: string;
  readonly who: keyof People;
  readonly answer: string;
  /** Right after the operation before, so that what was asked for then may still be kept. */
  readonly atOnce?: true;
  /** It has a row already, and is what the next operation needs. */
  readonly again?: true;
  /** PIM takes it, and its answers are lost. */
  readonly unanswered?: true;
  readonly everyMinute?: never;
} & ({ readonly text: string } | { readonly verb: string; readonly inputs: Readonly<Record<string, string>> });

const filled = { minutes: '60', justification: 'Deploy' };

const contributorForm = { name: '`activate Contributor on rg-app`: the form', who: 'alex', text: 'activate Contributor on rg-app', answer: 'Approval needed' } as const;
const contributorSent = { name: 'Send the request, and ask the approvers', who: 'alex', verb: 'activation.submit', inputs: filled, answer: 'Waiting for approval', atOnce: true } as const;

const operations: readonly Operation[] = [
  { name: '`roles`', who: 'alex', text: 'roles', answer: 'Your roles' },
  { name: '`roles`, again within twenty seconds', who: 'alex', text: 'roles', answer: 'Your roles', atOnce: true },
  { name: '`active`', who: 'alex', text: 'active', answer: 'Monitoring Reader' },
  { name: '`activate Reader on Team 1`: the form', who: 'alex', text: 'activate Reader on Team 1', answer: 'Activate a role' },
  { name: '`activate Reader on rg-app`: the form, for a resource group below a subscription', who: 'alex', text: 'activate Reader on rg-app', answer: 'Activate a role' },
  contributorForm,
  { name: 'Check with PIM', who: 'alex', verb: 'activation.validate', inputs: filled, answer: 'PIM would ask for approval', atOnce: true },
  contributorSent,
  { name: '`approvals`', who: 'megan', text: 'approvals', answer: 'Waiting for you (1)' },
  { name: 'Approve, and tell the requester', who: 'megan', verb: 'approval.approve', inputs: { reason: 'Reviewed' }, answer: 'Approved', atOnce: true },
  { name: '`deactivate Contributor on rg-app`', who: 'alex', text: 'deactivate Contributor on rg-app', answer: 'Deactivated' },
  { ...contributorForm, again: true },
  { ...contributorSent, again: true, unanswered: true, answer: 'Checking with PIM' },
  { name: 'Check again, and ask the approvers', who: 'alex', verb: 'activation.check', inputs: {}, answer: 'Waiting for approval', atOnce: true },
  { name: 'Withdraw', who: 'alex', verb: 'activation.withdraw', inputs: {}, answer: 'Withdrawn', atOnce: true },
  { ...contributorForm, again: true },
  { ...contributorSent, again: true },
  { name: 'Deny, and tell the requester', who: 'megan', verb: 'approval.deny', inputs: { reason: 'Not today' }, answer: 'Denied', atOnce: true },
  { name: '`activate Reader on Team 1`: the form', who: 'alex', text: 'activate Reader on Team 1', answer: 'Activate a role', again: true },
  { name: 'Send a request that needs no approval', who: 'alex', verb: 'activation.submit', inputs: filled, answer: 'Active until', atOnce: true },
  { name: '`deactivate Reader on Team 1`', who: 'alex', text: 'deactivate Reader on Team 1', answer: 'Deactivated' },
  { name: '`activate Reports Reader`: the form, for an Entra role', who: 'alex', text: 'activate Reports Reader', answer: 'Approval needed' },
  { name: 'Send the request for the Entra role, and ask the approvers', who: 'alex', verb: 'activation.submit', inputs: filled, answer: 'Waiting for approval', atOnce: true },
  { name: 'Approve the Entra role, and tell the requester', who: 'megan', verb: 'approval.approve', inputs: { reason: 'Reviewed' }, answer: 'Approved', atOnce: true },
  { name: '`deactivate Reports Reader`', who: 'alex', text: 'deactivate Reports Reader', answer: 'Deactivated' },
  { name: '`activate member of Engineers`: the form, for a membership of a group', who: 'alex', text: 'activate member of Engineers', answer: 'Activate a role' },
  { name: 'Send the request for the membership, which needs no approval', who: 'alex', verb: 'activation.submit', inputs: filled, answer: 'Active until', atOnce: true },
  { name: '`deactivate member of Engineers`', who: 'alex', text: 'deactivate member of Engineers', answer: 'Deactivated' },
  { name: '`who has Contributor on rg-app`', who: 'nestor', text: 'who has Contributor on rg-app', answer: 'Who has this role' },
  { name: '`who has Contributor`', who: 'nestor', text: 'who has Contributor', answer: 'Who has this role' },
  { name: '`who is Alex Wilber`', who: 'nestor', text: 'who is Alex Wilber', answer: 'Roles held' },
  { name: '`who is Alex Wilber on Team 1`', who: 'nestor', text: 'who is Alex Wilber on Team 1', answer: 'Roles held' },
  { name: '`who am I`', who: 'alex', text: 'who am I', answer: 'Roles held' },
  { name: '`assignments on Team 1`', who: 'nestor', text: 'assignments on Team 1', answer: 'Who has which role here' },
  { name: '`assign Reader on rg-app to Lee Gu`: what it would be', who: 'nestor', text: 'assign Reader on rg-app to Lee Gu', answer: 'Assign this role?' },
  { name: 'Confirm the assignment', who: 'nestor', verb: 'assignment.confirm', inputs: { justification: 'On call' }, answer: 'Assigned', atOnce: true },
  { name: '`unassign Reader on rg-app from Lee Gu`: what it would be', who: 'nestor', text: 'unassign Reader on rg-app from Lee Gu', answer: 'Take this role away?' },
  { name: 'Confirm the removal', who: 'nestor', verb: 'assignment.confirm', inputs: { justification: 'Left' }, answer: 'Taken away', atOnce: true },
  { name: '`settings Contributor on rg-app`', who: 'nestor', text: 'settings Contributor on rg-app', answer: 'Ops leads' },
  { name: '`settings apply Contributor on rg-app {…}`: what it would be', who: 'nestor', text: 'settings apply Contributor on rg-app {"elevationDuration": "PT1H"}', answer: '1 h (PT1H)' },
  { name: 'Confirm the change', who: 'nestor', verb: 'settings.confirm', inputs: {}, answer: 'PIM has confirmed it.', atOnce: true },
  { name: '`settings Reports Reader`', who: 'nestor', text: 'settings Reports Reader', answer: 'Ops leads' },
  { name: '`settings apply Reports Reader {…}`: what it would be', who: 'nestor', text: 'settings apply Reports Reader {"elevationDuration": "PT1H"}', answer: '1 h (PT1H)' },
  { name: 'Confirm the change for the Entra role', who: 'nestor', verb: 'settings.confirm', inputs: {}, answer: 'PIM has confirmed it.', atOnce: true },
  { name: '`settings member of Engineers`', who: 'nestor', text: 'settings member of Engineers', answer: 'Role settings' },
  { name: '`digest now`', who: 'nestor', text: 'digest now', answer: 'Who holds what' },
  { name: 'Nobody: once a minute, what was asked for elsewhere', everyMinute: true },
];

/** However long it takes: a thousand subscriptions are many calls, and Teams may have given up on the turn by then. */
const patienceMs = 120_000;

/** The request is carried out, and neither it nor what is asked about it is answered: each read is tried three times. */
async function loseAnswers(world: World): Promise<void> {
  await world.fault({ method: 'PUT', path: 'ScheduleRequests' }, { status: 503, after: true });
  await world.fault({ method: 'GET', path: 'ScheduleRequests/[0-9a-f-]{36}' }, { status: 503 }, 3);
}

async function carryOut(operation: Operation, world: World, people: People): Promise<void> {
  if (operation.everyMinute === true) return world.findElsewhere();
  const person = people[operation.who];
  if (operation.unanswered === true) await loseAnswers(world);
  if ('text' in operation) {
    const before = new Set(person.cards().map(({ activityId }) => activityId));
    await person.types(operation.text).catch(() => undefined);
    await person.waitForCard((card) => !before.has(card.activityId) && card.has(operation.answer), patienceMs);
  } else {
    const { verb, inputs, answer } = operation;
    const card = await person.waitForCard(({ verbs }) => verbs.includes(verb), patienceMs);
    await person.clicks(card, verb, inputs).catch(() => undefined);
    await person.waitForCard((shown) => shown.activityId === card.activityId && shown.has(answer), patienceMs);
  }
}

/** Calls that have reached the service so far, by the API; the items of a batch came in one. */
async function callsTo(world: World): Promise<readonly string[]> {
  const calls = (await world.pim.calls()).filter(({ path = '/emulator/', inBatch = false }) => !path.startsWith('/emulator/') && !inBatch);
  return calls.map(({ method = '', path = '' }) => `${method} ${path}`);
}

const isGraph = (call: string): boolean => /^\w+ \/(?:v1\.0|beta)\//.test(call);

/** Everything that an operation has set going has come to its end, but for the watches, which are begun later and counted nowhere. */
async function settled(world: World): Promise<void> {
  const { db } = world.store;
  const watches = sql`name like 'watch-%'`;
  await sql`update pgboss.job set start_after = now() + interval '1 year' where ${watches} and state in ('created', 'retry')`.execute(db);
  const isIdle = async (): Promise<boolean> => {
    const due = await sql`select 1 from pgboss.job where not (${watches}) and state in ('created', 'retry', 'active') and start_after <= now()`.execute(db);
    return due.rows.length === 0;
  };
  await expect.poll(isIdle, { timeout: patienceMs }).toBe(true);
}

/** For each operation, "calls to Azure Resource Manager + calls to Graph". */
async function countIn(subscriptions: number): Promise<readonly string[]> {
  await using world = await createWorld({ changeSeed: () => tenantOf(subscriptions), roleKinds: ['azure', 'entra', 'group'], limits: false, heldWithinMs: patienceMs });
  const people: People = { alex: await world.person('Alex'), megan: await world.person('Megan'), nestor: await world.person('Nestor') };
  const counts: string[] = [];
  for (const operation of operations) {
    if (operation.atOnce !== true) await world.advance('PT15M');
    await settled(world);
    const before = (await callsTo(world)).length;
    await carryOut(operation, world, people);
    await settled(world);
    const calls = (await callsTo(world)).slice(before);
    const graph = calls.filter(isGraph).length;
    if (operation.again !== true) counts.push(`${calls.length - graph} + ${graph}`);
  }
  return counts;
}

test('the calls that each operation costs are those of docs/performance.md', { timeout: 900_000 }, async () => {
  const [one, hundred, thousand] = [await countIn(1), await countIn(100), await countIn(1_000)];
  const rows = operations.filter(({ again }) => again !== true).map(({ name }, index) => `| ${name} | ${one[index]} | ${hundred[index]} | ${thousand[index]} |`);
  const documented = readFileSync('docs/performance.md', 'utf8').split('\n').filter((line) => line.startsWith('|')).slice(2);
  expect(documented).toEqual(rows);
});
