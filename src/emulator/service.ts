import { answerArm, refusalReply } from './arm/router.ts';
import { recordCall } from './audit.ts';
import { EmulatorClock } from './emulator-clock.ts';
import { answerControl, isControlPath } from './control/router.ts';
import { Faults } from './faults.ts';
import type { Fault } from './faults.ts';
import { answerGraph, isGraphPath } from './graph/router.ts';
import { armAudience, graphAudience } from './identity.ts';
import type { Identity, Verification } from './identity.ts';
import type { Incoming } from './incoming.ts';
import { initialState } from './initial-state.ts';
import { Refusal } from './reply.ts';
import type { Reply } from './reply.ts';
import type { StateFile } from './saved-state.ts';
import type { Seed } from './seed.ts';
import type { CallEntry, Pim, State } from './state.ts';
import { buildTenant } from './tenant.ts';
import type { Tenant } from './tenant.ts';
import { advanceTo } from './timeline.ts';

export interface ServiceParts {
  readonly seed: Seed;
  readonly identity: Identity;
  readonly pageSize: number;
  /** Milliseconds since 1970 by the machine's clock. */
  readonly machineTime: () => number;
  /** `null`: nothing is kept. */
  readonly stateFile: StateFile | null;
}

/** What the wire is to do with a request: answer, answer later, or cut the connection. */
export interface Outcome {
  readonly reply: Reply;
  readonly delayMs: number;
  readonly drop: boolean;
}

interface VerifiedRequest {
  readonly incoming: Incoming;
  readonly verification: Verification;
  readonly inBatch: boolean;
}

/** The PIM service without its wire. Between the check of the token and the answer nothing waits: requests do not mix. */
export class PimService {
  readonly #tenant: Tenant;
  readonly #parts: ServiceParts;
  readonly #clock: EmulatorClock;
  readonly #faults = new Faults();
  #state: State;
  #isClosed = false;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#tenant = buildTenant(parts.seed);
    const remembered = parts.stateFile?.read();
    this.#clock = new EmulatorClock(parts.machineTime, remembered?.clockOffsetMs);
    this.#state = remembered?.state ?? this.#initialState();
  }

  /** What is answered is on disk. */
  async handle(incoming: Incoming): Promise<Outcome> {
    const outcome = await this.#handle(incoming);
    if (changesState(incoming) && !this.#isClosed) {
      this.#parts.stateFile?.write({ state: this.#state, clockOffsetMs: this.#clock.offsetMs });
    }
    return outcome;
  }

  /** Nothing is written any more: the data folder may belong to somebody else. */
  close(): void {
    this.#isClosed = true;
  }

  async #handle(incoming: Incoming): Promise<Outcome> {
    if (isControlPath(incoming.path)) {
      return { reply: await this.#control(incoming), delayMs: 0, drop: false };
    }
    return this.#answer({ incoming, verification: await this.#verify(incoming), inBatch: false });
  }

  /** One request, and one of a batch alike: each meets its own fault and stands in the audit log. A batch is as late as its latest item. */
  #answer(request: VerifiedRequest): Outcome {
    const { incoming, verification, inBatch } = request;
    const fault = this.#faults.take(incoming);
    let delayMs = fault?.kind === 'delay' ? fault.ms : 0;
    const reply = this.#carryOut(request, fault, (item) => {
      const outcome = this.#answer({ incoming: item, verification, inBatch: true });
      delayMs = Math.max(delayMs, outcome.delayMs);
      return outcome.drop ? null : outcome.reply;
    });
    const drop = fault?.kind === 'dropAfterCommit';
    const actor = verification.ok ? verification.caller.id : null;
    this.#record(incoming, { actor, ...(drop ? {} : { status: reply.status }), ...(inBatch ? { inBatch } : {}) });
    return { reply, delayMs, drop };
  }

  #carryOut({ incoming, verification }: VerifiedRequest, fault: Fault | null, answerItem: (item: Incoming) => Reply | null): Reply {
    const pim = { ...this.#present(), ...playedBy(fault) };
    if (fault?.kind === 'status' && !fault.after) {
      return fault.reply;
    }
    const refusal = fault?.kind === 'refusal' ? fault.refusal : null;
    const context = { pim, verification, incoming, pageSize: this.#parts.pageSize, refusal };
    const own = isGraphPath(incoming.path)
      ? answerGraph({ ...context, wrapsErrors: fault?.kind === 'wrapErrors', answerItem })
      : answerArm({ ...context, newerWording: fault?.kind === 'newerWording' });
    return fault?.kind === 'status' ? fault.reply : own;
  }

  async #control(incoming: Incoming): Promise<Reply> {
    const reply = await this.#answerControl(incoming);
    if (incoming.method !== 'GET') {
      this.#present();
      this.#record(incoming, { actor: null, status: reply.status });
    }
    return reply;
  }

  async #answerControl(incoming: Incoming): Promise<Reply> {
    const call = {
      ...this.#present(),
      incoming,
      clock: this.#clock,
      faults: this.#faults,
      identity: this.#parts.identity,
      reset: () => this.#reset(),
    };
    try {
      return await answerControl(call);
    } catch (error) {
      if (error instanceof Refusal) {
        return refusalReply(error);
      }
      throw error;
    }
  }

  #verify(incoming: Incoming): Promise<Verification> {
    const audience = isGraphPath(incoming.path) ? graphAudience : armAudience;
    return this.#parts.identity.verify(incoming.headers.authorization, audience, this.#clock.now());
  }

  /** The state at this moment, with everything that is due behind it. */
  #present(): Pim {
    const pim = { tenant: this.#tenant, state: this.#state, now: this.#clock.now() };
    advanceTo(pim);
    return pim;
  }

  #reset(): void {
    this.#clock.reset();
    this.#state = this.#initialState();
    this.#faults.clear();
  }

  #initialState(): State {
    return initialState(this.#parts.seed, this.#tenant, this.#clock.now());
  }

  #record({ method, path, query }: Incoming, outcome: Pick<CallEntry, 'actor' | 'status' | 'inBatch'>): void {
    const filter = query.get('$filter');
    recordCall(this.#state, { at: new Date(this.#clock.now()).toISOString(), method, path, ...(filter === null ? {} : { filter }), ...outcome });
  }
}

/** What a fault changes in the tenant for this one request. */
function playedBy(fault: Fault | null): Pick<Pim, 'longestActivation' | 'lagMs' | 'settlingMs'> {
  return {
    ...(fault?.kind === 'longestActivation' ? { longestActivation: fault.duration } : {}),
    ...(fault?.kind === 'lag' ? { lagMs: fault.ms } : {}),
    ...(fault?.kind === 'settling' ? { settlingMs: fault.ms } : {}),
  };
}

/** What the clock did meanwhile is worked out again from what is there, so that reads need not be written. */
function changesState({ method, path }: Incoming): boolean {
  return method !== 'GET' && !/^\/emulator\/(token|faults)$/i.test(path);
}
