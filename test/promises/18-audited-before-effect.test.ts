import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { loadSeed } from '../../src/emulator/seed-file.ts';
import { listAudit } from '../../src/store/audit-log.ts';
import { openStore } from '../../src/store/database.ts';
import { requestContributor } from '../flows/story.ts';
import { startFakeTeams, type FakePerson, type ShownCard } from '../helpers/fake-teams.ts';
import { startKillableBot } from '../helpers/killable-bot.ts';
import { PimWitness } from '../helpers/pim-witness.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { signsInMoreStrongly, stepUpLink } from '../helpers/world-step-up.ts';
import { verdictOf } from '../store/tampering.ts';

// Guards: `beforePim` (src/bot/nothing-sent.ts) in `audited` (src/bot/audited.ts), `submitActivation` (src/bot/activations/submit-activation.ts),
// `confirmAssignment` (src/bot/assignments/confirm-assignment.ts), `confirmSettings` (src/bot/settings/confirm-settings.ts) and `carryOut` (src/bot/sign-in/carry-out.ts), and in
// src/bot/on-turn.ts where the whole store is away; where our own settings ask for approval, in `hold` (src/bot/activations/submit-activation.ts),
// `recordDecisionAttempt` (src/bot/approvals/count-approval.ts) and `begin` (src/bot/approvals/begin-approved.ts); `append` (src/store/audit-log.ts) within the transaction of the attempt.

/** Something privileged, up to the click that would do it; it may be clicked again. Resolves with what the person reads then. */
type Prepared = () => Promise<string>;

const refusedSentence = 'nothing was sent to PIM';

async function clicksAndReads(person: FakePerson, card: ShownCard, verb: string, inputs: Record<string, string> = {}): Promise<string> {
  await person.clicks(card, verb, inputs);
  // What takes long is answered in between.
  return (await person.waitForCard((shown) => shown.activityId === card.activityId && !shown.has('Checking with PIM'))).text;
}

async function activeReader(world: World): Promise<{ readonly alex: FakePerson; readonly card: ShownCard }> {
  const { alex, form } = await formFor(world, 'Reader on Production');
  await alex.clicks(form, 'activation.submit', { minutes: '30' });
  const card = await alex.waitForCard((shown) => shown.activityId === form.activityId && shown.verbs.includes('activation.deactivate'));
  await world.advance('PT6M');
  return { alex, card };
}

const development = '/subscriptions/c3e00000-0000-4000-8000-000000000002';

/** PIM asks for no approval of the one, and for a single one of the other. */
const ownSettings = [
  { kind: 'azure', role: 'Website Contributor', scope: `${development}/resourceGroups/rg-web`, settings: { approvalOnElevation: true, approverIds: ['b2e00000-0000-4000-8000-000000000001'] } },
  { kind: 'azure', role: 'Owner', scope: development, settings: {}, approvalsRequired: 2 },
];
const inputsOfForm = { minutes: '60', justification: 'the page is down', ticketSystem: 'ServiceNow', ticketNumber: 'INC17' };

async function formFor(world: World, roleAndScope: string): Promise<{ readonly alex: FakePerson; readonly form: ShownCard }> {
  const alex = await world.person('Alex');
  await alex.types(`activate ${roleAndScope}`);
  return { alex, form: await alex.waitForCard((card) => card.verbs.includes('activation.submit')) };
}

/** Waits for approval here, or at PIM, and Megan has got the card. */
async function askedToApprove(world: World, roleAndScope: string): Promise<{ readonly alex: FakePerson; readonly megan: FakePerson; readonly request: ShownCard }> {
  const megan = await world.person('Megan');
  const { alex, form } = await formFor(world, roleAndScope);
  await alex.clicks(form, 'activation.submit', inputsOfForm);
  return { alex, megan, request: await megan.waitForCard((card) => card.verbs.includes('approval.approve')) };
}

async function offers(megan: FakePerson, request: ShownCard): Promise<Prepared> {
  await megan.clicks(request, 'approval.offer');
  const form = await megan.waitForCard((card) => card.verbs.includes('approval.sendOffer'));
  return () => clicksAndReads(megan, form, 'approval.sendOffer', { minutes: '30', scopeId: '', reason: 'half an hour will do' });
}

