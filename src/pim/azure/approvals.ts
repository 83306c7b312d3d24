/**
 * Decisions on requests, through the approvals API that the SDK lacks.
 * https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-approval-workflow
 */
import { z } from 'zod';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { PimError } from '../errors.ts';
import type { PimErrorCode } from '../errors.ts';
import type { Decision } from '../pim.ts';
import { toPimError } from '../http/to-pim-error.ts';

const apiVersion = 'api-version=2021-01-01-preview';

const approvalPath = /^(?:\/[^/?#%\\]+)*\/providers\/Microsoft\.Authorization\/roleAssignmentApprovals\/[^/?#%\\]+$/i;
const approvalGuid = /^[0-9a-f-]{36}$/i;

const stageItem = z.object({
  id: z.string().startsWith('/').regex(/\/stages\/[^/?#%\\]+$/i),
  properties: z.object({
    status: z.string(),
    assignedToMe: z.boolean().nullish(),
    reviewResult: z.string().nullish(),
    reviewedBy: z.object({ principalId: z.string().nullish() }).nullish(),
  }),
});

interface Stage {
  readonly id: string;
  readonly open: boolean;
  readonly over: boolean;
  readonly mine: boolean;
  readonly result: string;
  readonly reviewerId: string;
}

/**
 * Decides the open stage of an approval. PIM says whether the person may: `notPermitted` when the stage is not theirs,
 * `alreadyDecided` when no stage is open any more. A decision whose answer was lost is read back, and counts as done
 * only when PIM names this person as the one who decided so.
 */
export async function decideApproval(client: AzureClient, personId: string, approvalId: string, decision: Decision): Promise<void> {
  const path = pathOfApproval(approvalId);
  const limit = client.limit();
  const stage = openStage(await readStages(client, path, limit));
  try {
    await client.send({ method: 'PATCH', url: `${encodeURI(stage.id)}?${apiVersion}`, body: decisionBody(decision) }, limit);
  } catch (error) {
    const failure = toPimError(error, 'write');
    if (aboutTheCaller.has(failure.code)) throw failure;
    const after = await readStages(client, path, limit).catch(() => []);
    settle(after.find(({ id }) => id.toLowerCase() === stage.id.toLowerCase()), { personId, decision, failure });
  }
}

function pathOfApproval(approvalId: string): string {
  if (approvalGuid.test(approvalId)) return `/providers/Microsoft.Authorization/roleAssignmentApprovals/${approvalId}`;
  if (approvalPath.test(approvalId) && !/\/\.{1,2}\//.test(approvalId)) return encodeURI(approvalId);
  throw new PimError('invalidRequest', 'this is not the id of an approval');
}

async function readStages(client: AzureClient, path: string, limit: AbortSignal): Promise<readonly Stage[]> {
  const items = await listAllRaw(client, `${path}/stages?${apiVersion}`, limit);
  return items.map((item) => stageOf(parseAnswer(stageItem, item)));
}

function stageOf({ id, properties }: z.infer<typeof stageItem>): Stage {
  const status = properties.status.toLowerCase();
  return {
    id,
    open: status === 'inprogress',
    over: ['completed', 'completing', 'expired'].includes(status),
    mine: properties.assignedToMe ?? false,
    result: properties.reviewResult?.toLowerCase() ?? '',
    reviewerId: properties.reviewedBy?.principalId?.toLowerCase() ?? '',
  };
}

function openStage(stages: readonly Stage[]): Stage {
  const mine = stages.find((stage) => stage.open && stage.mine);
  if (mine !== undefined) return mine;
  if (stages.some((stage) => stage.open)) throw new PimError('notPermitted', 'the approval is not assigned to this person');
  if (stages.some((stage) => stage.over)) throw new PimError('alreadyDecided', 'the approval is closed');
  throw new PimError('notFound', 'the approval has no stage to decide');
}

/** The flat form, as documented; Microsoft's examples also show one wrapped in `properties`, with `PUT`. */
function decisionBody({ result, justification }: Decision): object {
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
  const asDecided = stage.result === decision.result;
  if (asDecided && stage.reviewerId === personId.toLowerCase()) return;
  // Nobody is named: with an open outcome, the decision may be ours.
  if (asDecided && stage.reviewerId === '' && failure.effect === 'unknown') throw failure;
  throw new PimError('alreadyDecided', 'somebody else was first', { cause: failure });
}
