import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { DateTime } from 'luxon';
import { readDatabase, type Secrets } from './config.ts';
import type { AuditHead } from './store/audit-chain.ts';
import { checkpointIn, parseCheckpoint } from './store/audit-checkpoints.ts';
import { listAudit, type AuditFilter, type AuditRow } from './store/audit-log.ts';
import { checkpointFileOf } from './store/database.ts';
import { readAudit } from './store/read-audit.ts';
import { verifyAudit } from './store/verify-audit.ts';

const usage = `npm run audit verify                                      is the chain of the audit log unbroken?
npm run audit verify -- --checkpoint 1200:1f6e…           and does it still hold what it held then? As often as you like
npm run audit verify -- --checkpoint-file bot.log         the same for all checkpoints in a file with lines of the bot's log
npm run --silent audit export                             all entries, one JSON object a line
npm run --silent audit export -- --request ID             those of one request
npm run --silent audit export -- --from 2026-11-01 --to 2026-12-01
                                                          from one time on, before another; without a zone: UTC
DATABASE_URL or DATA_FOLDER name the database, as for npm start. It is only read.`;

/** Exit codes. */
const sound = 0;
const broken = 1;
const notRead = 2;

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The operator's view of the audit log, beside the bot. */
async function main(): Promise<number> {
  const { positionals: [command, ...rest], values } = parseArgs({
    allowPositionals: true,
    options: {
      'checkpoint': { type: 'string', multiple: true, default: [] },
      'checkpoint-file': { type: 'string', multiple: true, default: [] },
      'request': { type: 'string' },
      'from': { type: 'string' },
      'to': { type: 'string' },
      'help': { type: 'boolean' },
    },
  });
  if (values.help === true) {
    print(usage);
    return sound;
  }
  const database = readDatabase(process.env);
  if (command === 'verify' && rest.length === 0) return verify(database, { given: values.checkpoint, files: values['checkpoint-file'] });
  if (command === 'export' && rest.length === 0) return exportEntries(database, filterOf(values));
  throw new Error(usage);
}

interface GivenCheckpoints {
  readonly given: readonly string[];
  readonly files: readonly string[];
}

async function verify(database: Secrets['database'], { given, files }: GivenCheckpoints): Promise<number> {
  const checkpoints = [...given.map(checkpointOf), ...(await Promise.all(files.map(checkpointsOf))).flat(), ...await ownCheckpoints(database)];
  const verdict = await readAudit(database, (tx) => verifyAudit(tx, checkpoints));
  if (!verdict.sound) {
    print(`The audit log is broken. First bad entry: ${verdict.number}: ${verdict.fault}`);
    return broken;
  }
  const { number, hash } = verdict.head;
  print(`${number} ${number === 1 ? 'entry' : 'entries'}, unbroken, head ${number}:${hash}`);
  print(checkpoints.length > 0
    ? `Agrees with ${checkpoints.length === 1 ? 'the checkpoint' : `all ${checkpoints.length} checkpoints`} up to entry ${Math.max(...checkpoints.map((checkpoint) => checkpoint.number))}.`
    : 'No checkpoint was given: that the end was dropped, or all of it computed anew, would not show.');
  return sound;
}

function checkpointOf(text: string): AuditHead {
  const checkpoint = parseCheckpoint(text);
  if (checkpoint === null) throw new Error('--checkpoint takes number:hash, as the line "audit checkpoint" in the bot\'s log has them, the hash with 64 hexadecimal digits.');
  return checkpoint;
}

async function checkpointsOf(file: string): Promise<readonly AuditHead[]> {
  const found: AuditHead[] = [];
  try {
    for await (const line of (await open(file)).readLines()) {
      const checkpoint = checkpointIn(line);
      if (checkpoint !== null) found.push(checkpoint);
    }
  } catch (cause) {
    throw new Error(`The file ${file} cannot be read. Name a file with lines of the bot's log.`, { cause });
  }
  if (found.length === 0) throw new Error(`The file ${file} has no line with an audit checkpoint.`);
  return found;
}

/** The embedded database has its own beside it. */
async function ownCheckpoints(database: Secrets['database']): Promise<readonly AuditHead[]> {
  if (database.kind !== 'embedded' || !existsSync(checkpointFileOf(database.folder))) return [];
  return checkpointsOf(checkpointFileOf(database.folder));
}

async function exportEntries(database: Secrets['database'], filter: AuditFilter): Promise<number> {
  await readAudit(database, (tx) => pipeline(Readable.from(linesOf(listAudit(tx, filter))), process.stdout, { end: false }));
  return sound;
}

async function* linesOf(rows: AsyncIterable<AuditRow>): AsyncGenerator<string, void, undefined> {
  for await (const { number, at, actor, action, phase, requestId, details, previous, hash, form } of rows) {
    yield `${JSON.stringify({ number, at, actor, action, phase, requestId, details, previous, hash, form })}\n`;
  }
}

function filterOf({ request, from, to }: { readonly request?: string | undefined; readonly from?: string | undefined; readonly to?: string | undefined }): AuditFilter {
  if (request !== undefined && !guid.test(request)) throw new Error('--request takes the GUID of a request.');
  return {
    ...(request === undefined ? {} : { requestId: request }),
    ...(from === undefined ? {} : { from: timeOf('--from', from) }),
    ...(to === undefined ? {} : { to: timeOf('--to', to) }),
  };
}

function timeOf(option: string, text: string): Date {
  const time = DateTime.fromISO(text, { zone: 'utc' });
  if (!time.isValid) throw new Error(`${option} takes a date or a time, such as 2026-11-01 or 2026-11-01T09:30:00Z.`);
  return time.toJSDate();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'The audit log could not be read.'}\n`);
  process.exitCode = notRead;
}