async function askedToConfirm(world: World, words: string): Promise<{ readonly nestor: FakePerson; readonly card: ShownCard }> {
  const nestor = await world.person('Nestor');
  await nestor.types(words);
  return { nestor, card: await nestor.waitForCard((card) => card.verbs.includes('assignment.confirm')) };
}

async function strongerSignIn(world: World, person: FakePerson, link: string): Promise<string> {
  const headline = await signsInMoreStrongly(world.botUrl, link, person.account.aadObjectId);
  return headline === 'Not possible at the moment' ? refusedSentence : headline;
}

const actions: Readonly<Record<string, (world: World) => Promise<Prepared>>> = {
  'activate': async (world) => {
    const { alex, form } = await formFor(world, 'Reader on Production');
    return () => clicksAndReads(alex, form, 'activation.submit', { minutes: '30' });
  },
  'deactivate on the card': async (world) => {
    const { alex, card } = await activeReader(world);
    return () => clicksAndReads(alex, card, 'activation.deactivate');
  },
  'deactivate by words': async (world) => {
    const { alex } = await activeReader(world);
    return async () => {
      await alex.types('deactivate Reader on Production');
      return alex.lastCard().text;
    };
  },
  'withdraw': async (world) => {
    const { alex, status } = await requestContributor(world);
    return () => clicksAndReads(alex, status, 'activation.withdraw');
  },
  'approve': async (world) => {
    const { megan, request } = await requestContributor(world);
    return () => clicksAndReads(megan, request, 'approval.approve', { reason: 'go' });
  },
  'deny': async (world) => {
    const { megan, request } = await requestContributor(world);
    return () => clicksAndReads(megan, request, 'approval.deny', { reason: 'no' });
  },
  'offer less': async (world) => {
    const { megan, request } = await requestContributor(world);
    return offers(megan, request);
  },
  'activate what was approved here': async (world) => {
    const { alex, megan, request } = await askedToApprove(world, 'Website Contributor on rg-web');
    await megan.clicks(request, 'approval.approve', { reason: 'go' });
    const begin = await alex.waitForCard((card) => card.verbs.includes('activation.begin'));
    return () => clicksAndReads(alex, begin, 'activation.begin');
  },
  'assign': async (world) => {
    const { nestor, card } = await askedToConfirm(world, 'assign Monitoring Reader to lee on rg-web for 30 days because the audit is on');
    return () => clicksAndReads(nestor, card, 'assignment.confirm');
  },
  'unassign': async (world) => {
    const first = await askedToConfirm(world, 'assign Monitoring Reader to lee on rg-web for 30 days because the audit is on');
    await first.nestor.clicks(first.card, 'assignment.confirm');
    await first.nestor.waitForCard((card) => card.verbs.includes('assignment.undo'));
    const { nestor, card } = await askedToConfirm(world, 'unassign Monitoring Reader from lee on rg-web because the audit is over');
    return () => clicksAndReads(nestor, card, 'assignment.confirm');
  },
  'change settings': async (world) => {
    const nestor = await world.person('Nestor');
    await nestor.types('settings apply Contributor on rg-app {"elevationDuration": "PT1H"}');
    const card = await nestor.waitForCard((shown) => shown.verbs.includes('settings.confirm'));
    return () => clicksAndReads(nestor, card, 'settings.confirm');
  },
  'activate after a stronger sign-in': async (world) => {
    const alex = await world.person('Alex');
    await alex.types('activate Key Vault Administrator on Production');
    const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
    await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'secret rotation' });
    const link = stepUpLink(alex.card(form.activityId));
    return () => strongerSignIn(world, alex, link);
  },
  'approve after a stronger sign-in': async (world) => {
    const { megan, request } = await requestContributor(world);
    const approves = async (): Promise<string> => {
      await world.fault({ method: 'PATCH', path: 'roleAssignmentApprovals' }, { authenticationContext: 'c1' });
      await megan.clicks(request, 'approval.approve', { reason: 'go' });
      return stepUpLink(megan.card(request.activityId));
    };
    const links = [await approves()];
    return async () => strongerSignIn(world, megan, links.pop() ?? await approves());
  },
};

