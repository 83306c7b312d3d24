import { PimError } from '../errors.ts';

/** @throws {PimError} `unavailable`, with these words, when `ms` milliseconds have passed; the work is left to end by itself. */
export async function withinTime<T>(work: Promise<T>, ms: number, words: string): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => { limit.reject(new PimError('unavailable', words)); }, ms);
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
