import type { Clock } from '../clock.ts';
import type { Approver } from '../pim/model.ts';
import type { UnreadableApprover } from '../pim/pim.ts';
import { recordAskedApprovers, setAskOutcome } from '../store/approvals.ts';
import type { Queries } from '../store/database.ts';

/** Of a list of approvers, what nobody may read, now or later. */
export function lostOf(unreadable: readonly UnreadableApprover[]): readonly Approver[] {
  return unreadable.filter(({ passing }) => !passing).map(({ approver }) => approver);
}

/**
 * A group that nobody may read is told to the requester as an approver who was not reached.
 *
 * @returns those of whom nothing was known before
 */
export async function noteLost({ clock }: { readonly clock: Clock }, tx: Queries, requestId: string, lost: readonly Approver[]): Promise<readonly { readonly id: string }[]> {
  const at = clock.now();
  const added = await recordAskedApprovers(tx, requestId, lost, at);
  for (const { id } of added) await setAskOutcome(tx, { requestId, approverId: id }, { outcome: 'failed', at });
  return added;
}
