import path from 'node:path';
import { freePort } from '../../../src/dev/free-port.ts';
import { loadSeed } from '../../../src/emulator/seed-file.ts';
import type { Seed } from '../../../src/emulator/seed.ts';
import { listAudit, type AuditRow } from '../../../src/store/audit-log.ts';
import { openStore } from '../../../src/store/database.ts';
import type { FakePerson } from '../fake-teams.ts';
import { PimWitness } from '../pim-witness.ts';
import { prepareDatabase } from './production-database.ts';
import { BotProcess } from './production-process.ts';
import type { ProofKind } from './production-registrations.ts';
import { connectionName, publicHost, startStandIns, type StandIns } from './production-stand-ins.ts';

export interface ProductionOptions {
  readonly changeSeed?: (seed: Seed) => Seed;
  /** How the registrations prove who they are; by a managed identity unless said. */
  readonly proof?: ProofKind;
  /** Whether there is a step-up page; yes unless said. */
  readonly stepUp?: boolean;
  /** A PostgreSQL server, instead of the embedded database. */
  readonly databaseUrl?: string;
  /** Whether Teams refuses too many calls; yes unless said. */
  readonly limits?: boolean;
  /** Laid over the bot's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

interface PersonOptions {
  readonly locale?: string;
  readonly timeZone?: string;
  /** Teams clients that are open at once. */
  readonly devices?: number;
}

/** Production: the process of `npm start` with its default host names, and a stand-in behind each of them. */
export interface Production extends Omit<StandIns, 'folder' | 'ports'> {
  /** PIM, asked as somebody who is neither the bot nor a person of the story. */
  readonly pim: PimWitness;
  readonly bot: Pick<BotProcess, 'kill' | 'stop' | 'running' | 'pid'>;
  /** Where the bot listens, without TLS. */
  readonly botUrl: string;
  /** Where browsers reach it. */
  readonly publicUrl: string;
  /** For Chromium's `--host-resolver-rules`: the bot's page and Entra's sign-in. */
  readonly hostResolverRules: string;
  readonly databaseFolder: string;
  /** A person of the seed, by first name, with the chat open. */
  person(firstName: string, how?: PersonOptions): Promise<FakePerson>;
  /** All that the bot has printed. */
  log(): string;
  /** Hosts that the bot has connected to, each once, in order; those that no stand-in has were refused. */
  hostsAsked(): readonly string[];
  /** Stops the bot in order, where it runs, and starts it again. */
  restart(): Promise<void>;
  /** Oldest first. @throws {Error} while the bot runs on the embedded database, which it has locked */
  auditRows(requestId?: string): Promise<readonly AuditRow[]>;
  /** Every secret and token there is: none of them may be found in a log, a card or a table. */
  canaries(): readonly string[];
}

/** Starts all of it. Rejects with what the bot said when it does not become ready. */
export async function startProduction(options: ProductionOptions = {}): Promise<Production> {
  const { changeSeed = (seed: Seed) => seed, proof = 'managedIdentity', stepUp = true, limits = true } = options;
  await using started = new AsyncDisposableStack();
  const botPort = await freePort(0);
  const standIns = started.use(await startStandIns({ seed: changeSeed(loadSeed('env/local.seed.json')), proof, stepUp, limits, botPort }));
  const { seed, emulator, teams, folder, ports } = standIns;
  const databaseFolder = path.join(folder, 'database');
  const hostsFile = path.join(folder, 'hosts.log');
  const bot = new BotProcess({ env: environmentOf(standIns, { botPort, databaseFolder, hostsFile, options }), hostsFile });
  started.defer(() => bot.kill());
  if (options.databaseUrl === undefined) await prepareDatabase(databaseFolder);
  await bot.start();
  const botUrl = `http://127.0.0.1:${botPort}`;
  teams.connect(botUrl);

  const running = started.move();
  return {
    ...standIns, bot, botUrl, databaseFolder,
    pim: new PimWitness(emulator, seed),
    publicUrl: `https://${publicHost}`,
    hostResolverRules: [publicHost, 'login.microsoftonline.com'].map((host) => `MAP ${host} 127.0.0.1:${ports[host]}`).join(', '),
    person: (firstName, how = {}) => openChat(standIns, firstName, how),
    log: () => bot.log,
    hostsAsked: () => [...new Set(bot.connections.filter(({ to }) => to !== 'loopback').map(({ host }) => host))],
    restart: async () => {
      await bot.stop();
      await bot.start();
    },
    auditRows: async (requestId) => {
      if (options.databaseUrl === undefined && bot.running) throw new Error('stop the bot first: it has locked the embedded database');
      await using store = await openStore(options.databaseUrl === undefined ? { kind: 'embedded', folder: databaseFolder } : { kind: 'postgres', url: options.databaseUrl });
      return await Array.fromAsync(listAudit(store.db, requestId === undefined ? {} : { requestId }));
    },
    canaries: () => canariesOf(standIns),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface Places {
  readonly botPort: number;
  readonly databaseFolder: string;
  readonly hostsFile: string;
  readonly options: ProductionOptions;
}

function environmentOf({ seed, folder, registrations, managedIdentity, ports }: StandIns, { botPort, databaseFolder, hostsFile, options }: Places): Record<string, string> {
  const { databaseUrl, env = {} } = options;
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem'),
    STAND_IN_HOSTS: JSON.stringify(ports),
    STAND_IN_LOG: hostsFile,
    MicrosoftAppTenantId: seed.tenantId,
    MicrosoftAppType: 'SingleTenant',
    ...registrations.env,
    ...managedIdentity?.env,
    SIGN_IN_CONNECTION: connectionName,
    PUBLIC_URL: `https://${publicHost}`,
    // No test depends on the time of day.
    LOOK_ELSEWHERE: 'off',
    PIM_DIGEST_SCOPES: (seed.scopes ?? []).map(({ id }) => id).filter((id) => id.includes('/managementGroups/')).join(','),
    PORT: String(botPort),
    LOG_LEVEL: 'debug',
    ...(databaseUrl === undefined ? { DATA_FOLDER: databaseFolder } : { DATABASE_URL: databaseUrl }),
    ...env,
  };
}

async function openChat({ seed, teams }: StandIns, firstName: string, how: PersonOptions): Promise<FakePerson> {
  const found = seed.people.find(({ name }) => name.startsWith(firstName));
  if (found === undefined) throw new Error(`nobody of the seed is called ${firstName}`);
  const person = teams.person({ id: found.id, name: found.name, ...how });
  await person.installs();
  return person;
}

function canariesOf({ entra, tokenService, oneDrive, managedIdentity, channelTokens }: StandIns): readonly string[] {
  const header = managedIdentity === null ? [] : [managedIdentity.env.IDENTITY_HEADER];
  return [...new Set([...entra.canaries, ...tokenService.canaries, ...oneDrive.canaries, ...channelTokens, ...header])];
}