/** What our own gate does by itself, and what the audit log has of it then; PIM is told of none of it. */
const ownGate: Readonly<Record<string, { readonly prepare: (world: World) => Promise<Prepared>; readonly onRecord: readonly string[] }>> = {
  'a request is kept': {
    prepare: async (world) => {
      const { alex, form } = await formFor(world, 'Website Contributor on rg-web');
      return () => clicksAndReads(alex, form, 'activation.submit', inputsOfForm);
    },
    onRecord: ['Alex Wilber request outcome'],
  },
  'approve': {
    prepare: async (world) => {
      const { megan, request } = await askedToApprove(world, 'Website Contributor on rg-web');
      return () => clicksAndReads(megan, request, 'approval.approve', { reason: 'go' });
    },
    onRecord: ['Megan Bowen approve attempt', 'Megan Bowen approve outcome: approved'],
  },
  'approve as one of two, of a request that PIM keeps': {
    prepare: async (world) => {
      const { megan, request } = await askedToApprove(world, 'Owner on Development');
      return () => clicksAndReads(megan, request, 'approval.approve', { reason: 'go' });
    },
    onRecord: ['Megan Bowen approve attempt', 'Megan Bowen approve outcome: counted'],
  },
  'deny': {
    prepare: async (world) => {
      const { megan, request } = await askedToApprove(world, 'Website Contributor on rg-web');
      return () => clicksAndReads(megan, request, 'approval.deny', { reason: 'no' });
    },
    onRecord: ['Megan Bowen deny attempt', 'Megan Bowen deny outcome: denied'],
  },
  'offer less': {
    prepare: async (world) => {
      const { megan, request } = await askedToApprove(world, 'Website Contributor on rg-web');
      return offers(megan, request);
    },
    onRecord: ['Megan Bowen deny attempt', 'Megan Bowen deny outcome: denied'],
  },
};

/** Where each request stands here, and what follows from that: what a click that came to nothing leaves alone. */
async function standing({ store: { db } }: World): Promise<object> {
  const requests = await sql`select request_id, state, version, minutes, decision, offer, approved_until, approvals_counted from activations order by request_id`.execute(db);
  const given = await sql`select request_id, approver_id from approvals_given order by request_id, approver_id`.execute(db);
  const jobs = await sql`select name, data from pgboss.job where name in ('find-approvers', 'expire-request', 'tell-requester') order by name, data::text`.execute(db);
  return { requests: requests.rows, given: given.rows, jobs: jobs.rows };
}

/** What people have done since; whom the bot has asked, it notes by itself. */
async function onRecordSince(world: World, length: number): Promise<readonly string[]> {
  return (await world.auditOf()).slice(length).filter(({ action }) => action !== 'ask-approvers').map(({ actor, action, phase, details: { result } }) =>
    `${actor.name} ${action} ${phase}${typeof result === 'string' ? `: ${result}` : ''}`);
}

/** Calls with which PIM was asked to change something, in order; of a batch, the calls in it. */
async function writes(world: World): Promise<readonly string[]> {
  return (await world.pim.calls())
    .filter(({ method, path: called = '' }) => method !== 'GET' && !called.startsWith('/emulator/') && !called.endsWith('/$batch'))
    .map(({ method, path: called }) => `${method} ${called}`);
}

async function breakAuditLog({ store }: World, what: 'all' | 'outcomes' = 'all'): Promise<void> {
  await sql`create function no_more() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$`.execute(store.db);
  const when = what === 'all' ? sql`` : sql`when (new.phase = 'outcome')`;
  await sql`create trigger no_more before insert on audit_log for each row ${when} execute function no_more()`.execute(store.db);
}

async function mendAuditLog({ store }: World): Promise<void> {
  await sql`drop trigger no_more on audit_log`.execute(store.db);
}

test.each(Object.keys(actions))('promise 18: while the audit log cannot be written, nothing reaches PIM and the person is told so: %s', async (name) => {
  await using world = await createWorld({ stepUp: { tokenTakesMs: 0 }, limits: false, ownSettings });
  const act = await actions[name]?.(world);
  const [before, stood] = [await writes(world), await standing(world)];
  await breakAuditLog(world);
  const length = (await world.auditOf()).length;
  expect(await act?.()).toContain(refusedSentence);
  expect(await writes(world)).toEqual(before);
  expect(await standing(world)).toEqual(stood);

  // The same click goes through as soon as the log can be written, with its attempt before its effect.
  await mendAuditLog(world);
  expect(await act?.()).not.toContain(refusedSentence);
  expect((await writes(world)).length).toBeGreaterThan(before.length);
  const [first, ...later] = (await world.auditOf()).slice(length);
  expect(first?.phase).toBe('attempt');
  expect(later.filter(({ phase, action }) => phase === 'outcome' && action === first?.action)).not.toEqual([]);
  expect(await verdictOf(world.store)).toMatchObject({ sound: true });
});

