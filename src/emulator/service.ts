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
import { Refusal } from './reply.ts';
import type { Reply } from './reply.ts';
import type { StateFile } from './saved-state.ts';
import type { Seed } from './seed.ts';
import { initialState } from './state.ts';
import type { Pim, State } from './state.ts';
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

/** The PIM service without its wire. Between the check of the token and the answer nothing waits: requests do not mix. */
export class PimService {
  readonly #tenant: Tenant;
  readonly #parts: ServiceParts;
  readonly #clock: EmulatorClock;
  readonly #faults = new Faults();
  #state: State;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#tenant = buildTenant(parts.seed);
    const remembered = parts.stateFile?.read();
    this.#state = remembered?.state ?? initialState(parts.seed.groups ?? []);
    this.#clock = new EmulatorClock(parts.machineTime, remembered?.clockOffsetMs);
  }

  async handle(incoming: Incoming): Promise<Outcome> {
    if (isControlPath(incoming.path)) {
      return { reply: await this.#control(incoming), delayMs: 0, drop: false };
    }
    const fault = this.#faults.take(incoming);
    const verification = await this.#verify(incoming);
    const actor = verification.ok ? verification.caller.id : null;
    const reply = this.#carryOut(incoming, verification, fault);
    const drop = fault?.kind === 'dropAfterCommit';
    this.#record(incoming, actor, drop ? null : reply.status);
    return { reply, delayMs: fault?.kind === 'delay' ? fault.ms : 0, drop };
  }

  #carryOut(incoming: Incoming, verification: Verification, fault: Fault | null): Reply {
    const pim = this.#present();
    if (fault?.kind === 'status' && !fault.after) {
      return fault.reply;
    }
    const { pageSize } = this.#parts;
    const visibleUntil = fault?.kind === 'lag' ? pim.now - fault.ms : Infinity;
    const own = isGraphPath(incoming.path)
      ? answerGraph({ pim, verification, incoming, pageSize })
      : answerArm({ pim, verification, incoming, pageSize, visibleUntil });
    return fault?.kind === 'status' ? fault.reply : own;
  }

  async #control(incoming: Incoming): Promise<Reply> {
    const reply = await this.#answerControl(incoming);
    if (incoming.method !== 'GET') {
      this.#present();
      this.#record(incoming, null, reply.status);
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
    this.#state = initialState(this.#parts.seed.groups ?? []);
    this.#clock.reset();
    this.#faults.clear();
  }

  /** Only writes go to disk: what the clock did meanwhile is worked out again from what is there. */
  #record({ method, path }: Incoming, actor: string | null, status: number | null): void {
    const call = { at: new Date(this.#clock.now()).toISOString(), actor, method, path };
    recordCall(this.#state, status === null ? call : { ...call, status });
    if (method !== 'GET' && !/^\/emulator\/(token|faults)$/i.test(path)) {
      this.#parts.stateFile?.write({ state: this.#state, clockOffsetMs: this.#clock.offsetMs });
    }
  }
}
