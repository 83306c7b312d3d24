import type { AdaptiveCard } from '../../cards/adaptive-card.ts';
import { assignmentChangeCard, type AssignmentReason } from '../../cards/assignment-change.ts';
import type { ShownAssignmentChange } from '../../cards/shown-assignment.ts';
import type { Reader } from '../../cards/texts.ts';
import { saveAssignmentChange, type AssignmentChange, type NewAssignmentChange } from '../../store/assignment-changes.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

/** What was filled in, and why it was not enough. */
interface Refused {
  readonly entered: string;
  readonly reasons: readonly AssignmentReason[];
}

/** The card that asks whether this is meant. The request's GUID is minted with it: whatever happens later, it names this one request. */
export async function showNewChange(parts: BotParts, turn: Turn, wish: Omit<NewAssignmentChange, 'requestId' | 'person' | 'createdAt'>): Promise<Reply> {
  const change = await saveAssignmentChange(parts.store.db, { ...wish, requestId: crypto.randomUUID(), person: turn.actor, createdAt: parts.clock.now() });
  return showChange(parts, turn, change);
}

/** The administrator's card, as the change stands. */
export function showChange(parts: BotParts, turn: Turn, change: AssignmentChange, refused?: Refused): Reply {
  const { requestId, version } = change;
  return { card: administratorCard(parts, turn.reader, change, refused), shows: { requestId, version, kind: 'administrator' } };
}

export function administratorCard(parts: BotParts, reader: Reader, change: AssignmentChange, refused?: Refused): AdaptiveCard {
  const { entered = change.justification, reasons = [] } = refused ?? {};
  return assignmentChangeCard(reader, { now: parts.clock.now(), change: shownChange(change), entered, reasons, consentUrl: parts.consentUrl });
}

function shownChange(change: AssignmentChange): ShownAssignmentChange {
  const { problem } = change;
  return { ...change, problem: problem === null ? null : { azureRequestId: null, ...problem } };
}
