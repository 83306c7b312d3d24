import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Duration, IANAZone } from 'luxon';
import { z } from 'zod';
import { globalServiceUrl, type ChannelSettings } from './bot/announce-channel.ts';
import { parseWorkingHours, type WaitingRules } from './bot/approvals/waiting-rules.ts';
import type { RoleKind } from './pim/model.ts';
import type { OwnEntry } from './pim/own-settings.ts';
import { readOwnSettings } from './pim/own-settings-file.ts';
import { parseScope } from './pim/scope.ts';

/**
 * The environment, read once. Nothing else in the product reads `process.env`.
 * The Bot Framework's own names are kept where it has them:
 * https://learn.microsoft.com/azure/bot-service/bot-service-quickstart-registration
 */
export interface Config {
  readonly port: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly bot: {
    /** Of the app registration that is the bot, and the API that Teams signs people in to. */
    readonly appId: string;
    readonly tenantId: string;
    readonly proof: BotProof;
  };
  /** Name of the OAuth connection of the Azure Bot resource. */
  readonly signInConnection: string;
  /** Origin of the Bot Framework's token service. */
  readonly tokenServiceUrl: string;
  /** Null: no step-up page; cards link to the portal instead. */
  readonly stepUp: null | {
    /** Of the second registration, which the page signs people in with. */
    readonly appId: string;
    /** https origin at which browsers reach this server. */
    readonly publicUrl: string;
  };
  /** Exact hosts of Teams' connector, lower case: activities come from there, and answers go nowhere else. */
  readonly teamsServiceHosts: readonly string[];
  readonly pim: {
    readonly armEndpoint: string;
    readonly graphEndpoint: string;
    /** Extra certificate authorities for the two endpoints. */
    readonly caPem: string | null;
    /** What this tenant uses PIM for. */
    readonly roleKinds: readonly [RoleKind, ...RoleKind[]];
    /** Scopes that the digest covers besides the subscriptions the bot can see. */
    readonly digestScopes: readonly string[];
    /** Object ids of the groups that the digest covers. */
    readonly digestGroups: readonly string[];
  };
  /** Our own, stricter settings of roles: `env/role-settings.json`. */
  readonly ownSettings: readonly OwnEntry[];
  /** Where activations are announced, where their settings say so; `null`: in no channel. */
  readonly announceChannel: ChannelSettings | null;
  /** Whether requests made elsewhere are looked for once a minute. */
  readonly looksElsewhere: boolean;
  readonly waiting: WaitingRules;
}

/** How both registrations prove who they are. The proof itself is in `Secrets`. */
export type BotProof =
  | { readonly kind: 'managedIdentity'; readonly clientId: string }
  | { readonly kind: 'certificate'; readonly file: string }
  | { readonly kind: 'secret' };

/** Kept apart from `Config`, so that a configuration can be logged. */
export interface Secrets {
  /** Empty unless the proof is a secret. */
  readonly appPassword: string;
  /** Of the step-up registration. Empty unless step-up is on and the proof is a secret. */
  readonly stepUpPassword: string;
  /** RSA private key and certificate. Empty unless the proof is a certificate. */
  readonly certificatePem: string;
  /** Here because a server's address may carry its password. */
  readonly database: { readonly kind: 'embedded'; readonly folder: string } | { readonly kind: 'postgres'; readonly url: string };
}

/** Everything that is wrong with the environment, told together. Says names, never values: a secret may stand in the wrong place. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(faults: readonly string[]) {
    super(`The configuration is not safe to start with:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;
type ReadFile = (path: string) => string;

/** Microsoft writes GUIDs in lower case, in tokens above all. */
const guid = z.guid({ error: 'must be a GUID' }).transform((id) => id.toLowerCase());
const httpsUrl = z.url({ protocol: /^https$/, error: 'must be an https address' }).transform((url) => url.replace(/\/$/, ''));
const httpsOrigin = z.string()
  .refine((url) => URL.canParse(url) && isHttpsOrigin(new URL(url)), { error: 'must be an https address without a path, such as https://pim.contoso.com' })
  .transform((url) => new URL(url).origin);

/**
 * Teams' connector: public cloud, GCC, GCC High, DoD.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
 */
const teamsServiceHosts = [
  'smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com', 'smba.infra.gov.teams.microsoft.us', 'smba.infra.dod.teams.microsoft.us',
];
const host = z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?$/, { error: 'must be exact host names, separated by commas' });

/** The public cloud's, by where people's tokens are kept. https://learn.microsoft.com/azure/bot-service/ref-oauth-redirect-urls */
const tokenServices = [
  'https://token.botframework.com', 'https://europe.token.botframework.com',
  'https://unitedstates.token.botframework.com', 'https://india.token.botframework.com',
] as const;

