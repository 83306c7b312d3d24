/** Approvals of membership and ownership of groups. https://learn.microsoft.com/graph/api/approvalstage-update */
import { z } from 'zod';
import { decideStage, stageOf } from '../approval-stages.ts';
import { isGuid } from '../guid.ts';
import { PimError } from '../errors.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Decision } from '../pim.ts';

/** A stage of an approval, which beta calls a step. */
export const graphStage = z.object({
  id: z.string(),
  status: z.string(),
  assignedToMe: z.boolean().nullish(),
  reviewResult: z.string().nullish(),
  reviewedBy: z.object({ id: z.string().nullish() }).nullish(),
}).transform(({ reviewedBy, ...stage }) => ({ ...stage, reviewerId: reviewedBy?.id }));

const approvals = '/v1.0/identityGovernance/privilegedAccess/group/assignmentApprovals';

export async function decideGroupApproval(client: AzureClient, personId: string, approvalId: string, decision: Decision): Promise<void> {
  requireApprovalId(approvalId);
  const limit = client.limit();
  const stages = `${approvals}/${approvalId}/stages`;
  await decideStage({
    readStages: async () => (await listAllRaw(client, stages, limit)).map((item) => stageOf(parseAnswer(graphStage, item))),
    review: (stage, body) => client.send({ method: 'PATCH', url: `${stages}/${encodeURIComponent(stage.id)}`, body }, limit),
  }, personId, decision);
}

/** Goes into a URL. */
export function requireApprovalId(approvalId: string): void {
  if (!isGuid(approvalId)) throw new PimError('invalidRequest', 'this is not the id of an approval');
}
