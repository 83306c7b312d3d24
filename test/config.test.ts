import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const id = '0b1f5f0e-2f58-4c8e-9d53-3f3f6f2c1a11';
const tenant = '5b9e5b0e-9a3a-4f6e-8a51-8a7d3c2b1f22';
const safe = { MicrosoftAppId: id, MicrosoftAppTenantId: tenant, MicrosoftAppType: 'SingleTenant', MicrosoftAppPassword: 'secret' };

function faultsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
    return '';
  } catch (error) {
    return error instanceof ConfigError ? error.message : 'another error';
  }
}

test('promise 2: an empty environment is refused, with everything that is missing at once', () => {
  const message = faultsOf({});
  for (const name of ['MicrosoftAppId is missing', 'MicrosoftAppTenantId is missing', 'MicrosoftAppType']) expect(message).toContain(name);
});

test.each([
  ['a misspelt app type, which the Bot SDK would take for MultiTenant', { ...safe, MicrosoftAppType: 'singletenant' }, 'MicrosoftAppType must be SingleTenant or UserAssignedMSI'],
  ['an app id that is no GUID', { ...safe, MicrosoftAppId: 'pim-bot' }, 'MicrosoftAppId must be a GUID'],
  ['a single-tenant bot without a password', { ...safe, MicrosoftAppPassword: '' }, 'MicrosoftAppPassword is missing'],
  ['a password beside a managed identity', { ...safe, MicrosoftAppType: 'UserAssignedMSI' }, 'MicrosoftAppPassword must not be set with a managed identity'],
  ['a database that is no PostgreSQL', { ...safe, DATABASE_URL: 'mysql://x/y' }, 'DATABASE_URL must be a postgresql:// address'],
  ['PIM over plain http', { ...safe, PIM_ARM_ENDPOINT: 'http://management.azure.com' }, 'PIM_ARM_ENDPOINT must be an https address'],
  ['a digest scope that is no ARM path', { ...safe, PIM_DIGEST_SCOPES: 'contoso' }, 'PIM_DIGEST_SCOPES'],
  ['a pattern in place of a connector host', { ...safe, TEAMS_SERVICE_HOSTS: '*.trafficmanager.net' }, 'TEAMS_SERVICE_HOSTS must be exact host names'],
  ['a connector address in place of its host', { ...safe, TEAMS_SERVICE_HOSTS: 'https://smba.trafficmanager.net/' }, 'TEAMS_SERVICE_HOSTS must be exact host names'],
  ['an empty place in the list of connector hosts', { ...safe, TEAMS_SERVICE_HOSTS: 'smba.trafficmanager.net,' }, 'TEAMS_SERVICE_HOSTS must be exact host names'],
  ['a port that is no number', { ...safe, PORT: 'http' }, 'PORT must be a port number'],
])('promise 2: %s is refused', (_what, env, fault) => {
  expect(faultsOf(env)).toContain(fault);
});

test('a blank setting counts as absent and gets its default', () => {
  const { config, secrets } = readConfig({ ...safe, PORT: '', DATABASE_URL: '', PIM_ARM_ENDPOINT: '' });
  expect(config).toMatchObject({ port: 3978, database: { kind: 'embedded', folder: '.data/bot' }, pim: { armEndpoint: 'https://management.azure.com', caFile: null } });
  expect(secrets.appPassword).toBe('secret');
});

test('promise 1: the connector hosts are Microsoft\'s documented ones unless the setting names others', () => {
  expect(readConfig(safe).config.teamsServiceHosts).toEqual([
    'smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com', 'smba.infra.gov.teams.microsoft.us', 'smba.infra.dod.teams.microsoft.us',
  ]);
  const named = { ...safe, TEAMS_SERVICE_HOSTS: 'SMBA.trafficmanager.net, 127.0.0.1:8443' };
  expect(readConfig(named).config.teamsServiceHosts).toEqual(['smba.trafficmanager.net', '127.0.0.1:8443']);
});

test('promise 17: the configuration carries no secret', () => {
  expect(JSON.stringify(readConfig({ ...safe, MicrosoftAppPassword: 'canary-password' }).config)).not.toContain('canary-password');
});

test('env/.env.example names every setting that is read, and no other', () => {
  const documented = Object.keys(parseEnv(readFileSync('env/.env.example', 'utf8')));
  const source = readFileSync('src/config.ts', 'utf8');
  expect(documented.filter((name) => !source.includes(`${name}:`))).toEqual([]);
  const names = [...source.matchAll(/^ {2}([A-Z][A-Za-z_]+): /gm)].map(([, name]) => name);
  expect([...names, 'MicrosoftAppType', 'MicrosoftAppPassword'].filter((name) => !documented.includes(name ?? ''))).toEqual([]);
});