const roleKinds = ['azure', 'entra', 'group'] as const;
const roleKind = z.enum(roleKinds, { error: `must be one or more of ${roleKinds.join(', ')}, separated by commas` });

/** What stands between the commas, nothing aside. */
function listed(list: string): string[] {
  return list.split(',').map((item) => item.trim()).filter((item) => item !== '');
}

/** As long as a request waits at most. */
const minutesOfDay = z.string().transform((text) => Duration.fromISO(text).as('minutes'))
  .refine((minutes) => minutes >= 1 && minutes <= 24 * 60, { error: 'must be ISO 8601 durations of up to a day, such as PT30M' });

/** Each setting by itself. What they must be together is in `proofFaults` and `stepUpFaults`. */
const environment = z.object({
  MicrosoftAppId: guid,
  MicrosoftAppTenantId: guid,
  MicrosoftAppType: z.literal('SingleTenant', { error: 'must be SingleTenant, or not be set: the bot serves one tenant, and its registration is no managed identity' }).optional(),
  BOT_MANAGED_IDENTITY_CLIENT_ID: guid.optional(),
  BOT_CERTIFICATE_FILE: z.string().optional(),
  MicrosoftAppPassword: z.string().default(''),
  // By the pattern of https://learn.microsoft.com/azure/templates/microsoft.botservice/botservices/connections
  SIGN_IN_CONNECTION: z.string().regex(/^[a-z0-9][\w .-]{1,63}$/i, { error: 'must be the name of an OAuth connection of the Azure Bot resource' }),
  TOKEN_SERVICE_URL: httpsUrl.pipe(z.enum(tokenServices, { error: `must be one of ${tokenServices.join(', ')}` })).default(tokenServices[0]),
  PUBLIC_URL: httpsOrigin.optional(),
  STEP_UP_APP_ID: guid.optional(),
  STEP_UP_APP_PASSWORD: z.string().default(''),
  TEAMS_SERVICE_HOSTS: z.string().default(teamsServiceHosts.join(','))
    .transform((list) => list.split(',').map((name) => name.trim().toLowerCase()))
    .pipe(z.tuple([host], host)),
  PORT: z.coerce.number({ error: 'must be a port number' }).int({ error: 'must be a port number' }).min(1, { error: 'must be a port number' }).max(65_535, { error: 'must be a port number' }).default(3978),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' }).default('info'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// address' }).optional(),
  DATA_FOLDER: z.string().min(1).default('.data/bot'),
  PIM_ARM_ENDPOINT: httpsUrl.default('https://management.azure.com'),
  PIM_GRAPH_ENDPOINT: httpsUrl.default('https://graph.microsoft.com'),
  PIM_CA_FILE: z.string().optional(),
  ROLE_KINDS: z.string().default(roleKinds.join(','))
    .transform((list) => [...new Set(listed(list.toLowerCase()))])
    .pipe(z.tuple([roleKind], roleKind)),
  ROLE_SETTINGS_FILE: z.string().optional(),
  ANNOUNCE_CHANNEL: z.string().regex(/^19:[\w-]+@thread\.(?:tacv2|skype)$/, { error: 'must be the id of a channel, such as 19:…@thread.tacv2: it is in the channel\'s link, where %3A stands for ":" and %40 for "@"' }).optional(),
  ANNOUNCE_LOCALE: z.enum(['en', 'ja'], { error: 'must be en or ja' }).default('en'),
  ANNOUNCE_TIME_ZONE: z.string().refine((zone) => IANAZone.isValidZone(zone), { error: 'must be the IANA name of a time zone, such as Asia/Tokyo' }).default('UTC'),
  LOOK_ELSEWHERE: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  REMIND_AFTER: z.string().default('PT30M,PT4H').transform(listed).pipe(z.array(minutesOfDay)),
  ESCALATE_AFTER: z.string().default('PT1H').pipe(minutesOfDay),
  WORKING_HOURS: z.string().transform((text) => parseWorkingHours(text)).refine((hours) => hours !== null, { error: 'must be written like mon-fri 09:00-18:00' }).optional(),
  DIGEST_GROUPS: z.string().default('').transform(listed)
    .pipe(z.array(z.guid({ error: 'must be object ids of groups, separated by commas' }).toLowerCase())),
  PIM_DIGEST_SCOPES: z.string().default('').transform(listed)
    .pipe(z.array(z.string().refine((path) => parseScope(path) !== null, { error: 'must be ARM scopes that start with "/", separated by commas' }))),
});

/**
 * Parses the environment, and reads the two PEM files that it may name.
 * @throws {ConfigError} naming every missing or wrong setting at once
 */
