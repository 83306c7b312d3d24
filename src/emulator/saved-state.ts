import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DataFolderError } from './data-folder.ts';
import type { Seed } from './seed.ts';
import type { Assignment, AuditEntry, Eligibility, PolicyChange, ScheduleRequest, State } from './state.ts';

/** What a data folder keeps between two runs. */
interface SavedState {
  readonly version: 2;
  /** Hash of the seed that the state grew from. */
  readonly seed: string;
  readonly clockOffsetMs: number;
  readonly groupMembers: readonly (readonly [string, readonly string[]])[];
  readonly requests: readonly ScheduleRequest[];
  readonly eligibilities: readonly Eligibility[];
  readonly assignments: readonly Assignment[];
  readonly policies: readonly PolicyChange[];
  readonly audit: readonly AuditEntry[];
}

export interface Remembered {
  readonly state: State;
  readonly clockOffsetMs: number;
}

/** The state file of a data folder: written whole and renamed into place, so that a crash leaves the old or the new one. */
export class StateFile {
  readonly #file: string;
  readonly #seedHash: string;

  constructor(folder: string, seed: Seed) {
    this.#file = path.join(folder, 'state.json');
    this.#seedHash = createHash('sha256').update(JSON.stringify(seed)).digest('hex');
  }

  /** `null` when there is none yet. Throws `DataFolderError` when it is from another seed or not readable. */
  read(): Remembered | null {
    if (!existsSync(this.#file)) {
      return null;
    }
    const saved = this.#parse();
    if (saved.seed !== this.#seedHash) {
      throw new DataFolderError(`${this.#file} belongs to another seed: delete it, or choose another data folder.`);
    }
    const state: State = {
      groupMembers: new Map(saved.groupMembers),
      requests: byName(saved.requests),
      eligibilities: byName(saved.eligibilities),
      assignments: byName(saved.assignments),
      policies: new Map(saved.policies.map((change) => [change.key, change])),
      audit: [...saved.audit],
    };
    return { state, clockOffsetMs: saved.clockOffsetMs };
  }

  write({ state, clockOffsetMs }: Remembered): void {
    const saved: SavedState = {
      version: 2,
      seed: this.#seedHash,
      clockOffsetMs,
      groupMembers: [...state.groupMembers],
      requests: [...state.requests.values()],
      eligibilities: [...state.eligibilities.values()],
      assignments: [...state.assignments.values()],
      policies: [...state.policies.values()],
      audit: state.audit,
    };
    const temporary = `${this.#file}.new`;
    writeFileSync(temporary, JSON.stringify(saved));
    renameSync(temporary, this.#file);
  }

  #parse(): SavedState {
    try {
      const value: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
      if (isSavedState(value)) {
        return value;
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) {
        throw error;
      }
    }
    throw new DataFolderError(`${this.#file} is damaged or of another version: delete it, or choose another data folder.`);
  }
}

/** The file is ours, so its version stands for its shape. */
function isSavedState(value: unknown): value is SavedState {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 2;
}

function byName<T extends { readonly name: string }>(entries: readonly T[]): Map<string, T> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}