test.each(Object.entries(ownGate))('promise 18: while the audit log cannot be written, nothing is decided here, and the person is told so: %s', async (_, { prepare, onRecord }) => {
  await using world = await createWorld({ limits: false, ownSettings });
  const act = await prepare(world);
  const [before, stood] = [await writes(world), await standing(world)];
  await breakAuditLog(world);
  const { length } = await world.auditOf();
  expect(await act()).toContain(refusedSentence);
  expect(await writes(world)).toEqual(before);
  expect(await standing(world)).toEqual(stood);
  expect(await world.auditOf()).toHaveLength(length);

  await mendAuditLog(world);
  expect(await act()).not.toContain(refusedSentence);
  expect(await onRecordSince(world, length)).toEqual(onRecord);
  expect(await standing(world)).not.toEqual(stood);
  expect(await writes(world)).toEqual(before);
  expect(await verdictOf(world.store)).toMatchObject({ sound: true });
});

test.each(Object.entries(ownGate))('promise 18: what is decided here is on record as tried before, and changes nothing where its outcome cannot be recorded: %s', async (_, { prepare, onRecord }) => {
  await using world = await createWorld({ limits: false, ownSettings });
  const act = await prepare(world);
  const [before, stood] = [await writes(world), await standing(world)];
  await breakAuditLog(world, 'outcomes');
  const { length } = await world.auditOf();
  await act();
  const attempts = onRecord.filter((entry) => entry.endsWith('attempt'));
  expect(await onRecordSince(world, length)).toEqual(attempts);
  expect(await standing(world)).toEqual(stood);

  await mendAuditLog(world);
  await act();
  expect(await onRecordSince(world, length)).toEqual([...attempts, ...onRecord]);
  expect(await standing(world)).not.toEqual(stood);
  expect(await writes(world)).toEqual(before);
});

test.each(['activate', 'withdraw', 'approve', 'offer less', 'activate what was approved here', 'assign'])('promise 18: while the whole store is away, nothing reaches PIM and the person is told so: %s', async (name) => {
  await using world = await createWorld({ limits: false, ownSettings });
  const act = await actions[name]?.(world);
  const before = await writes(world);
  await world.store.close();
  expect(await act?.()).toContain(refusedSentence);
  expect(await writes(world)).toEqual(before);
});

/** Ends the process, as a power cut would, at the moment at which an activation would leave it. */
const diesBeforeTheCall = `data:text/javascript,${encodeURIComponent(`
  import https from 'node:https';
  import { syncBuiltinESMExports } from 'node:module';
  const { request } = https;
  https.request = (options, ...rest) => {
    if (options.method === 'PUT' && String(options.path).includes('roleAssignmentScheduleRequests')) process.kill(process.pid, 'SIGKILL');
    return request(options, ...rest);
  };
  syncBuiltinESMExports();
`)}`;

test('promise 18: of a bot that is killed between an attempt and its effect, the attempt is on record, in an unbroken chain', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pim-audit-'));
  const seed = loadSeed('env/local.seed.json');
  await using emulator = await startEmulator({ seed });
  await using teams = await startFakeTeams({ tenantId: seed.tenantId });
  try {
    await using bot = await startKillableBot(seed.tenantId, emulator, { folder }, ['--import', diesBeforeTheCall]);
    teams.connect(bot.url);
    const found = seed.people.find(({ name }) => name.startsWith('Alex'));
    const alex = teams.person({ id: found?.id ?? '', name: found?.name ?? '' });
    await alex.installs();
    await alex.types('activate Reader on Production');
    const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
    await alex.clicks(form, 'activation.submit', { minutes: '30' }).catch(() => null);
    expect(await bot.gone()).toBe('SIGKILL');

    await using store = await openStore({ kind: 'embedded', folder });
    const entries = await Array.fromAsync(listAudit(store.db));
    expect(entries).toMatchObject([{ actor: { name: 'Alex Wilber' }, action: 'activate', phase: 'attempt', details: { role: { name: 'Reader' }, minutes: 30 } }]);
    expect(await verdictOf(store)).toMatchObject({ sound: true });
    expect(await new PimWitness(emulator, seed).requests()).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);