export function readConfig(env: Environment, readFile: ReadFile = (path) => readFileSync(path, 'utf8')): { config: Config; secrets: Secrets } {
  const settings = withoutBlanks(env);
  const parsed = environment.safeParse(settings);
  const certificate = readPem(settings, certificateFile, readFile);
  const authority = readPem(settings, authorityFile, readFile);
  const own = readOwnFile(settings, readFile);
  const faults = [
    ...(parsed.error?.issues.map((issue) => faultOf(issue, settings)) ?? []),
    ...proofFaults(settings), ...stepUpFaults(settings), ...certificate.faults, ...authority.faults, ...own.faults,
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return {
    config: configOf(parsed.data, { caPem: authority.pem, ownSettings: own.entries }),
    secrets: {
      appPassword: parsed.data.MicrosoftAppPassword,
      stepUpPassword: parsed.data.STEP_UP_APP_PASSWORD,
      certificatePem: certificate.pem ?? '',
      database: databaseOf(parsed.data),
    },
  };
}

/**
 * Where the bot's memory is, for commands that need nothing else of the configuration.
 * @throws {ConfigError}
 */
export function readDatabase(env: Environment): Secrets['database'] {
  const settings = withoutBlanks(env);
  const parsed = environment.pick({ DATABASE_URL: true, DATA_FOLDER: true }).safeParse(settings);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => faultOf(issue, settings)));
  return databaseOf(parsed.data);
}

function databaseOf({ DATABASE_URL: url, DATA_FOLDER: folder }: Pick<z.infer<typeof environment>, 'DATABASE_URL' | 'DATA_FOLDER'>): Secrets['database'] {
  return url === undefined ? { kind: 'embedded', folder } : { kind: 'postgres', url };
}

function configOf(values: z.infer<typeof environment>, { caPem, ownSettings }: { readonly caPem: string | null; readonly ownSettings: readonly OwnEntry[] }): Config {
  return {
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    bot: { appId: values.MicrosoftAppId, tenantId: values.MicrosoftAppTenantId, proof: proofOf(values) },
    signInConnection: values.SIGN_IN_CONNECTION,
    tokenServiceUrl: values.TOKEN_SERVICE_URL,
    stepUp: values.STEP_UP_APP_ID === undefined || values.PUBLIC_URL === undefined
      ? null
      : { appId: values.STEP_UP_APP_ID, publicUrl: values.PUBLIC_URL },
    teamsServiceHosts: values.TEAMS_SERVICE_HOSTS,
    pim: {
      armEndpoint: values.PIM_ARM_ENDPOINT,
      graphEndpoint: values.PIM_GRAPH_ENDPOINT,
      caPem,
      roleKinds: values.ROLE_KINDS,
      digestScopes: values.PIM_DIGEST_SCOPES,
      digestGroups: values.DIGEST_GROUPS,
    },
    ownSettings,
    announceChannel: channelOf(values),
    looksElsewhere: values.LOOK_ELSEWHERE === 'on',
    waiting: { remindAfter: values.REMIND_AFTER, escalateAfter: values.ESCALATE_AFTER, workingHours: values.WORKING_HOURS ?? null },
  };
}

function channelOf({ ANNOUNCE_CHANNEL: id, ANNOUNCE_LOCALE: locale, ANNOUNCE_TIME_ZONE: timeZone, TEAMS_SERVICE_HOSTS: [host] }: z.infer<typeof environment>): ChannelSettings | null {
  return id === undefined ? null : { id, serviceUrl: globalServiceUrl(host), reader: { locale, timeZone } };
}

/** Which one is set; `proofFaults` saw to it that it is one. */
function proofOf(values: z.infer<typeof environment>): BotProof {
  if (values.BOT_MANAGED_IDENTITY_CLIENT_ID !== undefined) return { kind: 'managedIdentity', clientId: values.BOT_MANAGED_IDENTITY_CLIENT_ID };
  if (values.BOT_CERTIFICATE_FILE !== undefined) return { kind: 'certificate', file: values.BOT_CERTIFICATE_FILE };
  return { kind: 'secret' };
}

/** A second proof would be a spare key that nobody looks after. */
function proofFaults(settings: Environment): string[] {
  const proofs = ['BOT_MANAGED_IDENTITY_CLIENT_ID', 'BOT_CERTIFICATE_FILE', 'MicrosoftAppPassword'];
  const set = proofs.filter((name) => settings[name] !== undefined);
  const faults: string[] = [];
  if (set.length === 0) {
    faults.push('The bot has nothing to prove its identity with: set BOT_MANAGED_IDENTITY_CLIENT_ID (no secret to keep), or else BOT_CERTIFICATE_FILE or MicrosoftAppPassword');
  }
  if (set.length > 1) faults.push(`${set.join(' and ')} are set: keep the one that the bot proves its identity with, and remove the rest`);
  if (isSame(settings['BOT_MANAGED_IDENTITY_CLIENT_ID'], settings['MicrosoftAppId'])) {
    faults.push('BOT_MANAGED_IDENTITY_CLIENT_ID must be the client id of the managed identity, which is not MicrosoftAppId');
  }
  return faults;
}

