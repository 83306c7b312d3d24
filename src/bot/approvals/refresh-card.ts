import { noticeCard } from '../../cards/notice.ts';
import { findActivation } from '../../store/activations.ts';
import { ownActivation } from '../activations/follow-activation.ts';
import { showApproval, showStatus } from '../activations/show-activation.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { mayRead } from './decision.ts';

/** Teams shows an old card again: nobody has clicked, so nothing is asked of PIM, and nobody has to sign in. */
export async function refreshStatus(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const activation = await ownActivation(parts, turn, requestId);
  return 'card' in activation ? activation : showStatus(parts, turn, activation);
}

/** The same of an approver's card. */
export async function refreshApproval(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const activation = await findActivation(parts.store.db, requestId);
  const maySee = activation !== null && activation.state !== 'draft' && await mayRead(parts, turn, activation);
  return maySee ? showApproval(parts, turn, activation) : { card: noticeCard(turn.reader, { key: 'notYourDecision' }) };
}
