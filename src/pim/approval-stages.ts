/** Deciding the open stage of an approval, wherever the approval is kept. */
import { PimError } from './errors.ts';
import type { PimErrorCode } from './errors.ts';
import type { Decision } from './pim.ts';
import { toPimError } from './http/to-pim-error.ts';

/** What PIM says of a stage. */
export interface StageAccount {
  readonly id: string;
  readonly status: string;
  readonly assignedToMe?: boolean | null | undefined;
  readonly reviewResult?: string | null | undefined;
  /** Object id of whoever has decided. */
  readonly reviewerId?: string | null | undefined;
}

export interface Stage {
  readonly id: string;
  readonly open: boolean;
  readonly over: boolean;
  readonly mine: boolean;
  readonly result: string;
  readonly reviewerId: string;
}

export function stageOf({ id, status, assignedToMe, reviewResult, reviewerId }: StageAccount): Stage {
  const inLowerCase = status.toLowerCase();
  return {
    id,
    open: inLowerCase === 'inprogress',
    over: ['completed', 'completing', 'expired'].includes(inLowerCase),
    mine: assignedToMe ?? false,
    result: reviewResult?.toLowerCase() ?? '',
    reviewerId: reviewerId?.toLowerCase() ?? '',
  };
}

/** One approval. Both may reject with anything; `decideStage` rejects with `PimError`. */
export interface Approval {
  readStages(): Promise<readonly Stage[]>;
  review(stage: Stage, body: ReviewBody): Promise<unknown>;
}

export interface ReviewBody {
  readonly reviewResult: 'Approve' | 'Deny';
  readonly justification: string;
}

/**
 * Decides the open stage of an approval. PIM says whether the person may: `notPermitted` when the stage is not theirs,
 * `alreadyDecided` when no stage is open any more. A decision whose answer was lost is read back, and counts as done
 * only when PIM names this person as the one who decided so.
 */
export async function decideStage(approval: Approval, personId: string, decision: Decision): Promise<void> {
  const stage = openStage(await approval.readStages());
  try {
    await approval.review(stage, reviewBody(decision));
  } catch (error) {
    const failure = toPimError(error, 'write');
    if (aboutTheCaller.has(failure.code)) throw failure;
    const after = await approval.readStages().catch(() => []);
    settle(after.find(({ id }) => id.toLowerCase() === stage.id.toLowerCase()), { personId, decision, failure });
  }
}

function openStage(stages: readonly Stage[]): Stage {
  const mine = stages.find((stage) => stage.open && stage.mine);
  if (mine !== undefined) return mine;
  if (stages.some((stage) => stage.open)) throw new PimError('notPermitted', 'the approval is not assigned to this person');
  if (stages.some((stage) => stage.over)) throw new PimError('alreadyDecided', 'the approval is closed');
  throw new PimError('notFound', 'the approval has no stage to decide');
}

/** The flat form, as documented; Microsoft's examples for Azure also show one wrapped in `properties`, with `PUT`. */
function reviewBody({ result, justification }: Decision): ReviewBody {
  return { reviewResult: result === 'approve' ? 'Approve' : 'Deny', justification };
}

/** Answers of the service that say nothing about the approval: reading it back would not tell more. */
const aboutTheCaller: ReadonlySet<PimErrorCode> = new Set(['signInRequired', 'stepUpRequired', 'throttled', 'unavailable']);

interface Undecided {
  readonly personId: string;
  readonly decision: Decision;
  readonly failure: PimError;
}

/** What the stage, read again, makes of a decision that failed. */
function settle(stage: Stage | undefined, { personId, decision, failure }: Undecided): void {
  if (stage === undefined || (stage.open && stage.mine)) throw failure;
  if (stage.open) throw new PimError('notPermitted', 'the approval is not assigned to this person any more', { cause: failure });
  if (!stage.over) throw failure;
  // A refusal is the answer to this try: what stands there in the person's own name was decided before it.
  const mayBeThis = failure.effect === 'unknown' && stage.result === decision.result;
  if (mayBeThis && stage.reviewerId === personId.toLowerCase()) return;
  // Nobody is named.
  if (mayBeThis && stage.reviewerId === '') throw failure;
  throw new PimError('alreadyDecided', 'it was decided before', { cause: failure });
}
