import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { Duration } from 'luxon';
import { startApp } from '../../src/app.ts';
import type { ChannelSettings } from '../../src/bot/announce-channel.ts';
import { usualWaiting, type WaitingRules } from '../../src/bot/approvals/waiting-rules.ts';
import { DevAuthentication } from '../../src/bot/door/dev-adapter.ts';
import type { Reader } from '../../src/cards/texts.ts';
import { appCredential, peopleTokens, postJson } from '../../src/dev/emulator-tokens.ts';
import { startEmulator, type Emulator } from '../../src/emulator/emulator.ts';
import { loadSeed } from '../../src/emulator/seed-file.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import { createLog, type Log } from '../../src/log.ts';
import type { RoleKind } from '../../src/pim/model.ts';
import { readOwnSettings } from '../../src/pim/own-settings-file.ts';
import type { OwnEntry } from '../../src/pim/own-settings.ts';
import { listAudit, type AuditRow } from '../../src/store/audit-log.ts';
import type { Store } from '../../src/store/database.ts';
import { channelId, startFakeTeams, type FakePerson, type FakeTeams } from './fake-teams.ts';
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
  /** The same, and no job has noticed it yet. */
  advanceWithoutJobs(duration: string): Promise<number>;
  /** Switches a fault of the local PIM on. */
  fault(match: { method?: string; path: string }, fault: object, times?: number): Promise<void>;
  /** What the schedule does every day at the person's time. */
  runDailyDigest(personId: string): Promise<void>;
  /** What the schedule does every minute: it is left out here, so that no test depends on the time of day. */
  findElsewhere(): Promise<void>;
  auditOf(requestId?: string): Promise<readonly AuditRow[]>;
}

export interface WorldOptions {
  readonly changeSeed?: (seed: Seed) => Seed;
  readonly limits?: boolean;
  /** As in `AppParts`. */
  readonly heldWithinMs?: number;
  /** What the tenant uses PIM for; Azure resource roles alone where nothing is said. */
  readonly roleKinds?: readonly RoleKind[];
  /** Where an administrator allows the bot to act for people; without, there is no such page. */
  readonly consentUrl?: string | null;
  readonly waiting?: WaitingRules;
  /** In which language and time zone activations are announced in the channel; without, they are not. */
  readonly announceTo?: Reader | null;
  /** Where the bot's log goes; without, nowhere. */
  readonly log?: Log;
  /** Entries of `env/role-settings.json`. */
  readonly ownSettings?: readonly object[];
  /** How a stronger sign-in goes; without, there is no step-up page. */
  readonly stepUp?: StepUpHabits | null;
}

export async function createWorld({ changeSeed = (seed) => seed, limits = true, stepUp = null, consentUrl = null, roleKinds = ['azure'], heldWithinMs, ownSettings = [], waiting = usualWaiting, announceTo = null, log = createLog('silent') }: WorldOptions = {}): Promise<World> {
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
    consentUrl,
    stepUp: stepUp === null ? null : stepUpWithoutEntra(emulator, seed.tenantId, stepUp),
    botCredential: appCredential(emulator, 'pim-bot'),
    azure: { arm: emulator.origin, graph: emulator.origin, caPem: emulator.caPem },
    roleKinds,
    digestGroups: [],
    ownSettings: ownSettingsOf(ownSettings),
    announceChannel: channelOf(teams, announceTo),
    waiting,
    digestScopes: (seed.scopes ?? []).map(({ id }) => id).filter((id) => id.includes('/managementGroups/')),
    ...(heldWithinMs === undefined ? {} : { heldWithinMs }),
    store,
    clock: { now },
    log,
  });
  started.defer(() => app.close());
  await sql`delete from pgboss.schedule where name = 'find-elsewhere'`.execute(store.db);
  teams.connect(app.url);

  const moveClocks = async (duration: string): Promise<number> => {
    const ms = Duration.fromISO(duration).toMillis();
    offsetMs += ms;
    await postJson(emulator, '/emulator/clock', { advance: duration });
    return ms;
  };

  const running = started.move();
  return {
    seed, emulator, teams, store, now,
    botUrl: app.url,
    pim: new PimWitness(emulator, seed),
    person: (firstName, how) => openChat(teams, seed, firstName, how),
    advanceWithoutJobs: moveClocks,
    advance: async (duration) => {
      const ms = await moveClocks(duration);
      await sql`update pgboss.job set start_after = start_after - make_interval(secs => ${ms / 1_000}) where state in ('created', 'retry')`.execute(store.db);
    },
    fault: async (match, fault, times = 1) => { await postJson(emulator, '/emulator/faults', { match, times, fault }); },
    runDailyDigest: async (personId) => {
      await sql`insert into pgboss.job (name, data) values ('daily-digest', ${JSON.stringify({ personId })}::jsonb)`.execute(store.db);
    },
    findElsewhere: () => findElsewhere(store),
    auditOf: (requestId) => Array.fromAsync(listAudit(store.db, requestId === undefined ? {} : { requestId })),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function channelOf({ globalServiceUrl: serviceUrl }: FakeTeams, reader: Reader | null): ChannelSettings | null {
  return reader === null ? null : { id: channelId, serviceUrl, reader };
}

function ownSettingsOf(roles: readonly object[]): readonly OwnEntry[] {
  const read = readOwnSettings(JSON.stringify({ roles }));
  if (!read.ok) throw new Error(read.faults.join(' '));
  return read.entries;
}

/** One round, to its end; a round that is under way already is waited for, too. */
async function findElsewhere({ db }: Store): Promise<void> {
  const isUnderWay = async (): Promise<boolean> => (await sql`select 1 from pgboss.job where name = 'find-elsewhere' and state in ('created', 'active')`.execute(db)).rows.length > 0;
  await sql`insert into pgboss.job (name, data, singleton_key, policy) values ('find-elsewhere', '{}'::jsonb, 'elsewhere', 'exclusive') on conflict do nothing`.execute(db);
  while (await isUnderWay()) await delay(50);
}

async function openChat(teams: FakeTeams, seed: Seed, firstName: string, how: { locale?: string; timeZone?: string } = {}): Promise<FakePerson> {
  const found = seed.people.find(({ name }) => name.startsWith(firstName));
  if (found === undefined) throw new Error(`nobody of the seed is called ${firstName}`);
  const person = teams.person({ id: found.id, name: found.name, ...how });
  await person.installs();
  return person;
}
