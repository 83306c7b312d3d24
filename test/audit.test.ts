import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../src/log.ts';
import type { AuditHead } from '../src/store/audit-chain.ts';
import { listAudit, recordAudit } from '../src/store/audit-log.ts';
import { checkpointFileOf, openStore, type Store } from '../src/store/database.ts';
import { newPostgresDatabase } from './helpers/test-store.ts';

// Guards of promise 19 as an operator meets them: `verify` (src/audit.ts), `readAudit` (src/store/read-audit.ts), `AuditCheckpoints`
// (src/store/audit-checkpoints.ts). What verification finds is in test/store/audit-chain.test.ts.

const requests = ['3f2504e0-4f89-11d3-9a0c-0305e82c3301', '3f2504e0-4f89-11d3-9a0c-0305e82c3302'] as const;
const megan = { id: 'a1e00000-0000-4000-8000-000000000002', name: 'Megan Bowen' };
const length = 130;

let parent = '';
let folder = '';
/** Every entry of the untouched log, as a checkpoint. */
let heads: readonly AuditHead[] = [];
const logged: string[] = [];

async function writeLog(store: Store): Promise<readonly AuditHead[]> {
  for (let n = 1; n <= length; n++) {
    await recordAudit(store.db, {
      at: new Date(Date.UTC(2031, 0, 1, 0, n)), actor: megan, action: 'approve', phase: n % 2 === 1 ? 'attempt' : 'outcome', requestId: requests[n % 2] ?? null, details: { n },
    });
  }
  await store.maintain();
  return (await Array.fromAsync(listAudit(store.db))).map(({ number, hash }) => ({ number, hash }));
}

async function tamper(statement: string): Promise<void> {
  await using store = await openStore({ kind: 'embedded', folder });
  for (const table of ['audit_log', 'audit_head']) await sql.raw(`alter table ${table} disable trigger all`).execute(store.db);
  await sql.raw(statement).execute(store.db);
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function runs(command: readonly string[], env: Readonly<Record<string, string>> = { DATA_FOLDER: folder }): Promise<Ended> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { PATH: process.env['PATH'], HOME: parent, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

const audit = (...args: readonly string[]): readonly string[] => [process.execPath, 'src/audit.ts', ...args];
const nameOf = (head: AuditHead | undefined): string => `${head?.number}:${head?.hash}`;

beforeAll(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'pim-bot-audit-'));
  folder = path.join(parent, 'data');
  await using store = await openStore({ kind: 'embedded', folder }, { log: createLog('info', { write: (line) => { logged.push(line); } }) });
  heads = await writeLog(store);
});
afterAll(() => rm(parent, { recursive: true, force: true }));

