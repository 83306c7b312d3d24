import { appendFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { emptyLog, type AuditHead } from './audit-chain.ts';
import type { Queries } from './database.ts';
import type { CheckpointLog } from './store-log.ts';

/** Entries between two checkpoints. */
const every = 100;

const message = 'audit checkpoint';

/**
 * Writes down, outside the database, where the chain has come to. Whoever can write to the database can drop the end of the
 * log, or compute a whole chain anew; what is in the log of the bot by then tells.
 */
export class AuditCheckpoints {
  readonly #log: CheckpointLog;
  readonly #file: string | null;
  #last = { number: 0, day: '' };

  /** @param file beside the data of an embedded database; `null`: the log of the bot alone */
  constructor(log: CheckpointLog, file: string | null) {
    this.#log = log;
    this.#file = file;
  }

  /** Called once the entries are committed. Never rejects. */
  async afterCommit({ head, entries }: { readonly head: AuditHead; readonly entries: number }): Promise<void> {
    if (Math.floor(head.number / every) > Math.floor((head.number - entries) / every)) await this.#write(head);
  }

  /** Called every few minutes: writes one where there is something new, and one a day anyway. */
  async regularly(db: Queries): Promise<void> {
    const { rows: [row] } = await sql<{ number: string | number; hash: string; day: string }>`
      select number, hash, to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as day from audit_head`.execute(db);
    if (row === undefined) {
      this.#log.error({}, 'the audit log has lost its head: nothing can be recorded');
      return;
    }
    const head = { number: Number(row.number), hash: row.hash };
    if (head.number === emptyLog.number || (head.number === this.#last.number && row.day === this.#last.day)) return;
    this.#last = { number: head.number, day: row.day };
    await this.#write(head);
  }

  async #write({ number, hash }: AuditHead): Promise<void> {
    this.#log.info({ number, hash }, message);
    if (this.#file === null) return;
    try {
      await appendFile(this.#file, `${JSON.stringify({ number, hash, msg: message })}\n`, { mode: 0o600 });
    } catch (error) {
      this.#log.warn({ error }, 'an audit checkpoint could not be written beside the data');
    }
  }
}

/** The checkpoint in a line of the bot's log, also where a collector has put something around it. `null`: there is none. */
export function checkpointIn(line: string): AuditHead | null {
  if (!line.includes(message)) return null;
  const number = /\bnumber\\*"\s*:\s*(\d{1,15})\b/.exec(line)?.[1];
  const hash = /\bhash\\*"\s*:\s*\\*"([\da-f]{64})\b/.exec(line)?.[1];
  return number === undefined || hash === undefined ? null : { number: Number(number), hash };
}

/** As it is given by hand: `number:hash`. `null`: it is none. */
export function parseCheckpoint(text: string): AuditHead | null {
  const [, number, hash] = /^(\d{1,15}):([\da-f]{64})$/.exec(text) ?? [];
  return number === undefined || hash === undefined ? null : { number: Number(number), hash };
}
