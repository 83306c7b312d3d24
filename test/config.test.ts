import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { allowedServiceUrl } from '../src/bot/door/service-url.ts';
import { ConfigError, readConfig } from '../src/config.ts';
import { createAuthority, createServerCertificate } from '../src/emulator/certificate.ts';
import type { OwnEntry } from '../src/pim/own-settings.ts';

const botId = '0b1f5f0e-2f58-4c8e-9d53-3f3f6f2c1a11';
const stepUpId = '7c1a9d6e-5b0f-4a55-8a0e-0f6f2d1c9b33';
const identityId = 'a4d7e9c2-1f3b-4c6a-9e8d-2b5f7a9c1d44';
const tenant = '5b9e5b0e-9a3a-4f6e-8a51-8a7d3c2b1f22';

const registration = { MicrosoftAppId: botId, MicrosoftAppTenantId: tenant, SIGN_IN_CONNECTION: 'pim-bot' };
const safe = { ...registration, BOT_MANAGED_IDENTITY_CLIENT_ID: identityId };
const stepUp = { STEP_UP_APP_ID: stepUpId, PUBLIC_URL: 'https://pim.contoso.example' };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ours = selfSigned(rsa.privateKey, rsa.publicKey);
const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const authority = createAuthority(new Date());
const server = createServerCertificate(authority, new Date());
const files: Readonly<Record<string, string>> = {
  'bot.pem': pemOf(rsa.privateKey) + ours,
  'certificate-first.pem': ours + pemOf(rsa.privateKey),
  'key.pem': pemOf(rsa.privateKey),
  'certificate.pem': ours,
  'other-key.pem': pemOf(otherKey) + ours,
  'elliptic.pem': server.keyPem + server.certificatePem,
  'passphrase.pem': rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString() + ours,
  'note.txt': 'The certificate is in the vault.',
  'ca.pem': authority.certificatePem,
  'server.pem': server.certificatePem,
};

function read(env: Record<string, string>): ReturnType<typeof readConfig> {
  return readConfig(env, (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
    return text;
  });
}

function faultsOf(env: Record<string, string>): string[] {
  return faultsIn(() => { read(env); });
}

function faultsIn(start: () => unknown): string[] {
  try {
    start();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').slice(1).map((line) => line.replace('  - ', ''));
  }
}