describe('npm run audit', () => {
  test('promise 19: an untouched log is told as unbroken, with its head, by exit code 0', async () => {
    const { code, out } = await runs(['npm', 'run', 'audit', 'verify']);
    expect(out).toContain(`${length} entries, unbroken, head ${nameOf(heads.at(-1))}\nAgrees with all 2 checkpoints up to entry ${length}.`);
    expect(code).toBe(0);
  });

  test('promise 19: the bot writes checkpoints to its log, also for verify to read, whatever a collector puts around them', async () => {
    const checkpoints = logged.filter((line) => line.includes('audit checkpoint'));
    expect(checkpoints.map((line) => JSON.parse(line))).toMatchObject([heads[99], heads.at(-1)].map((head) => ({ ...head, level: 30, msg: 'audit checkpoint' })));
    const file = path.join(parent, 'bot.log');
    await writeFile(file, ['{"msg":"ready"}', 'not JSON', ...logged.map((line) => `2031-01-01T00:00:00Z stdout ${JSON.stringify({ Log: line })}`)].join('\n'));
    const { code, out } = await runs(audit('verify', '--checkpoint-file', file, '--checkpoint', nameOf(heads[4])));
    expect(out).toContain('Agrees with all 5 checkpoints');
    expect(code).toBe(0);
  });

  test.each([
    ['another hash', () => `20:${'a'.repeat(64)}`, 'First bad entry: 20: it is not the one of the checkpoint'],
    ['an entry that is not there', () => `${length + 1}:${'a'.repeat(64)}`, `First bad entry: ${length + 1}: it is missing: the end of the log was dropped`],
  ])('promise 19: a checkpoint with %s is told by exit code 1', async (_what, checkpoint, sentence) => {
    const { code, out } = await runs(audit('verify', '--checkpoint', checkpoint()));
    expect(out).toContain(sentence);
    expect(code).toBe(1);
  });

  test('one request and one time are exported, one JSON object a line', async () => {
    const one = await runs(['npm', 'run', '--silent', 'audit', '--', 'export', '--request', requests[0].toUpperCase(), '--from', '2031-01-01T00:02', '--to', '2031-01-01T00:08:00Z']);
    const rows = one.out.trim().split('\n').map((line): unknown => JSON.parse(line));
    expect(rows).toMatchObject([2, 4, 6].map((n) => ({
      ...heads[n - 1], previous: heads[n - 2]?.hash, at: `2031-01-01T00:0${n}:00.000Z`, actor: megan, action: 'approve', phase: 'outcome', requestId: requests[0], details: { n }, form: 1,
    })));
    const everything = await runs(audit('export'));
    expect(everything.out.trim().split('\n')).toHaveLength(length);
    expect([one.code, everything.code]).toEqual([0, 0]);
  });

  test.each([
    ['no command', [], 'npm run audit verify'],
    ['an unknown command', ['veriify'], 'npm run audit verify'],
    ['an unknown option', ['verify', '--chekpoint', '1:a'], '--chekpoint'],
    ['a checkpoint that is none', ['verify', '--checkpoint', '12'], '--checkpoint takes number:hash'],
    ['a file that is not there', ['verify', '--checkpoint-file', 'nowhere.log'], 'The file nowhere.log cannot be read.'],
    ['a file without checkpoints', ['verify', '--checkpoint-file', 'README.md'], 'has no line with an audit checkpoint'],
    ['a request that is none', ['export', '--request', 'x'], '--request takes the GUID of a request'],
    ['a time that is none', ['export', '--from', 'yesterday'], '--from takes a date or a time'],
  ])('%s is answered by what to write, and exit code 2', async (_what, args, sentence) => {
    const { code, out, err } = await runs(audit(...args));
    expect(err).toContain(sentence);
    expect(err).not.toContain('    at ');
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  test('a folder in use is refused with exit code 2, and its owner goes on', async () => {
    await using store = await openStore({ kind: 'embedded', folder });
    expect(await runs(audit('verify'))).toEqual({ code: 2, out: '', err: `The data folder ${folder} is in use by another process. Stop that process, or choose another folder.\n` });
    expect(await Array.fromAsync(listAudit(store.db, { from: new Date(Date.UTC(2031, 0, 1, 0, length)) }))).toHaveLength(1);
  });

  test('where there is no database, none is made, and no password is shown', async () => {
    const nowhere = path.join(parent, 'nowhere');
    expect(await runs(audit('verify'), { DATA_FOLDER: nowhere })).toMatchObject({ code: 2, err: expect.stringContaining('There is no database in the folder') });
    expect(existsSync(nowhere)).toBe(false);
    const server = await runs(audit('verify'), { DATABASE_URL: 'postgres://bot:canary-password@127.0.0.1:1/pim' });
    expect(server).toMatchObject({ code: 2, err: 'The PostgreSQL server at 127.0.0.1:1/pim cannot be used: nothing listens there.\n' });
    expect(await runs(audit('verify'), { DATABASE_URL: 'mysql://bot:canary-password@db' })).toMatchObject({ code: 2, err: expect.stringMatching(/^(?!.*canary)[^]*DATABASE_URL must be a postgresql/) });
  });

  test('promise 19: a PostgreSQL server is verified while the bot is at work; where the bot has never been, nothing is made', async ({ skip }) => {
    const database = await newPostgresDatabase();
    if (!database.available) return skip(database.reason);
    const env = { DATABASE_URL: database.url };
    expect(await runs(audit('verify'), env)).toMatchObject({ code: 2, err: expect.stringContaining('no chained audit log yet') });
    await using store = await openStore({ kind: 'postgres', url: database.url });
    const [first] = await writeLog(store);
    expect((await runs(audit('verify'), env)).out).toMatch(/^130 entries, unbroken[^]*No checkpoint was given/);
    expect(await runs(audit('verify', '--checkpoint', nameOf(first)), env)).toMatchObject({ code: 0, out: expect.stringContaining('Agrees with the checkpoint up to entry 1.') });
  });

  // The last ones: the log is broken from here on.
  test('promise 19: a changed entry is named, by exit code 1', async () => {
    await tamper("update audit_log set actor_name = 'Nobody' where number = 57");
    const { code, out } = await runs(['npm', 'run', 'audit', 'verify']);
    expect(out).toContain('The audit log is broken. First bad entry: 57: its content was changed');
    expect(code).toBe(1);
    await tamper(`update audit_log set actor_name = '${megan.name}' where number = 57`);
    expect((await runs(audit('verify'))).code).toBe(0);
  });

  test('promise 19: an end that was dropped together with the head is found by the checkpoints beside the data', async () => {
    await tamper(`delete from audit_log where number > 110; `);
    await tamper(`update audit_head set number = 110, hash = '${heads[109]?.hash}'`);
    const { code, out } = await runs(audit('verify'));
    expect(out).toContain('First bad entry: 111: it is missing: the end of the log was dropped, which went up to entry 130 at least, by the checkpoint.');
    expect(code).toBe(1);
    // A line that a crash cut short is no checkpoint.
    const lines = (await readFile(checkpointFileOf(folder), 'utf8')).split('\n');
    await writeFile(checkpointFileOf(folder), `${lines[0]}\n`);
    await appendFile(checkpointFileOf(folder), lines[1]?.slice(0, 60) ?? '');
    expect(await runs(audit('verify'))).toMatchObject({ code: 0, out: expect.stringContaining('110 entries, unbroken') });
  });
});
