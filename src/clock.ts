/** The time, passed to whoever needs it: tests move it, nothing below the root reads the system's clock. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