// Promise 2's guard: readConfig in src/config.ts, before any part of the bot is made.
describe('promise 2: an unsafe environment is refused', () => {
  test('when it is empty, with everything that is missing at once', () => {
    expect(faultsOf({})).toEqual([
      'MicrosoftAppId is missing',
      'MicrosoftAppTenantId is missing',
      'SIGN_IN_CONNECTION is missing',
      expect.stringContaining('set BOT_MANAGED_IDENTITY_CLIENT_ID (no secret to keep), or else BOT_CERTIFICATE_FILE or MicrosoftAppPassword'),
    ]);
  });

  test('when settings, their combination and files are wrong, with all of that at once', () => {
    const env = { MicrosoftAppId: 'pim-bot', MicrosoftAppTenantId: tenant, PORT: '0', BOT_CERTIFICATE_FILE: 'gone.pem', PIM_CA_FILE: 'note.txt', STEP_UP_APP_ID: stepUpId };
    expect(faultsOf(env)).toEqual([
      'MicrosoftAppId must be a GUID',
      'SIGN_IN_CONNECTION is missing',
      'PORT must be a port number',
      expect.stringContaining('PUBLIC_URL is missing'),
      'BOT_CERTIFICATE_FILE names a file that cannot be read',
      expect.stringContaining('PIM_CA_FILE must name a PEM file'),
    ]);
  });

  test.each([
    ['a managed identity as the bot itself', { ...safe, MicrosoftAppType: 'UserAssignedMSI' }, 'MicrosoftAppType must be SingleTenant, or not be set'],
    ['a bot of many tenants', { ...safe, MicrosoftAppType: 'MultiTenant' }, 'MicrosoftAppType must be SingleTenant, or not be set'],
    ['a misspelt app type, which the Bot SDK would take for MultiTenant', { ...safe, MicrosoftAppType: 'singletenant' }, 'MicrosoftAppType must be SingleTenant, or not be set'],
    ['an app id that is no GUID', { ...safe, MicrosoftAppId: 'pim-bot' }, 'MicrosoftAppId must be a GUID'],
    ['a blank tenant', { ...safe, MicrosoftAppTenantId: ' ' }, 'MicrosoftAppTenantId is missing'],
    ['a sign-in connection that is no name', { ...safe, SIGN_IN_CONNECTION: '../connection' }, 'SIGN_IN_CONNECTION must be the name of an OAuth connection'],
    ['an unknown token service', { ...safe, TOKEN_SERVICE_URL: 'https://token.botframework.com.contoso.example' }, 'TOKEN_SERVICE_URL must be one of https://token.botframework.com, '],
    ['a token service over plain http', { ...safe, TOKEN_SERVICE_URL: 'http://token.botframework.com' }, 'TOKEN_SERVICE_URL must be an https address'],
    ['a database that is no PostgreSQL', { ...safe, DATABASE_URL: 'mysql://x/y' }, 'DATABASE_URL must be a postgresql:// address'],
    ['PIM over plain http', { ...safe, PIM_ARM_ENDPOINT: 'http://management.azure.com' }, 'PIM_ARM_ENDPOINT must be an https address'],
    ['a digest scope that is no ARM path', { ...safe, PIM_DIGEST_SCOPES: 'contoso' }, 'PIM_DIGEST_SCOPES must be ARM scopes'],
    ['a kind of role that there is not', { ...safe, ROLE_KINDS: 'azure,aws' }, 'ROLE_KINDS must be one or more of azure, entra, group, separated by commas'],
    ['no kind of role at all', { ...safe, ROLE_KINDS: ',' }, 'ROLE_KINDS must be one or more of azure, entra, group, separated by commas'],
    ['a group of the digest by its name', { ...safe, DIGEST_GROUPS: 'Ops leads' }, 'DIGEST_GROUPS must be object ids of groups, separated by commas'],
    ['a pattern in place of a connector host', { ...safe, TEAMS_SERVICE_HOSTS: '*.trafficmanager.net' }, 'TEAMS_SERVICE_HOSTS must be exact host names'],
    ['a connector address in place of its host', { ...safe, TEAMS_SERVICE_HOSTS: 'https://smba.trafficmanager.net/' }, 'TEAMS_SERVICE_HOSTS must be exact host names'],
    ['an empty place in the list of connector hosts', { ...safe, TEAMS_SERVICE_HOSTS: 'smba.trafficmanager.net,' }, 'TEAMS_SERVICE_HOSTS must be exact host names'],
    ['a channel by its name', { ...safe, ANNOUNCE_CHANNEL: 'Privileged access' }, 'ANNOUNCE_CHANNEL must be the id of a channel, such as 19:…@thread.tacv2: it is in the channel\'s link'],
    ['a channel as its link has it', { ...safe, ANNOUNCE_CHANNEL: '19%3Aa1b2%40thread.tacv2' }, 'ANNOUNCE_CHANNEL must be the id of a channel'],
    ['a group chat in place of a channel', { ...safe, ANNOUNCE_CHANNEL: '19:a1b2@thread.v2' }, 'ANNOUNCE_CHANNEL must be the id of a channel'],
    ['a thread of a channel', { ...safe, ANNOUNCE_CHANNEL: '19:a1b2@thread.tacv2;messageid=1' }, 'ANNOUNCE_CHANNEL must be the id of a channel'],
    ['a path in place of a channel', { ...safe, ANNOUNCE_CHANNEL: '19:../x@thread.tacv2' }, 'ANNOUNCE_CHANNEL must be the id of a channel'],
    ['a language that the bot does not speak', { ...safe, ANNOUNCE_LOCALE: 'fr' }, 'ANNOUNCE_LOCALE must be en or ja'],
    ['a time zone that there is not', { ...safe, ANNOUNCE_TIME_ZONE: 'Tokyo' }, 'ANNOUNCE_TIME_ZONE must be the IANA name of a time zone, such as Asia/Tokyo'],
    ['a port that is no number', { ...safe, PORT: 'http' }, 'PORT must be a port number'],
  ])('with %s', (_what, env, fault) => {
    expect(faultsOf(env)).toEqual([expect.stringContaining(fault)]);
  });
});

