import { sql } from 'kysely';
import { Duration } from 'luxon';
import { startApp } from '../../src/app.ts';
import { DevAuthentication } from '../../src/bot/door/dev-adapter.ts';
import { appCredential, peopleTokens, postJson } from '../../src/dev/emulator-tokens.ts';
import { startEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { loadSeed } from '../../src/emulator/seed-file.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import { createLog } from '../../src/log.ts';
import type { RoleKind } from '../../src/pim/model.ts';
import { listAudit, type AuditRow } from '../../src/store/audit-log.ts';
import type { Store } from '../../src/store/database.ts';
import { startFakeTeams, type FakePerson, type FakeTeams } from './fake-teams.ts';
import { PimWitness } from './pim-witness.ts';
import { openTestStore } from './test-store.ts';
import { stepUpWithoutEntra, type StepUpHabits } from './world-step-up.ts';

/** Everything of the product in one test: database, local PIM over https, Teams' stand-in, and a clock that the test moves. */
export interface World extends AsyncDisposable {
  readonly seed: Seed;
  readonly emulator: Emulator;
  readonly teams: FakeTeams;
  readonly store: Store;
  /** PIM, asked as somebody who is neither the bot nor a person of the story. */
  readonly pim: PimWitness;
  readonly botUrl: string;
  now(): Date;
  /** A person of the seed, by first name, with the chat open. */
  person(firstName: string, how?: { locale?: string; timeZone?: string }): Promise<FakePerson>;
  /** Moves the time of PIM and of the bot; jobs that have become due run. */
  advance(duration: string): Promise<void>;
  /** Switches a fault of the local PIM on. */
  fault(match: { method?: string; path: string }, fault: object, times?: number): Promise<void>;
  /** What the schedule does every day at the person's time. */
  runDailyDigest(personId: string): Promise<void>;
  auditOf(requestId?: string): Promise<readonly AuditRow[]>;
}

export interface WorldOptions {
  readonly changeSeed?: (seed: Seed) => Seed;
  readonly limits?: boolean;
  /** What the tenant uses PIM for; Azure resource roles alone where nothing is said. */
  readonly roleKinds?: readonly RoleKind[];
  /** How a stronger sign-in goes; without, there is no step-up page. */
  readonly stepUp?: StepUpHabits | null;
}

export async function createWorld({ changeSeed = (seed) => seed, limits = true, stepUp = null, roleKinds = ['azure'] }: WorldOptions = {}): Promise<World> {
  await using started = new AsyncDisposableStack();
  const seed = changeSeed(loadSeed('env/local.seed.json'));
  const emulator = await startEmulator({ seed });
  started.defer(() => emulator.close());
  const store = await openTestStore();
  started.defer(() => store.close());
  const teams = await startFakeTeams({ tenantId: seed.tenantId, limits });
  started.defer(() => teams[Symbol.asyncDispose]());

  let offsetMs = 0;
  const now = (): Date => new Date(Date.now() + offsetMs);
  const app = await startApp({
    tenantId: seed.tenantId,
    appId: '',
    listenOn: { host: '127.0.0.1', port: 0 },
    authentication: new DevAuthentication(),
    admits: () => Promise.resolve(true),
    peopleTokens: peopleTokens(emulator),
    teamsSignIn: null,
    consentUrl: null,
    stepUp: stepUp === null ? null : stepUpWithoutEntra(emulator, seed.tenantId, stepUp),
    botCredential: appCredential(emulator, 'pim-bot'),
    azure: { arm: emulator.origin, graph: emulator.origin, caPem: emulator.caPem },
    roleKinds,
    digestGroups: [],
    digestScopes: (seed.scopes ?? []).map(({ id }) => id).filter((id) => id.includes('/managementGroups/')),
    store,
    clock: { now },
    log: createLog('silent'),
  });
  started.defer(() => app.close());
  teams.connect(app.url);

  const running = started.move();
  return {
    seed, emulator, teams, store, now,
    botUrl: app.url,
    pim: new PimWitness(emulator, seed),
    person: (firstName, how) => openChat(teams, seed, firstName, how),
    advance: async (duration) => {
      const ms = Duration.fromISO(duration).toMillis();
      offsetMs += ms;
      await postJson(emulator, '/emulator/clock', { advance: duration });
      await sql`update pgboss.job set start_after = start_after - make_interval(secs => ${ms / 1_000}) where state in ('created', 'retry')`.execute(store.db);
    },
    fault: async (match, fault, times = 1) => { await postJson(emulator, '/emulator/faults', { match, times, fault }); },
    runDailyDigest: async (personId) => {
      await sql`insert into pgboss.job (name, data) values ('daily-digest', ${JSON.stringify({ personId })}::jsonb)`.execute(store.db);
    },
    auditOf: (requestId) => Array.fromAsync(listAudit(store.db, requestId === undefined ? {} : { requestId })),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function openChat(teams: FakeTeams, seed: Seed, firstName: string, how: { locale?: string; timeZone?: string } = {}): Promise<FakePerson> {
  const found = seed.people.find(({ name }) => name.startsWith(firstName));
  if (found === undefined) throw new Error(`nobody of the seed is called ${firstName}`);
  const person = teams.person({ id: found.id, name: found.name, ...how });
  await person.installs();
  return person;
}
