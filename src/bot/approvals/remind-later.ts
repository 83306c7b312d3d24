import type { Queries } from '../../store/database.ts';
import type { BotParts } from '../parts.ts';

/** Whoever has a request's card is reminded of it while nobody decides: once after each of the configured times. */
export async function remindLater({ jobs, waiting }: BotParts, tx: Queries, requestId: string, approverId: string): Promise<void> {
  for (const [round, minutes] of waiting.remindAfter.entries()) {
    await jobs.enqueue(tx, 'remind-approver', { requestId, approverId, round }, { after: minutes * 60 });
  }
}