describe('promise 2: of proofs of identity', () => {
  test.each([
    ['a managed identity', { BOT_MANAGED_IDENTITY_CLIENT_ID: identityId }, { kind: 'managedIdentity', clientId: identityId }, { appPassword: '', certificatePem: '' }],
    ['a certificate', { BOT_CERTIFICATE_FILE: 'bot.pem' }, { kind: 'certificate', file: 'bot.pem' }, { appPassword: '', certificatePem: files['bot.pem'] }],
    ['a certificate that stands before its key', { BOT_CERTIFICATE_FILE: 'certificate-first.pem' }, { kind: 'certificate', file: 'certificate-first.pem' }, { certificatePem: files['certificate-first.pem'] }],
    ['a secret', { MicrosoftAppPassword: 'canary-password' }, { kind: 'secret' }, { appPassword: 'canary-password', certificatePem: '' }],
  ])('%s alone is taken', (_what, env, proof, held) => {
    const { config, secrets } = read({ ...registration, ...env });
    expect(config.bot).toEqual({ appId: botId, tenantId: tenant, proof });
    expect(secrets).toMatchObject(held);
  });

  test.each([
    ['a secret beside a managed identity', { ...safe, MicrosoftAppPassword: 'x' }, 'BOT_MANAGED_IDENTITY_CLIENT_ID and MicrosoftAppPassword are set: keep the one'],
    ['a certificate beside a managed identity', { ...safe, BOT_CERTIFICATE_FILE: 'bot.pem' }, 'BOT_MANAGED_IDENTITY_CLIENT_ID and BOT_CERTIFICATE_FILE are set: keep the one'],
    ['a secret beside a certificate', { ...registration, BOT_CERTIFICATE_FILE: 'bot.pem', MicrosoftAppPassword: 'x' }, 'BOT_CERTIFICATE_FILE and MicrosoftAppPassword are set: keep the one'],
    ['the bot\'s own id as the managed identity\'s', { ...registration, BOT_MANAGED_IDENTITY_CLIENT_ID: botId.toUpperCase() }, 'must be the client id of the managed identity, which is not MicrosoftAppId'],
    ['a managed identity by its name', { ...registration, BOT_MANAGED_IDENTITY_CLIENT_ID: 'pim-bot-identity' }, 'BOT_MANAGED_IDENTITY_CLIENT_ID must be a GUID'],
    ['a certificate file that is missing', { ...registration, BOT_CERTIFICATE_FILE: 'gone.pem' }, 'BOT_CERTIFICATE_FILE names a file that cannot be read'],
    ['a certificate file that holds no PEM', { ...registration, BOT_CERTIFICATE_FILE: 'note.txt' }, 'BOT_CERTIFICATE_FILE must name a PEM file'],
    ['a key without its certificate', { ...registration, BOT_CERTIFICATE_FILE: 'key.pem' }, 'BOT_CERTIFICATE_FILE must name a PEM file'],
    ['a certificate without its key', { ...registration, BOT_CERTIFICATE_FILE: 'certificate.pem' }, 'BOT_CERTIFICATE_FILE must name a PEM file'],
    ['a certificate with another\'s key', { ...registration, BOT_CERTIFICATE_FILE: 'other-key.pem' }, 'BOT_CERTIFICATE_FILE must name a PEM file'],
    ['a key that is not RSA', { ...registration, BOT_CERTIFICATE_FILE: 'elliptic.pem' }, 'BOT_CERTIFICATE_FILE must name a PEM file'],
    ['a key with a passphrase', { ...registration, BOT_CERTIFICATE_FILE: 'passphrase.pem' }, 'BOT_CERTIFICATE_FILE must name a PEM file'],
  ])('%s is refused', (_what, env, fault) => {
    expect(faultsOf(env)).toEqual([expect.stringContaining(fault)]);
  });
});

