import type { Gap, Listing, RoleKind } from './model.ts';

/** A listing with nothing missing. */
export function whole<T>(items: readonly T[]): Listing<T> {
  return { items, gaps: [] };
}

/** A gap for each reason, once. */
export function gapsOf(kind: RoleKind, reasons: readonly Gap['why'][]): readonly Gap[] {
  return [...new Set(reasons)].map((why) => ({ kind, why }));
}
