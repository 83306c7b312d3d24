import { z } from 'zod';
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
    readonly appId: string;
    readonly appType: 'SingleTenant' | 'UserAssignedMSI';
    readonly tenantId: string;
  };
  /** Exact hosts of Teams' connector, lower case: activities come from there, and answers go nowhere else. */
  readonly teamsServiceHosts: readonly string[];
  readonly database: { readonly kind: 'embedded'; readonly folder: string } | { readonly kind: 'postgres'; readonly url: string };
  readonly pim: {
    readonly armEndpoint: string;
    readonly graphEndpoint: string;
    /** PEM file of an extra certificate authority for the two endpoints. */
    readonly caFile: string | null;
    /** Scopes that the digest covers besides the subscriptions the bot can see. */
    readonly digestScopes: readonly string[];
  };
}

/** Kept apart from `Config`, so that a configuration can be logged. */
export interface Secrets {
  /** Empty with a managed identity. */
  readonly appPassword: string;
}

/** Everything that is wrong with the environment, told together. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(faults: readonly string[]) {
    super(`The configuration is not safe to start with:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

const guid = z.guid({ error: 'must be a GUID' });
const httpsUrl = z.url({ protocol: /^https$/, error: 'must be an https address' }).transform((url) => url.replace(/\/$/, ''));
const absent = z.literal('', { error: 'must not be set with a managed identity' }).default('');

/**
 * Teams' connector: public cloud, GCC, GCC High, DoD.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
 */
const teamsServiceHosts = [
  'smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com', 'smba.infra.gov.teams.microsoft.us', 'smba.infra.dod.teams.microsoft.us',
];
const host = z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?$/, { error: 'must be exact host names, separated by commas' });

const common = {
  MicrosoftAppId: guid,
  MicrosoftAppTenantId: guid,
  TEAMS_SERVICE_HOSTS: z.string().default(teamsServiceHosts.join(','))
    .transform((list) => list.split(',').map((name) => name.trim().toLowerCase()))
    .pipe(z.array(host)),
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(1).max(65_535).default(3978),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' }).default('info'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// address' }).optional(),
  DATA_FOLDER: z.string().min(1).default('.data/bot'),
  PIM_ARM_ENDPOINT: httpsUrl.default('https://management.azure.com'),
  PIM_GRAPH_ENDPOINT: httpsUrl.default('https://graph.microsoft.com'),
  PIM_CA_FILE: z.string().min(1).optional(),
  PIM_DIGEST_SCOPES: z.string().default('')
    .transform((list) => list.split(',').map((scope) => scope.trim()).filter((scope) => scope !== ''))
    .pipe(z.array(z.string().refine((path) => parseScope(path) !== null, { error: 'must be ARM scopes that start with "/", separated by commas' }))),
};

const environment = z.discriminatedUnion('MicrosoftAppType', [
  z.object({ ...common, MicrosoftAppType: z.literal('SingleTenant'), MicrosoftAppPassword: z.string({ error: 'is missing' }).min(1, { error: 'is missing' }) }),
  z.object({ ...common, MicrosoftAppType: z.literal('UserAssignedMSI'), MicrosoftAppPassword: absent }),
], { error: 'must be SingleTenant or UserAssignedMSI' });

/**
 * Parses the environment.
 * @throws {ConfigError} naming every missing or wrong setting at once
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): { config: Config; secrets: Secrets } {
  const parsed = environment.safeParse(withoutBlanks(env));
  if (!parsed.success) throw new ConfigError(faultsOf(parsed.error, env));
  const values = parsed.data;
  const config: Config = {
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    bot: { appId: values.MicrosoftAppId, appType: values.MicrosoftAppType, tenantId: values.MicrosoftAppTenantId },
    teamsServiceHosts: values.TEAMS_SERVICE_HOSTS,
    database: values.DATABASE_URL === undefined
      ? { kind: 'embedded', folder: values.DATA_FOLDER }
      : { kind: 'postgres', url: values.DATABASE_URL },
    pim: {
      armEndpoint: values.PIM_ARM_ENDPOINT,
      graphEndpoint: values.PIM_GRAPH_ENDPOINT,
      caFile: values.PIM_CA_FILE ?? null,
      digestScopes: values.PIM_DIGEST_SCOPES,
    },
  };
  return { config, secrets: { appPassword: values.MicrosoftAppPassword } };
}

function withoutBlanks(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

/** With a wrong app type the union stops there: the settings common to both types are checked all the same. */
function faultsOf(error: z.ZodError, env: Readonly<Record<string, string | undefined>>): string[] {
  const faultOf = (issue: z.core.$ZodIssue): string => {
    const name = String(issue.path[0]);
    return `${name} ${env[name] === undefined ? 'is missing' : issue.message}`;
  };
  const faults = error.issues.map(faultOf);
  if (error.issues.some((issue) => issue.path[0] === 'MicrosoftAppType')) {
    const rest = z.object(common).safeParse(withoutBlanks(env));
    faults.push(...(rest.error?.issues.map(faultOf) ?? []));
  }
  return faults;
}
