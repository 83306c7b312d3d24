import { createServer, request as forwardTo } from 'node:http';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { startEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { loadSeed } from '../../src/emulator/seed-file.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import { findActivation, type Activation } from '../../src/store/activations.ts';
import { listApprovalsGiven } from '../../src/store/approvals-given.ts';
import { listAudit, type AuditRow } from '../../src/store/audit-log.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { startFakeTeams, type FakePerson, type FakeTeams, type ShownCard } from '../helpers/fake-teams.ts';
import { startKillableBot } from '../helpers/killable-bot.ts';
import { PimWitness } from '../helpers/pim-witness.ts';
import { newPostgresDatabase } from '../helpers/test-store.ts';

// Two bots, each a process of its own, on one PostgreSQL and one PIM; every other request goes to the other one. Guards:
// `lockActivation` and `addApproval` (src/store/approvals-given.ts) under `countApproval` (src/bot/approvals/count-approval.ts), which
// `countForPim` (src/bot/approvals/decide-here.ts) asks before `decideAtPim` (src/bot/approvals/decide-at-pim.ts), and `moveActivation` (src/store/activations.ts) under `approve`, `denyHeld` (there) and `recordAttempt` (src/bot/activations/send-activation.ts).

const database = await newPostgresDatabase();
const onTwoReplicas = test.skipIf(!database.available);

const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const opsLeads = 'b2e00000-0000-4000-8000-000000000001';
const twoApprovals = { kind: 'azure', role: 'Reader', scope: production, settings: { approvalOnElevation: true, approverIds: [opsLeads] }, approvalsRequired: 2 };
const twoBeforePim = { kind: 'azure', role: 'Contributor', scope: `${production}/resourceGroups/rg-app`, settings: {}, approvalsRequired: 2 };
const approverNames = ['Megan', 'Diego', 'Nestor', 'Lee'];
const patient = 30_000;

function withFourApprovers(seed: Seed): Seed {
  const ids = seed.people.filter(({ name }) => approverNames.some((first) => name.startsWith(first))).map(({ id }) => id);
  return { ...seed, groups: (seed.groups ?? []).map((group) => (group.id === opsLeads ? { ...group, members: ids } : group)) };
}

interface Replicas extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly teams: FakeTeams;
  readonly store: Store;
  readonly pim: PimWitness;
  person(firstName: string): Promise<FakePerson>;
}

