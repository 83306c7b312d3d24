import type { Approver } from './model.ts';

/** Each id once, whatever its case. */
export function distinctApprovers(approvers: readonly Approver[]): readonly Approver[] {
  return [...new Map(approvers.map((approver) => [approver.id.toLowerCase(), approver])).values()];
}