describe('step-up', () => {
  test('is off without a registration of its own', () => {
    expect(read(safe).config.stepUp).toBeNull();
    expect(read({ ...safe, PUBLIC_URL: 'https://pim.contoso.example' }).config.stepUp).toBeNull();
  });

  test('is on with a registration and a public address, which may end in a slash and be in capitals', () => {
    expect(read({ ...safe, ...stepUp, PUBLIC_URL: 'https://PIM.Contoso.example/' }).config.stepUp).toEqual({ appId: stepUpId, publicUrl: 'https://pim.contoso.example' });
    expect(read({ ...safe, ...stepUp, PUBLIC_URL: 'https://localhost:8443' }).config.stepUp?.publicUrl).toBe('https://localhost:8443');
  });

  test('has a secret of its own where the bot has one', () => {
    const { config, secrets } = read({ ...registration, ...stepUp, MicrosoftAppPassword: 'bot', STEP_UP_APP_PASSWORD: 'step-up' });
    expect(config.stepUp).not.toBeNull();
    expect(secrets).toMatchObject({ appPassword: 'bot', stepUpPassword: 'step-up' });
  });

  const publicUrlFault = 'PUBLIC_URL must be an https address without a path';
  test.each([
    ['without a public address', { ...safe, STEP_UP_APP_ID: stepUpId }, 'PUBLIC_URL is missing: with STEP_UP_APP_ID, set it'],
    ['at a plain http address', { ...safe, ...stepUp, PUBLIC_URL: 'http://pim.contoso.example' }, publicUrlFault],
    ['at a host without https://', { ...safe, ...stepUp, PUBLIC_URL: 'pim.contoso.example' }, publicUrlFault],
    ['at an address with a path', { ...safe, ...stepUp, PUBLIC_URL: 'https://contoso.example/pim' }, publicUrlFault],
    ['at an address with a query', { ...safe, ...stepUp, PUBLIC_URL: 'https://contoso.example?pim' }, publicUrlFault],
    ['at an address with a fragment', { ...safe, ...stepUp, PUBLIC_URL: 'https://contoso.example#pim' }, publicUrlFault],
    ['at an address with a user', { ...safe, ...stepUp, PUBLIC_URL: 'https://admin@contoso.example' }, publicUrlFault],
    ['with the bot\'s own registration', { ...safe, ...stepUp, STEP_UP_APP_ID: botId.toUpperCase() }, 'STEP_UP_APP_ID must be an app registration of its own'],
    ['with a registration that is no GUID', { ...safe, ...stepUp, STEP_UP_APP_ID: 'step-up' }, 'STEP_UP_APP_ID must be a GUID'],
    ['without its secret where the bot has one', { ...registration, ...stepUp, MicrosoftAppPassword: 'x' }, 'STEP_UP_APP_PASSWORD is missing'],
    ['with a secret beside a managed identity', { ...safe, ...stepUp, STEP_UP_APP_PASSWORD: 'x' }, 'STEP_UP_APP_PASSWORD must not be set'],
    ['with a secret and no registration', { ...safe, STEP_UP_APP_PASSWORD: 'x' }, 'STEP_UP_APP_PASSWORD is set without STEP_UP_APP_ID'],
  ])('promise 2: %s is refused', (_what, env, fault) => {
    expect(faultsOf(env)).toEqual([expect.stringContaining(fault)]);
  });
});

