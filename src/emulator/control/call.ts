import type { EmulatorClock } from '../emulator-clock.ts';
import type { Faults } from '../faults.ts';
import type { Identity } from '../identity.ts';
import type { Incoming } from '../incoming.ts';
import type { Reply } from '../reply.ts';
import type { Pim } from '../state.ts';

/** One request to the emulator's own endpoints. They take no token. */
export interface ControlCall extends Pim {
  readonly incoming: Incoming;
  readonly clock: EmulatorClock;
  readonly faults: Faults;
  readonly identity: Identity;
  /** Back to the seed: state, clock, faults and audit. */
  readonly reset: () => void;
}

export interface ControlOperation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Throws `Refusal`. */
  readonly handle: (call: ControlCall) => Reply | Promise<Reply>;
}