async function startReplicas(ownSettings: readonly object[] = [twoApprovals]): Promise<Replicas> {
  await using started = new AsyncDisposableStack();
  const seed = withFourApprovers(loadSeed('env/local.seed.json'));
  const own = await newPostgresDatabase();
  if (!own.available) throw new Error(own.reason);
  const emulator = started.use(await startEmulator({ seed }));
  const teams = started.use(await startFakeTeams({ tenantId: seed.tenantId, limits: false }));
  const memory = { postgres: own.url, ownSettings };
  const bots = [started.use(await startKillableBot(seed.tenantId, emulator, memory)), started.use(await startKillableBot(seed.tenantId, emulator, memory))];
  const store = started.use(await openStore({ kind: 'postgres', url: own.url }));
  const front = started.use(await startFront(bots.map(({ url }) => url)));
  teams.connect(front.url);
  const running = started.move();
  return {
    emulator, teams, store,
    pim: new PimWitness(emulator, seed),
    person: async (firstName) => {
      const found = seed.people.find(({ name }) => name.startsWith(firstName));
      const person = teams.person({ id: found?.id ?? '', name: found?.name ?? '' });
      await person.installs();
      return person;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Brings each request to the next of the replicas, as a load balancer does. */
async function startFront(urls: readonly string[]): Promise<AsyncDisposable & { readonly url: string }> {
  let next = 0;
  const server = createServer((incoming, outgoing) => {
    const to = new URL(incoming.url ?? '/', urls[(next += 1) % urls.length]);
    const forwarded = forwardTo(to, { method: incoming.method, headers: { ...incoming.headers, host: to.host }, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.once('error', () => { outgoing.destroy(); });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('no port is free');
  return {
    url: `http://127.0.0.1:${place.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

interface Asked {
  readonly alex: FakePerson;
  readonly approvers: readonly { readonly person: FakePerson; readonly card: ShownCard }[];
  readonly status: ShownCard;
  readonly requestId: string;
}

async function ask(replicas: Replicas, command: string): Promise<Asked> {
  const people = await Promise.all(approverNames.map((name) => replicas.person(name)));
  const alex = await replicas.person('Alex');
  await alex.types(command);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  const requestId = /"requestId":"([\da-f-]{36})"/u.exec(JSON.stringify(form.json))?.[1] ?? '';
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'the deployment hangs' });
  const status = await alex.waitForCard((card) => card.verbs.includes('activation.withdraw'), patient);
  const approvers = await Promise.all(people.map(async (approver) => ({ person: approver, card: await approver.waitForCard((card) => card.verbs.includes('approval.approve'), patient) })));
  return { alex, approvers, status, requestId };
}

/** Every click at once, by each approver in turn; each third is brought to the bot again, as Teams does when an answer is late. */
async function storm({ approvers }: Asked, clicks: number, verbOf: (index: number) => string): Promise<void> {
  await Promise.all(Array.from({ length: clicks }, async (_, index) => {
    const { person, card } = approvers[index % approvers.length] ?? {};
    if (person === undefined || card === undefined) throw new Error('nobody was asked');
    const click = person.clicks(card, verbOf(index), { reason: `${index}` });
    if (index % 3 === 0) await person.redelivers(index % 2 === 0 ? 'sameId' : 'newId');
    expect((await click).status).toBe(200);
  }));
}

const approvesOrDenies = (index: number): string => (index % 8 < 4 ? 'approval.approve' : 'approval.deny');

async function activationOf({ store }: Replicas, { requestId }: Asked): Promise<Activation | null> {
  return findActivation(store.db, requestId);
}

function auditOf({ store }: Replicas, { requestId }: Asked): Promise<readonly AuditRow[]> {
  return Array.fromAsync(listAudit(store.db, { requestId }));
}

/** What PIM was asked to change, and did. */
async function changes({ pim }: Replicas, method: string, path: string): Promise<number> {
  return (await pim.calls()).filter((call) => call.method === method && (call.path ?? '').includes(path) && (call.status ?? 500) < 300).length;
}

/** All cards of the request say this, and nothing can be decided on any of them. */
async function converge({ alex, approvers, status }: Asked, toAlex: string, toApprovers = toAlex): Promise<void> {
  const isOver = (card: ShownCard, said: string): boolean => !card.verbs.includes('approval.approve') && !card.verbs.includes('approval.deny') && card.text.includes(said);
  await alex.waitForCard((card) => card.activityId === status.activityId && isOver(card, toAlex), patient);
  await Promise.all(approvers.map(({ person, card: { activityId } }) => person.waitForCard((card) => card.activityId === activityId && isOver(card, toApprovers), patient)));
}

onTwoReplicas('promise 10: a hundred clicks of four approvers on two replicas are one decision at PIM', async () => {
  await using replicas = await startReplicas();
  const asked = await ask(replicas, 'activate Contributor on rg-app');
  await storm(asked, 100, approvesOrDenies);

  await expect.poll(async () => (await activationOf(replicas, asked))?.state, { timeout: patient }).toMatch(/^(active|denied)$/u);
  expect(await changes(replicas, 'PATCH', 'roleAssignmentApprovals')).toBe(1);
  const { state, decision } = await activationOf(replicas, asked) ?? {};
  expect(decision?.result).toBe(state === 'active' ? 'approve' : 'deny');
  expect(await replicas.pim.activated()).toHaveLength(state === 'active' ? 1 : 0);
  expect((await auditOf(replicas, asked)).filter(({ phase, details }) => phase === 'outcome' && (details['to'] === 'active' || details['to'] === 'denied'))).toHaveLength(1);
  await converge(asked, decision?.by?.name ?? 'nobody');
}, 180_000);

onTwoReplicas('promise 10: two of four approvers count, once each, and fifty clicks on "activate now" are one request at PIM', async () => {
  await using replicas = await startReplicas();
  const asked = await ask(replicas, 'activate Reader on Production');
  const { alex, approvers, requestId, status } = asked;

  await storm({ ...asked, approvers: approvers.slice(0, 1) }, 40, () => 'approval.approve');
  expect((await activationOf(replicas, asked))?.state).toBe('held');
  expect(await listApprovalsGiven(replicas.store.db, requestId)).toHaveLength(1);

  await storm(asked, 60, () => 'approval.approve');
  expect((await activationOf(replicas, asked))?.state).toBe('approved');
  const given = await listApprovalsGiven(replicas.store.db, requestId);
  expect(new Set(given.map(({ by }) => by.id)).size).toBe(2);
  expect(given).toHaveLength(2);
  const results = (await auditOf(replicas, asked)).filter(({ phase, action }) => phase === 'outcome' && action === 'approve').map(({ details }) => details['result']);
  expect(results.filter((result) => result !== 'countedBefore' && result !== 'tooLate')).toEqual(['counted', 'approved']);
  const jobs = await sql<{ count: string }>`select count(*) from pgboss.job where name = 'tell-requester' and data->>'requestId' = ${requestId}`.execute(replicas.store.db);
  expect(Number(jobs.rows[0]?.count)).toBe(1);
  expect(await replicas.pim.requests()).toEqual([]);

  const begin = await alex.waitForCard((card) => card.activityId !== status.activityId && card.verbs.includes('activation.begin'), patient);
  await Promise.all(Array.from({ length: 50 }, () => alex.clicks(begin, 'activation.begin')));
  await converge(asked, 'Active until', 'Started');
  expect(await replicas.pim.requests()).toHaveLength(1);
  expect(await changes(replicas, 'PUT', 'roleAssignmentScheduleRequests')).toBe(1);
  expect((await auditOf(replicas, asked)).filter(({ phase, action }) => phase === 'attempt' && action === 'activate')).toHaveLength(1);
  await alex.waitForCard((card) => card.activityId === begin.activityId && card.text.includes('Active until'), patient);
}, 240_000);

onTwoReplicas('promise 11: of approvals and denials at once, of a request that takes two, one outcome is left', async () => {
  await using replicas = await startReplicas();
  const asked = await ask(replicas, 'activate Reader on Production');
  await storm(asked, 100, approvesOrDenies);

  const { state, decision } = await activationOf(replicas, asked) ?? {};
  expect(state).toMatch(/^(approved|denied)$/u);
  expect(decision?.result).toBe(state === 'approved' ? 'approve' : 'deny');
  const outcomes = (await auditOf(replicas, asked)).filter(({ phase, details }) => phase === 'outcome' && (details['result'] === 'approved' || details['result'] === 'denied'));
  expect(outcomes.map(({ details, actor }) => [details['result'], actor.id])).toEqual([[state, decision?.by?.id]]);
  const given = await listApprovalsGiven(replicas.store.db, asked.requestId);
  expect(new Set(given.map(({ by }) => by.id)).size).toBe(given.length);
  expect(given.length).toBe(state === 'approved' ? 2 : Math.min(given.length, 1));
  expect(await replicas.pim.requests()).toEqual([]);
  await converge(asked, decision?.by?.name ?? 'nobody');
}, 180_000);

/** The outcome of a click; progress that the bot reads off PIM is none. */
const isOutcome = ({ phase, details }: AuditRow): boolean => phase === 'outcome' && details['result'] !== undefined;

/** Attempts to approve after which the chain has no outcome left for the same person, and outcomes without an attempt. */
function unmatched(entries: readonly AuditRow[]): { readonly attempts: number; readonly outcomes: number } {
  const clicks = entries.filter((entry) => entry.action === 'approve' && (entry.phase === 'attempt' || isOutcome(entry)));
  const open = new Map<string, number>();
  let outcomes = 0;
  for (const { actor, phase } of clicks) {
    const tried = open.get(actor.id) ?? 0;
    if (phase === 'outcome' && tried === 0) outcomes += 1;
    else open.set(actor.id, tried + (phase === 'attempt' ? 1 : -1));
  }
  return { attempts: [...open.values()].reduce((sum, left) => sum + left, 0), outcomes };
}

onTwoReplicas('promise 10: where PIM keeps a request and our settings ask for two approvals, a hundred clicks are two people and one decision at PIM', async () => {
  await using replicas = await startReplicas([twoBeforePim]);
  const asked = await ask(replicas, 'activate Contributor on rg-app');
  await storm(asked, 100, () => 'approval.approve');

  await expect.poll(async () => (await activationOf(replicas, asked))?.state, { timeout: patient }).toBe('active');
  // A click that takes long is answered before its work has ended.
  await expect.poll(async () => unmatched(await auditOf(replicas, asked)), { timeout: patient }).toEqual({ attempts: 0, outcomes: 0 });
  expect(await changes(replicas, 'PATCH', 'roleAssignmentApprovals')).toBe(1);
  expect((await replicas.pim.requests()).map(({ name, properties }) => [name, properties.status])).toEqual([[asked.requestId, 'Provisioned']]);
  expect(await replicas.pim.activated()).toHaveLength(1);

  const entries = await auditOf(replicas, asked);
  const { decision } = await activationOf(replicas, asked) ?? {};
  expect(entries.filter(({ details }) => details['result'] === 'taken').map(({ actor }) => actor.id)).toEqual([decision?.by?.id]);
  expect(entries.filter(({ phase, details }) => phase === 'outcome' && details['to'] === 'active')).toHaveLength(1);

  // PIM was not asked before two people had approved, and who decided there is one of those who had.
  const atPim = entries.findIndex(({ phase, details }) => phase === 'attempt' && 'approvalId' in details);
  const countedBefore = entries.slice(0, atPim).filter(({ details }) => details['result'] === 'counted').map(({ actor }) => actor.id);
  expect(new Set(countedBefore).size).toBe(countedBefore.length);
  expect(countedBefore.length).toBeGreaterThanOrEqual(2);
  const given = (await listApprovalsGiven(replicas.store.db, asked.requestId)).map(({ by }) => by.id);
  expect(new Set(given).size).toBe(given.length);
  expect(given).toEqual(entries.filter(({ details }) => details['result'] === 'counted').map(({ actor }) => actor.id));
  expect(given).toContain(decision?.by?.id);
  await converge(asked, decision?.by?.name ?? 'nobody');
}, 180_000);

onTwoReplicas('promise 10: where PIM keeps a request and our settings ask for two approvals, thirty clicks of one approver are one, and PIM is not told', async () => {
  await using replicas = await startReplicas([twoBeforePim]);
  const asked = await ask(replicas, 'activate Contributor on rg-app');
  await storm({ ...asked, approvers: asked.approvers.slice(0, 1) }, 30, () => 'approval.approve');
  const results = async (): Promise<readonly unknown[]> => (await auditOf(replicas, asked)).filter((entry) => entry.action === 'approve' && isOutcome(entry)).map(({ details }) => details['result']);
  // Thirty clicks, and each third of them twice.
  await expect.poll(async () => (await results()).length, { timeout: patient }).toBe(40);
  expect(await results()).toEqual(['counted', ...Array.from({ length: 39 }, () => 'countedBefore')]);
  expect((await activationOf(replicas, asked))?.state).toBe('pending');
  expect(await listApprovalsGiven(replicas.store.db, asked.requestId)).toHaveLength(1);
  expect(await changes(replicas, 'PATCH', 'roleAssignmentApprovals')).toBe(0);
}, 180_000);