describe('the extra certificate authority of PIM', () => {
  test('is read from its file', () => {
    expect(read({ ...safe, PIM_CA_FILE: 'ca.pem' }).config.pim.caPem).toBe(authority.certificatePem);
  });

  test.each([['gone.pem', 'names a file that cannot be read'], ['note.txt', 'must name a PEM file'], ['server.pem', 'with the certificate of an authority']])(
    'promise 2: %s in its place is refused',
    (file, fault) => {
      expect(faultsOf({ ...safe, PIM_CA_FILE: file })).toEqual([expect.stringContaining(fault)]);
    },
  );
});

// Guard: readOwnFile in src/config.ts.
describe('our own settings of roles', () => {
  const entry = { kind: 'azure', role: 'Contributor', scope: '/subscriptions/c3e00000-0000-4000-8000-000000000001' };
  const of = (settings: object, more: object = {}): string => JSON.stringify({ roles: [{ ...entry, settings, ...more }] });
  const usual = 'env/role-settings.json';

  function startsWith(content: string | null, env: Record<string, string> = safe, path = usual): readonly OwnEntry[] {
    return readConfig(env, (asked) => {
      if (content !== null && asked === path) return content;
      throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    }).config.ownSettings;
  }

  const refusedWith = (...start: Parameters<typeof startsWith>): readonly string[] => faultsIn(() => { startsWith(...start); });

  test('are those of env/role-settings.json, or of the file that is named', () => {
    expect(startsWith(of({ elevationDuration: 'PT1H' }))).toMatchObject([{ role: 'Contributor', maximumMinutes: 60 }]);
    expect(startsWith(of({ elevationDuration: 'PT1H' }), { ...safe, ROLE_SETTINGS_FILE: 'ours.json' }, 'ours.json')).toMatchObject([{ role: 'Contributor', maximumMinutes: 60 }]);
  });

  test('are none without a file, unless one is named', () => {
    expect(startsWith(null)).toEqual([]);
    expect(refusedWith(null, { ...safe, ROLE_SETTINGS_FILE: 'gone.json' })).toEqual(['the file of ROLE_SETTINGS_FILE cannot be read: it holds the bot\'s own settings of roles']);
  });

  test('may not be there, but may not be unreadable', () => {
    expect(faultsIn(() => readConfig(safe, () => { throw Object.assign(new Error('EACCES'), { code: 'EACCES' }); }))).toEqual([`${usual} cannot be read: it holds the bot's own settings of roles`]);
  });

  test.each<[string, string, RegExp]>([
    ['no approval at least', of({}, { approvalsRequired: 0 }), /^env\/role-settings\.json: line 1, column \d+, roles\[0\]\.approvalsRequired: must be 1 to 5$/u],
    ['a pattern that is none', of({}, { tickets: [{ system: 'ServiceNow', pattern: '(' }] }), /^env\/role-settings\.json: line 1, column \d+, roles\[0\]\.tickets\[0\]\.pattern: must be a regular expression/u],
    ['approval by nobody', of({ approvalOnElevation: true, approverIds: [] }), /^env\/role-settings\.json: line 1, column \d+, roles\[0\]\.settings\.approvalOnElevation: approvalOnElevation needs approverIds/u],
    ['approvers without approval', of({ approverIds: [identityId] }), /^env\/role-settings\.json: line 1, column \d+, roles\[0\]\.settings\.approverIds: approverIds has no effect/u],
    ['an unknown member', of({ mfaOnActivation: true }), /^env\/role-settings\.json: line 1, column \d+, roles\[0\]\.settings\.mfaOnActivation: there is no field/u],
    ['what is no JSON', '{ "roles": [', /^env\/role-settings\.json: line 1, column \d+: this is not JSON/u],
  ])('with %s are refused before the start', (_what, content, fault) => {
    expect(refusedWith(content)).toEqual([expect.stringMatching(fault)]);
  });

  test('that ask for a second factor need the page for it', () => {
    expect(refusedWith(of({ mfaOnElevation: true }))).toEqual([`${usual}: mfaOnElevation needs the step-up page: set STEP_UP_APP_ID and PUBLIC_URL`]);
    expect(startsWith(of({ mfaOnElevation: true }), { ...safe, ...stepUp })).toMatchObject([{ mfaRequired: true }]);
    expect(startsWith(of({ mfaOnElevation: false }))).toMatchObject([{ mfaRequired: false }]);
  });

  test('promise 17: what stands in the place of the file\'s name is not quoted', () => {
    for (const content of ['{', null]) {
      const faults = refusedWith(content, { ...safe, ROLE_SETTINGS_FILE: 'canary-password' }, 'canary-password');
      expect(faults).toEqual([expect.stringContaining('the file of ROLE_SETTINGS_FILE')]);
      expect(faults.join()).not.toContain('canary');
    }
  });
});