/** Why a registration of its own: a redirect to a browser on the bot's own registration would let tokens be minted that pass for the bot's. */
function stepUpFaults(settings: Environment): string[] {
  const { STEP_UP_APP_ID: appId, STEP_UP_APP_PASSWORD: password } = settings;
  if (appId === undefined) {
    return password === undefined ? [] : ['STEP_UP_APP_PASSWORD is set without STEP_UP_APP_ID: set both, or neither (then there is no step-up page)'];
  }
  const faults: string[] = [];
  const bySecret = settings['MicrosoftAppPassword'] !== undefined;
  if (settings['PUBLIC_URL'] === undefined) faults.push('PUBLIC_URL is missing: with STEP_UP_APP_ID, set it to the address at which browsers reach this server');
  if (isSame(appId, settings['MicrosoftAppId'])) faults.push('STEP_UP_APP_ID must be an app registration of its own, not MicrosoftAppId');
  if (bySecret && password === undefined) faults.push('STEP_UP_APP_PASSWORD is missing: with MicrosoftAppPassword, the step-up registration needs a secret too');
  if (!bySecret && password !== undefined) faults.push('STEP_UP_APP_PASSWORD must not be set: the managed identity or the certificate serves both registrations');
  return faults;
}

/** Two GUIDs, in whatever case they are written. */
function isSame(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase();
}

function isHttpsOrigin(url: URL): boolean {
  return url.protocol === 'https:' && url.href === `${url.origin}/`;
}

interface PemFile {
  readonly setting: string;
  /** Throws or answers false when it is not. */
  readonly isRight: (pem: string) => boolean;
  readonly fault: string;
}

/** Entra takes RSA keys alone. https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
const certificateFile: PemFile = {
  setting: 'BOT_CERTIFICATE_FILE',
  isRight: (pem) => {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' && new X509Certificate(pem).checkPrivateKey(key);
  },
  fault: 'must name a PEM file with an RSA private key without a passphrase and its certificate',
};

const authorityFile: PemFile = {
  setting: 'PIM_CA_FILE',
  isRight: (pem) => new X509Certificate(pem).ca,
  fault: 'must name a PEM file with the certificate of an authority',
};

function readPem(settings: Environment, { setting, isRight, fault }: PemFile, readFile: ReadFile): { pem: string | null; faults: string[] } {
  const path = settings[setting];
  if (path === undefined) return { pem: null, faults: [] };
  let read = false;
  try {
    const pem = readFile(path);
    read = true;
    if (isRight(pem)) return { pem, faults: [] };
  } catch {
    // Said below: the error may quote the file, or what was mistaken for its path.
  }
  return { pem: null, faults: [`${setting} ${read ? fault : 'names a file that cannot be read'}`] };
}

/** Where nothing is said, a file that is not there asks for nothing. */
const usualOwnFile = 'env/role-settings.json';

function readOwnFile(settings: Environment, readFile: ReadFile): { readonly entries: readonly OwnEntry[]; readonly faults: readonly string[] } {
  const path = settings['ROLE_SETTINGS_FILE'] ?? usualOwnFile;
  // No value is quoted: something else may stand in its place.
  const file = settings['ROLE_SETTINGS_FILE'] === undefined ? usualOwnFile : 'the file of ROLE_SETTINGS_FILE';
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    const isAbsent = settings['ROLE_SETTINGS_FILE'] === undefined && isMissingFile(error);
    return { entries: [], faults: isAbsent ? [] : [`${file} cannot be read: it holds the bot's own settings of roles`] };
  }
  const read = readOwnSettings(content);
  if (!read.ok) return { entries: [], faults: read.faults.map((fault) => `${file}: ${fault}`) };
  // Whether single sign-on brought a second factor is not ours to see: the page asks for it.
  const needsPage = settings['STEP_UP_APP_ID'] === undefined && read.entries.some(({ mfaRequired }) => mfaRequired);
  return { entries: read.entries, faults: needsPage ? [`${file}: mfaOnElevation needs the step-up page: set STEP_UP_APP_ID and PUBLIC_URL`] : [] };
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function withoutBlanks(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
}

function faultOf(issue: z.core.$ZodIssue, settings: Environment): string {
  const name = String(issue.path[0]);
  return `${name} ${settings[name] === undefined ? 'is missing' : issue.message}`;
}
