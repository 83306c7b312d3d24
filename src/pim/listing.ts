import type { Listing } from './model.ts';

/** A listing with nothing missing. */
export function whole<T>(items: readonly T[]): Listing<T> {
  return { items, gaps: [] };
}
