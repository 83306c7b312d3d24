import type { DecisionBy } from './decision.ts';
import { findActivation, moveActivation, type Activation } from '../../store/activations.ts';
import { addApproval, dropApprovals, listApprovalsGiven, lockActivation, saveApprovalsCounted, type ApprovalGiven } from '../../store/approvals-given.ts';
import { recordAudit, type AuditEntry } from '../../store/audit-log.ts';
import type { Queries } from '../../store/database.ts';
import { beforePim } from '../nothing-sent.ts';
import type { BotParts } from '../parts.ts';
import { approvalProgress, isCurrentApprover, type CurrentApprovers } from './current-approvers.ts';

/** For so long the requester may activate what our approvers have approved. */
const approvedForMs = 8 * 3_600_000;

export interface Counted {
  readonly activation: Activation;
  /** It takes no more approvals. */
  readonly complete: boolean;
}

/**
 * Counts an approval that PIM is not told of: one of several, or one that our own settings ask for. Each person counts
 * once, whoever else approves at the same time; of a request that we keep, the one that completes it approves it
 * (promises 10 and 11). `approvers`: read for this click; who has approved and is none any more does not count.
 */
export async function countApproval(parts: BotParts, { requestId, state }: Activation, decision: DecisionBy, approvers: CurrentApprovers): Promise<Counted> {
  await recordDecisionAttempt(parts, requestId, decision);
  return parts.store.transaction(async (tx) => {
    const present = await lockActivation(tx, requestId);
    if (present === null) throw new Error('A request that is decided on is not there any more.');
    if (present.state !== state) {
      await recordAudit(tx, outcomeOf(requestId, decision, { result: 'tooLate', state: present.state }));
      return { activation: present, complete: false };
    }
    const isNew = await addApproval(tx, requestId, decision);
    const lapsed = await listLapsed(tx, requestId, approvers);
    await dropApprovals(tx, requestId, lapsed);
    const { given, needed } = approvalProgress(approvers, (await listApprovalsGiven(tx, requestId)).map(({ by }) => by.id));
    await saveApprovalsCounted(tx, requestId, given);
    const complete = needed > 0 && given >= needed;
    const approved = complete && state === 'held' ? await approve(parts, tx, requestId, decision) : null;
    const result = approved !== null ? 'approved' : isNew ? 'counted' : 'countedBefore';
    await recordAudit(tx, outcomeOf(requestId, decision, { result, given, needed, ...(lapsed.length === 0 ? {} : { lapsed }) }));
    if (isNew || lapsed.length > 0 || approved !== null) await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    return { activation: approved ?? await findActivation(tx, requestId) ?? present, complete };
  });
}

/** Who has approved and has left the list since: cards do not count them any more. From a list that is not whole nobody is missed. */
async function listLapsed(tx: Queries, requestId: string, approvers: CurrentApprovers): Promise<readonly string[]> {
  if (!approvers.requirements.every(({ isWhole }) => isWhole)) return [];
  return (await listApprovalsGiven(tx, requestId)).map(({ by }) => by.id).filter((id) => !isCurrentApprover(approvers, id));
}

async function approve(parts: BotParts, tx: Queries, requestId: string, decision: DecisionBy): Promise<Activation | null> {
  const approvedUntil = new Date(decision.at.getTime() + approvedForMs);
  const approved = await moveActivation(tx, requestId, { from: ['held'] }, { state: 'approved', decision, approvedUntil });
  if (approved === null) return null;
  await parts.jobs.enqueue(tx, 'tell-requester', { requestId, version: approved.version });
  await parts.jobs.enqueue(tx, 'expire-request', { requestId }, { after: approvedForMs / 1_000 });
  return approved;
}

/** One approver's no ends a request that we keep. `null`: somebody else was first. */
export async function denyHeld(parts: BotParts, { requestId }: Activation, decision: DecisionBy): Promise<Activation | null> {
  await recordDecisionAttempt(parts, requestId, decision);
  return parts.store.transaction(async (tx) => {
    const denied = await moveActivation(tx, requestId, { from: ['held'] }, { state: 'denied', decision, offer: decision.offer ?? null });
    if (denied === null) {
      await recordAudit(tx, outcomeOf(requestId, decision, { result: 'tooLate', state: (await findActivation(tx, requestId))?.state }));
      return null;
    }
    await recordAudit(tx, outcomeOf(requestId, decision, { result: 'denied', ...(decision.offer ? { offer: decision.offer } : {}) }));
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    await parts.jobs.enqueue(tx, 'tell-requester', { requestId, version: denied.version });
    return denied;
  });
}

async function recordDecisionAttempt(parts: BotParts, requestId: string, decision: DecisionBy): Promise<void> {
  await beforePim(() => recordAudit(parts.store.db, { ...outcomeOf(requestId, decision, { reason: decision.reason, heldBy: 'bot' }), phase: 'attempt' }));
}

function outcomeOf(requestId: string, { by, result, at }: DecisionBy, details: Record<string, unknown>): AuditEntry {
  return { at, actor: by, action: result, phase: 'outcome', requestId, details };
}

/** Whether what has changed since a card's version is approvals alone: what it shows of the request is still true. */
export function onlyApprovalsSince(given: readonly ApprovalGiven[], shown: number, present: number): boolean {
  const made = new Set(given.map(({ version }) => version));
  for (let version = shown + 1; version <= present; version++) if (!made.has(version)) return false;
  return shown <= present;
}
