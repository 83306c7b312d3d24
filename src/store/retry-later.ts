/**
 * Thrown by a job's handler that was told when to come back, e.g. by `Retry-After`: the job ends, and the same job is
 * enqueued anew to start after that time, with all its attempts. It is not counted as a failure.
 */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  /** Seconds from now. */
  readonly seconds: number;

  constructor(seconds: number) {
    super(`to be tried again in ${seconds} s`);
    this.seconds = seconds;
  }
}
