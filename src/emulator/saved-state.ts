import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { DataFolderError, readText, reason, writeWhole } from './data-folder.ts';
import type { Seed } from './seed.ts';
import { carryOut, changeBetween, emptyState } from './state-changes.ts';
import type { Keyed, StateChange } from './state-changes.ts';
import type { AuditEntry, State } from './state.ts';

/** Content of `state.json`: everything, as it was at one moment. */
interface Snapshot {
  readonly version: 3;
  readonly id: string;
  /** Hash of the seed that the state grew from. */
  readonly seed: string;
  readonly clockOffsetMs: number;
  readonly state: StateChange;
}

/** Content of a line of `changes.jsonl`: what one write changed since the one before. */
interface LaterChange {
  /** Id of the snapshot that it belongs to. */
  readonly after: string;
  readonly clockOffsetMs: number;
  readonly state: StateChange;
}

export interface Remembered {
  readonly state: State;
  readonly clockOffsetMs: number;
}

/** What is on disk, so that the next write need not repeat it. */
interface Written {
  readonly snapshotId: string;
  /** The state as it was then. */
  readonly copy: Keyed;
  readonly lastEntry: AuditEntry | null;
  /** Characters that may still be appended before everything is written anew. */
  readonly room: number;
}

/** Fewer characters of changes than this are never gathered into a new snapshot. */
const shortChanges = 262_144;

/**
 * The state of a data folder: a snapshot that is written whole and renamed into place, and a line for each write since.
 * A crash leaves the old or the new snapshot, and of the changes all whose write had returned. Each carries
 * the hash of its content: what has the right one was written by this service.
 */
export class StateFile {
  readonly #folder: string;
  readonly #seedHash: string;
  /** `null`: the next write is a snapshot. */
  #written: Written | null = null;

  constructor(folder: string, seed: Seed) {
    this.#folder = folder;
    this.#seedHash = hashOf(JSON.stringify(seed));
  }

  get #file(): string {
    return path.join(this.#folder, 'state.json');
  }

  get #changesFile(): string {
    return path.join(this.#folder, 'changes.jsonl');
  }

  /** `null` when there is none yet. Throws `DataFolderError` when it is from another seed or not readable. */
  read(): Remembered | null {
    if (!existsSync(this.#file)) {
      return null;
    }
    const snapshot = parseLine(readText(this.#file).trimEnd(), isSnapshot);
    if (snapshot === null) {
      throw new DataFolderError(`${this.#file} is damaged or of another version: delete it, or choose another data folder.`);
    }
    if (snapshot.seed !== this.#seedHash) {
      throw new DataFolderError(`${this.#file} belongs to another seed: delete it, or choose another data folder.`);
    }
    const changes = this.#readChanges(snapshot.id);
    const state = emptyState();
    for (const change of [snapshot, ...changes]) {
      carryOut(change.state, state);
      // One by one: thousands are more than a call takes.
      change.state.audit.forEach((entry) => state.audit.push(entry));
    }
    return { state, clockOffsetMs: changes.at(-1)?.clockOffsetMs ?? snapshot.clockOffsetMs };
  }

  /** On disk when it returns. Throws `DataFolderError`; what could not be written comes with the next write. */
  write(remembered: Remembered): void {
    const before = this.#written;
    this.#written = null;
    try {
      this.#written = before !== null && goesOn(before, remembered.state) ? this.#append(before, remembered) : this.#writeSnapshot(remembered);
    } catch (error) {
      throw new DataFolderError(`The state cannot be kept in ${this.#folder}: ${reason(error)}.`, { cause: error });
    }
  }

  #writeSnapshot({ state, clockOffsetMs }: Remembered): Written {
    const snapshotId = randomUUID();
    const copy = emptyState();
    const whole = { ...changeBetween(copy, state), audit: state.audit };
    const line = lineOf({ version: 3, id: snapshotId, seed: this.#seedHash, clockOffsetMs, state: whole });
    writeWhole(this.#file, line);
    writeWhole(this.#changesFile, '');
    carryOut(whole, copy);
    return { snapshotId, copy, lastEntry: state.audit.at(-1) ?? null, room: Math.max(shortChanges, line.length) };
  }

  #append(before: Written, { state, clockOffsetMs }: Remembered): Written {
    const { snapshotId, copy, lastEntry } = before;
    const audit = lastEntry === null ? state.audit : state.audit.slice(state.audit.lastIndexOf(lastEntry) + 1);
    const change = { ...changeBetween(copy, state), audit };
    const line = lineOf({ after: snapshotId, clockOffsetMs, state: change });
    appendFileSync(this.#changesFile, line);
    carryOut(change, copy);
    return { ...before, lastEntry: state.audit.at(-1) ?? null, room: before.room - line.length };
  }

  /** Those after the snapshot. What is behind the last end of a line was being written when the service was killed, and was never answered. */
  #readChanges(snapshotId: string): readonly LaterChange[] {
    const lines = existsSync(this.#changesFile) ? readText(this.#changesFile).split('\n').slice(0, -1) : [];
    const changes = lines.map((line) => {
      const change = parseLine(line, isLaterChange);
      if (change === null) {
        throw new DataFolderError(`${this.#changesFile} is damaged: delete it to go back to ${this.#file}, or choose another data folder.`);
      }
      return change;
    });
    return changes.filter(({ after }) => after === snapshotId);
  }
}

/** Not where the audit log has forgotten what was written last, as after a reset. */
function goesOn({ lastEntry, room }: Written, state: State): boolean {
  return room > 0 && (lastEntry === null || state.audit.lastIndexOf(lastEntry) >= 0);
}

function lineOf(content: Snapshot | LaterChange): string {
  const text = JSON.stringify(content);
  return `${headOf(hashOf(text))}${text}}\n`;
}

function headOf(hash: string): string {
  return `{"sha256":"${hash}","content":`;
}

/** `null` for what this service has not written. */
function parseLine<T>(line: string, isExpected: (value: unknown) => value is T): T | null {
  const text = line.slice(headOf(hashOf('')).length, -1);
  if (line !== `${headOf(hashOf(text))}${text}}`) {
    return null;
  }
  const value: unknown = JSON.parse(text);
  return isExpected(value) ? value : null;
}

/** Its hash stands for its shape. */
function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 3;
}

function isLaterChange(value: unknown): value is LaterChange {
  return typeof value === 'object' && value !== null && 'after' in value;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
