import { moveActivation, type Activation, type ActivationChange } from '../../store/activations.ts';
import { recordAudit } from '../../store/audit-log.ts';
import { whatIsAsked } from '../activations/send-activation.ts';
import type { BotParts } from '../parts.ts';

/** As long as PIM lets its own approvers take. https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-approval-workflow */
export const heldForSeconds = 24 * 3_600;

/**
 * A request for which our settings ask for approval, and PIM's do not: it stays here until its approvers have decided, and
 * nothing is sent to PIM. `null` when something else has moved it meanwhile.
 */
export async function holdRequest(parts: BotParts, unsent: Activation, change: Omit<ActivationChange, 'state'>): Promise<Activation | null> {
  const { requestId, version, state } = unsent;
  return parts.store.transaction(async (tx) => {
    const held = await moveActivation(tx, requestId, { from: [state], fromVersion: version }, { ...change, state: 'held' });
    if (held === null) return null;
    await recordAudit(tx, {
      at: parts.clock.now(),
      actor: held.person,
      action: 'request',
      phase: 'outcome',
      requestId,
      details: { ...whatIsAsked(held), heldBy: 'bot' },
    });
    await parts.jobs.enqueue(tx, 'find-approvers', { requestId });
    await parts.jobs.enqueue(tx, 'expire-request', { requestId }, { after: heldForSeconds });
    return held;
  });
}
