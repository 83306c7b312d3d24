/** The emulator's time: the machine's clock moved by an offset. All of PIM's state changes follow it. */
export class EmulatorClock {
  readonly #machineTime: () => number;
  #offsetMs: number;

  /** `machineTime` in milliseconds since 1970. */
  constructor(machineTime: () => number, offsetMs = 0) {
    this.#machineTime = machineTime;
    this.#offsetMs = offsetMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#machineTime() + this.#offsetMs;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  /** The clock goes on running from `now`, which may lie in the past. */
  set(now: number): void {
    this.#offsetMs = now - this.#machineTime();
  }

  reset(): void {
    this.#offsetMs = 0;
  }
}
