import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../src/dev/free-port.ts';

// Guard: `readConfig` (src/config.ts), called by src/index.ts before anything else; each setting by itself is in test/config.test.ts.
// Here the process of `npm start` is asked: it ends, says one sentence for each fault, opens no port, makes no database, and repeats
// nothing that may be a secret.

const folder = mkdtempSync(path.join(tmpdir(), 'pim-bot-insecure-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const canary = 'canary-7fq2xw9';
const guid = (n: number): string => `f6e00000-0000-4000-8000-00000000000${n}`;

/** Complete: each row below spoils it. */
const complete = {
  MicrosoftAppId: guid(1), MicrosoftAppTenantId: guid(9), BOT_MANAGED_IDENTITY_CLIENT_ID: guid(3), SIGN_IN_CONNECTION: 'pim',
  STEP_UP_APP_ID: guid(2), PUBLIC_URL: 'https://pim-bot.contoso.example',
};

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly madeDatabase: boolean;
}

/** Says on its way that a port was opened. */
const tellsOfPorts = `data:text/javascript,${encodeURIComponent(`
  import { Server } from 'node:net';
  const { listen } = Server.prototype;
  Server.prototype.listen = function (...given) { process.stdout.write('a port was opened\\n'); return listen.apply(this, given); };
`)}`;

async function runs(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<Ended> {
  const data = path.join(folder, crypto.randomUUID());
  const all = { PATH: process.env['PATH'], PORT: String(await freePort(0)), DATA_FOLDER: data, ...env };
  const child = spawn(process.execPath, ['--import', tellsOfPorts, ...args], { env: all, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err, madeDatabase: existsSync(data) };
}

function wrongPem(): string {
  const file = path.join(folder, `${canary}.pem`);
  writeFileSync(file, `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----\n`);
  return file;
}

const insecure: [string, Readonly<Record<string, string | undefined>>, readonly string[]][] = [
  ['nothing at all', Object.fromEntries(Object.keys(complete).map((name) => [name, undefined])), [
    'MicrosoftAppId is missing', 'MicrosoftAppTenantId is missing', 'SIGN_IN_CONNECTION is missing', 'The bot has nothing to prove its identity with',
  ]],
  ['a blank app id', { MicrosoftAppId: '  ' }, ['MicrosoftAppId is missing']],
  ['no tenant', { MicrosoftAppTenantId: undefined }, ['MicrosoftAppTenantId is missing']],
  ['several tenants', { MicrosoftAppType: 'MultiTenant' }, ['MicrosoftAppType must be SingleTenant']],
  ['no proof of identity', { BOT_MANAGED_IDENTITY_CLIENT_ID: undefined }, ['The bot has nothing to prove its identity with']],
  ['two proofs', { MicrosoftAppPassword: canary }, ['BOT_MANAGED_IDENTITY_CLIENT_ID and MicrosoftAppPassword are set', 'STEP_UP_APP_PASSWORD is missing']],
  ['no connection to sign people in with', { SIGN_IN_CONNECTION: undefined }, ['SIGN_IN_CONNECTION is missing']],
  ['a certificate that is none', { BOT_MANAGED_IDENTITY_CLIENT_ID: undefined, BOT_CERTIFICATE_FILE: wrongPem() }, ['BOT_CERTIFICATE_FILE must name a PEM file']],
  ['a step-up page without an address, by the bot\'s own registration, with a secret too many',
    { PUBLIC_URL: undefined, STEP_UP_APP_ID: complete.MicrosoftAppId.toUpperCase(), STEP_UP_APP_PASSWORD: canary },
    ['PUBLIC_URL is missing', 'STEP_UP_APP_ID must be an app registration of its own', 'STEP_UP_APP_PASSWORD must not be set']],
  ['values that are something else', {
    MicrosoftAppId: canary, MicrosoftAppTenantId: 'common', MicrosoftAppType: 'UserAssignedMSI', TOKEN_SERVICE_URL: `https://${canary}.evil.example`,
    PUBLIC_URL: `http://${canary}.contoso.example`, TEAMS_SERVICE_HOSTS: `*.${canary}.net`, DATABASE_URL: `mysql://bot:${canary}@db/pim`,
    PIM_ARM_ENDPOINT: `http://${canary}.example`, PIM_GRAPH_ENDPOINT: `http://${canary}.example`,
  }, [
    'MicrosoftAppId must be a GUID', 'MicrosoftAppTenantId must be a GUID', 'MicrosoftAppType must be SingleTenant', 'TOKEN_SERVICE_URL must be one of',
    'PUBLIC_URL must be an https address', 'TEAMS_SERVICE_HOSTS must be exact host names', 'DATABASE_URL must be a postgresql:// address',
    'PIM_ARM_ENDPOINT must be an https address', 'PIM_GRAPH_ENDPOINT must be an https address',
  ]],
];

test.concurrent.each(insecure)('promise 2: with %s nothing is started, and one sentence for each fault says why', async (_what, spoilt, sentences) => {
  const { code, out, err, madeDatabase } = await runs(['src/index.ts'], { ...complete, ...spoilt });
  expect(code).toBe(1);
  const [heading, ...faults] = err.trimEnd().split('\n');
  expect(heading).toBe('The configuration is not safe to start with:');
  expect(faults.map((fault) => sentences.find((sentence) => fault.startsWith(`  - ${sentence}`)) ?? fault)).toEqual(sentences);
  expect(out).toBe('');
  expect(madeDatabase).toBe(false);
  expect(err).not.toContain(canary);
});

test.concurrent('promise 2: a database that cannot be reached ends the process, and its password is not told', async () => {
  const { code, out, err } = await runs(['src/index.ts'], { ...complete, DATABASE_URL: `postgresql://bot:${canary}@127.0.0.1:9/pim` });
  expect(code).toBe(1);
  expect(err).toMatch(/^The PostgreSQL server at \S+ cannot be used: [^\n]+\n$/);
  expect(`${out}${err}`).not.toContain(canary);
  expect(out).not.toContain('a port was opened');
});

test.concurrent('promise 2: the tests would see an open port', async () => {
  const { out } = await runs(['--eval', 'const server = require("node:http").createServer().listen(0, "127.0.0.1", () => server.close())'], {});
  expect(out).toBe('a port was opened\n');
});
