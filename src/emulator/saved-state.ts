import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Seed } from './seed.ts';
import type { Activation, AuditEntry, ScheduleRequest, State } from './state.ts';

/** What a data folder keeps between two runs. */
interface SavedState {
  readonly version: 1;
  /** Hash of the seed that the state grew from. */
  readonly seed: string;
  readonly clockOffsetMs: number;
  readonly groupMembers: readonly (readonly [string, readonly string[]])[];
  readonly requests: readonly ScheduleRequest[];
  readonly activations: readonly Activation[];
  readonly audit: readonly AuditEntry[];
}

/** A data folder that cannot be used; the message says what to do. */
class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
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
      requests: new Map(saved.requests.map((request) => [request.name, request])),
      activations: new Map(saved.activations.map((activation) => [activation.requestName, activation])),
      audit: [...saved.audit],
    };
    return { state, clockOffsetMs: saved.clockOffsetMs };
  }

  write({ state, clockOffsetMs }: Remembered): void {
    const saved: SavedState = {
      version: 1,
      seed: this.#seedHash,
      clockOffsetMs,
      groupMembers: [...state.groupMembers],
      requests: [...state.requests.values()],
      activations: [...state.activations.values()],
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
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
}
