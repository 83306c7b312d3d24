import type { Pim } from './state.ts';

/** Whether listings have noticed what happened then; without a lag they notice everything. */
export function isNoticed({ now, lagMs = 0 }: Pim, at: number): boolean {
  return lagMs === 0 || at <= now - lagMs;
}