test('a blank setting counts as absent and gets its default', () => {
  const { config, secrets } = read({ ...safe, PORT: '', DATABASE_URL: ' ', PIM_ARM_ENDPOINT: '', MicrosoftAppType: '', MicrosoftAppPassword: '', TOKEN_SERVICE_URL: '' });
  expect(config).toMatchObject({ port: 3978, tokenServiceUrl: 'https://token.botframework.com', pim: { armEndpoint: 'https://management.azure.com', caPem: null } });
  expect(secrets).toEqual({ appPassword: '', stepUpPassword: '', certificatePem: '', database: { kind: 'embedded', folder: '.data/bot' } });
});

test('ids are taken in the case in which Entra writes them', () => {
  expect(read({ ...safe, MicrosoftAppId: botId.toUpperCase(), MicrosoftAppTenantId: tenant.toUpperCase(), MicrosoftAppType: 'SingleTenant' }).config.bot)
    .toMatchObject({ appId: botId, tenantId: tenant });
});

test('all kinds of roles are looked after, unless the setting names some', () => {
  expect(read(safe).config.pim.roleKinds).toEqual(['azure', 'entra', 'group']);
  expect(read({ ...safe, ROLE_KINDS: 'Entra, azure,entra' }).config.pim.roleKinds).toEqual(['entra', 'azure']);
});

test('the digest covers the groups that are named', () => {
  expect(read(safe).config.pim.digestGroups).toEqual([]);
  expect(read({ ...safe, DIGEST_GROUPS: ` ${botId.toUpperCase()}, ${tenant}` }).config.pim.digestGroups).toEqual([botId, tenant]);
});

test('promise 23: activations are announced in the channel that is named, in no other, by Teams\' global address on the first of the connector hosts', () => {
  expect(read(safe).config.announceChannel).toBeNull();
  expect(read({ ...safe, ANNOUNCE_CHANNEL: ' ', ANNOUNCE_LOCALE: 'ja' }).config.announceChannel).toBeNull();
  expect(read({ ...safe, ANNOUNCE_CHANNEL: '19:a1_B2-c3@thread.skype' }).config.announceChannel).toEqual({
    id: '19:a1_B2-c3@thread.skype', serviceUrl: 'https://smba.trafficmanager.net/teams/', reader: { locale: 'en', timeZone: 'UTC' },
  });
  const ofGcc = { TEAMS_SERVICE_HOSTS: 'smba.infra.gcc.teams.microsoft.com, smba.trafficmanager.net', ANNOUNCE_LOCALE: 'ja', ANNOUNCE_TIME_ZONE: 'Asia/Tokyo' };
  const { config } = read({ ...safe, ...ofGcc, ANNOUNCE_CHANNEL: '19:a1b2@thread.tacv2' });
  expect(config.announceChannel).toEqual({ id: '19:a1b2@thread.tacv2', serviceUrl: 'https://smba.infra.gcc.teams.microsoft.com/teams/', reader: { locale: 'ja', timeZone: 'Asia/Tokyo' } });
  expect(allowedServiceUrl(config.announceChannel?.serviceUrl, new Set(config.teamsServiceHosts))).not.toBeNull();
});

test('promise 23: the token service is one of Microsoft\'s, by region', () => {
  for (const region of ['', 'europe.', 'unitedstates.', 'india.']) {
    expect(read({ ...safe, TOKEN_SERVICE_URL: `https://${region}token.botframework.com/` }).config.tokenServiceUrl).toBe(`https://${region}token.botframework.com`);
  }
});

