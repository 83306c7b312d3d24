import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthority, createServerCertificate } from '../../../src/emulator/certificate.ts';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.ts';
import type { Seed } from '../../../src/emulator/seed.ts';
import { createFakeKey, startFakeChannel, type FakeChannel } from '../fake-channel.ts';
import type { Account } from '../fake-teams-conversations.ts';
import { startFakeTeams, type FakeTeams } from '../fake-teams.ts';
import { startEntra, type EntraStandIn } from './entra.ts';
import { publicHosts, type StandInTls } from './hosts.ts';
import { startManagedIdentity, type ManagedIdentityStandIn } from './managed-identity.ts';
import { oneDriveHost, startOneDrive, type OneDriveStandIn } from './one-drive.ts';
import { registrationsWith, type ProofKind, type Registrations } from './production-registrations.ts';
import { startTlsFront, type TlsFront } from './tls-front.ts';
import { botTokenCheck, entraTokenSource } from './token-service-source.ts';
import { startTokenService, type TokenServiceStandIn } from './token-service.ts';

/** Where browsers reach the bot. */
export const publicHost = 'pim-bot.contoso.example';

export interface StandInOptions {
  readonly seed: Seed;
  readonly proof: ProofKind;
  readonly stepUp: boolean;
  /** Of Teams' connector. */
  readonly limits: boolean;
  /** Where the bot will listen. */
  readonly botPort: number;
}

/** How people behave at sign-ins; may be changed at any time. */
export interface SignInHabits {
  /** People whom Teams cannot sign in by itself: object ids. */
  readonly withoutSso: Set<string>;
  /** With which account a person goes through the sign-in page; `null`: they close it. Their own unless said. */
  readonly account: Map<string, string | null>;
}

/** Everything that production talks to, over TLS and under its public names, on ports of this machine. */
export interface StandIns extends AsyncDisposable {
  readonly seed: Seed;
  /** Files for the bot: certificate authority, log of connections, embedded database. */
  readonly folder: string;
  readonly tls: StandInTls;
  readonly registrations: Registrations;
  readonly emulator: Emulator;
  readonly entra: EntraStandIn;
  readonly tokenService: TokenServiceStandIn;
  readonly channel: FakeChannel;
  readonly teams: FakeTeams;
  readonly oneDrive: OneDriveStandIn;
  /** `null` where the proof is another. */
  readonly managedIdentity: ManagedIdentityStandIn | null;
  readonly habits: SignInHabits;
  /** Port of each public name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Tokens with which Teams' activities came. */
  readonly channelTokens: readonly string[];
}

export const connectionName = 'pim';

export async function startStandIns(options: StandInOptions): Promise<StandIns> {
  await using started = new AsyncDisposableStack();
  const { seed, botPort } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'pim-bot-production-'));
  started.defer(() => { rmSync(folder, { recursive: true, force: true }); });
  const tls = createTls();
  writeFileSync(path.join(folder, 'ca.pem'), tls.caPem);
  const registrations = registrationsWith(options.proof, { stepUp: options.stepUp, folder });
  const { bot: { appId, proof }, stepUp } = registrations;

  const emulator = started.use(await startEmulator({ seed }));
  const azure = started.use(await startTlsFront(tls, { port: portOf(emulator.origin), caPem: emulator.caPem }));
  const redirectUris = [`https://${publicHost}/step-up/callback`];
  const entra = started.use(await startEntra({ emulator, seed, tls, registrations: { bot: registrations.bot, ...(stepUp === null ? {} : { stepUp }) }, redirectUris }));
  const managedIdentity = proof.kind === 'managedIdentity' ? started.use(await startManagedIdentity({ entra, clientId: proof.clientId })) : null;
  const tokenService = started.use(await startTokenService({ tls, source: entraTokenSource({ entra, appId, tenantId: seed.tenantId, connectionName }) }));
  const channel = started.use(await startFakeChannel(await createFakeKey('teams'), { tls, publicOrigin: 'https://login.botframework.com' }));
  const front = started.use(await startTlsFront(tls, { port: botPort }));

  const habits: SignInHabits = { withoutSso: new Set(), account: new Map() };
  const channelTokens: string[] = [];
  const teams = started.use(await startTeams(options, { tls, appId, entra, tokenService, channel, habits, channelTokens }));
  const oneDrive = started.use(await startOneDrive(tls));
  const ports = portsOf({ azure, entra, tokenService, channel, teams, oneDrive, front });
  const running = started.move();
  return {
    seed, folder, tls, registrations, emulator, entra, tokenService, channel, teams, oneDrive, managedIdentity, habits, ports, channelTokens,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function createTls(): StandInTls {
  const now = new Date();
  const authority = createAuthority(now);
  return { caPem: authority.certificatePem, ...createServerCertificate(authority, now, { moreNames: [...publicHosts, publicHost, oneDriveHost] }) };
}

interface TeamsParts extends Pick<StandIns, 'tls' | 'entra' | 'tokenService' | 'channel' | 'habits'> {
  readonly appId: string;
  readonly channelTokens: string[];
}

function startTeams({ seed, limits }: StandInOptions, { tls, appId, entra, tokenService, channel, habits, channelTokens }: TeamsParts): Promise<FakeTeams> {
  const isBot = botTokenCheck({ entra, appId, tenantId: seed.tenantId });
  return startFakeTeams({
    tenantId: seed.tenantId, appId, limits, tls, publicOrigin: 'https://smba.trafficmanager.net',
    authorize: ({ authorization }) => isBot(/^Bearer (\S+)$/u.exec(authorization ?? '')?.[1] ?? ''),
    signActivity: async (serviceUrl) => {
      const token = await channel.token({ appId, serviceUrl });
      channelTokens.push(token);
      return `Bearer ${token}`;
    },
    sso: ({ aadObjectId }: Account, resourceUri) => {
      const isOffered = resourceUri === `api://botid-${appId}/access_as_user` && !habits.withoutSso.has(aadObjectId);
      return isOffered ? entra.ssoToken(aadObjectId) : Promise.resolve(null);
    },
    openSignIn: async (link, { aadObjectId }) => {
      const account = habits.account.has(aadObjectId) ? habits.account.get(aadObjectId) ?? null : aadObjectId;
      return account === null ? null : tokenService.signInAs(link, account);
    },
  });
}

interface Addresses extends Pick<StandIns, 'entra' | 'tokenService' | 'channel' | 'teams' | 'oneDrive'> {
  readonly azure: TlsFront;
  readonly front: TlsFront;
}

function portsOf({ azure, entra, tokenService, channel, teams, oneDrive, front }: Addresses): Record<(typeof publicHosts)[number] | typeof publicHost | typeof oneDriveHost, number> {
  return {
    'management.azure.com': azure.port,
    'graph.microsoft.com': azure.port,
    'login.microsoftonline.com': portOf(entra.origin),
    'token.botframework.com': portOf(tokenService.origin),
    'login.botframework.com': portOf(channel.origin),
    'smba.trafficmanager.net': portOf(teams.connectorOrigin),
    [oneDriveHost]: oneDrive.port,
    [publicHost]: front.port,
  };
}

function portOf(origin: string): number {
  return Number(new URL(origin).port);
}