test('promise 1: the connector hosts are Microsoft\'s documented ones unless the setting names others', () => {
  expect(read(safe).config.teamsServiceHosts).toEqual([
    'smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com', 'smba.infra.gov.teams.microsoft.us', 'smba.infra.dod.teams.microsoft.us',
  ]);
  const named = { ...safe, TEAMS_SERVICE_HOSTS: 'SMBA.trafficmanager.net, 127.0.0.1:8443' };
  expect(read(named).config.teamsServiceHosts).toEqual(['smba.trafficmanager.net', '127.0.0.1:8443']);
});

// Promise 17's guard: Secrets apart from Config, and messages of src/config.ts that say names and never values.
describe('promise 17', () => {
  const keyBody = pemOf(rsa.privateKey).split('\n')[1] ?? '';
  const secret = { MicrosoftAppPassword: 'canary-password', STEP_UP_APP_PASSWORD: 'canary-password-2', DATABASE_URL: 'postgresql://bot:canary-password-3@db/pim' };

  test('the configuration carries no secret', () => {
    expect(keyBody).toHaveLength(64);
    const bySecret = read({ ...registration, ...stepUp, ...secret });
    const byCertificate = read({ ...registration, BOT_CERTIFICATE_FILE: 'bot.pem' });
    for (const canary of ['canary-password', keyBody]) {
      expect(JSON.stringify([bySecret.secrets, byCertificate.secrets])).toContain(canary);
      expect(JSON.stringify([bySecret.config, byCertificate.config])).not.toContain(canary);
    }
  });

  test('the faults quote no value, not even one that was put into the wrong place', () => {
    const names = Object.keys(parseEnv(readFileSync('env/.env.example', 'utf8')));
    const faults = faultsOf(Object.fromEntries(names.map((name) => [name, '!canary-password']))).join('\n');
    expect(faults).toContain('MicrosoftAppId must be a GUID');
    expect(faults).not.toContain('canary');
    const misplaced = faultsOf({ ...registration, BOT_CERTIFICATE_FILE: files['bot.pem'] ?? '', PIM_CA_FILE: 'key.pem' }).join('\n');
    expect(misplaced).toContain('BOT_CERTIFICATE_FILE names a file that cannot be read');
    expect(misplaced).not.toContain(keyBody);
  });
});

test('env/.env.example names every setting that is read, and no other', () => {
  const documented = Object.keys(parseEnv(readFileSync('env/.env.example', 'utf8')));
  const settings = [...readFileSync('src/config.ts', 'utf8').matchAll(/^ {2}([A-Z][A-Za-z_]+): /gm)].map(([, name = '']) => name);
  expect(settings.length).toBeGreaterThan(15);
  expect(documented.toSorted()).toEqual(settings.toSorted());
});

test('env/.env.example as it stands starts once the required settings are filled in', () => {
  expect(faultsOf({ ...withoutUndefined(parseEnv(readFileSync('env/.env.example', 'utf8'))), ...safe })).toEqual([]);
});

function withoutUndefined(env: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? '']));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The least certificate that X.509 knows (version 1, no extensions): enough to carry a public key. */
function selfSigned(privateKey: KeyObject, publicKey: KeyObject): string {
  const sha256WithRsa = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'));
  const name = der(0x30, der(0x31, der(0x30, Buffer.concat([Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('pim-bot'))]))));
  const validity = der(0x30, Buffer.concat(['260101000000Z', '460101000000Z'].map((time) => der(0x17, Buffer.from(time)))));
  const toBeSigned = der(0x30, Buffer.concat([Buffer.from('020101', 'hex'), sha256WithRsa, name, validity, name, publicKey.export({ type: 'spki', format: 'der' })]));
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', toBeSigned, privateKey)]));
  const lines = der(0x30, Buffer.concat([toBeSigned, sha256WithRsa, signature])).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 0x80 ? [size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
