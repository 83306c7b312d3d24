/**
 * Decisions on requests for Azure resource roles, through the approvals API that the SDK lacks.
 * https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-approval-workflow
 */
import { z } from 'zod';
import { decideStage, stageOf } from '../approval-stages.ts';
import type { Stage } from '../approval-stages.ts';
import { PimError } from '../errors.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { Decision, MadeDecision } from '../pim.ts';

const apiVersion = 'api-version=2021-01-01-preview';

const approvalPath = /^(?:\/[^/?#%\\]+)*\/providers\/Microsoft\.Authorization\/roleAssignmentApprovals\/[^/?#%\\]+$/i;
const approvalGuid = /^[0-9a-f-]{36}$/i;

const stageItem = z.object({
  id: z.string().startsWith('/').regex(/\/stages\/[^/?#%\\]+$/i),
  properties: z.object({
    status: z.string(),
    assignedToMe: z.boolean().nullish(),
    reviewResult: z.string().nullish(),
    reviewedBy: z.object({
      principalId: z.string().nullish(),
      principalName: z.string().nullish(),
      userPrincipalName: z.string().nullish(),
    }).nullish(),
    reviewedDateTime: z.string().nullish(),
    justification: z.string().nullish(),
  }),
});

export async function decideApproval(client: AzureClient, personId: string, approvalId: string, decision: Decision): Promise<void> {
  const path = pathOfApproval(approvalId);
  const limit = client.limit();
  await decideStage({
    readStages: () => readStages(client, path, limit),
    review: (stage, body) => client.send({ method: 'PATCH', url: `${encodeURI(stage.id)}?${apiVersion}`, body }, limit),
  }, personId, decision);
}

function pathOfApproval(approvalId: string): string {
  if (approvalGuid.test(approvalId)) return `/providers/Microsoft.Authorization/roleAssignmentApprovals/${approvalId}`;
  if (approvalPath.test(approvalId) && !/\/\.{1,2}\//.test(approvalId)) return encodeURI(approvalId);
  throw new PimError('invalidRequest', 'this is not the id of an approval');
}

async function readStages(client: AzureClient, path: string, limit: AbortSignal): Promise<readonly Stage[]> {
  return (await stageItems(client, path, limit)).map(({ id, properties: { reviewedBy, ...account } }) =>
    stageOf({ id, ...account, reviewerId: reviewedBy?.principalId }));
}

type StageItem = z.infer<typeof stageItem>;

async function stageItems(client: AzureClient, path: string, limit: AbortSignal): Promise<readonly StageItem[]> {
  const items = await listAllRaw(client, `${path}/stages?${apiVersion}`, limit);
  return items.map((item) => parseAnswer(stageItem, item));
}

/** Who has decided, and how, as the approval's one stage tells it; `null` where nobody has. */
export async function readDecision(client: AzureClient, approvalId: string): Promise<MadeDecision | null> {
  const stages = await stageItems(client, pathOfApproval(approvalId), client.limit());
  return stages.flatMap(({ properties }) => decisionOf(properties) ?? [])[0] ?? null;
}

const results: Readonly<Record<string, Decision['result']>> = { approve: 'approve', deny: 'deny' };

function decisionOf({ reviewResult, reviewedBy, reviewedDateTime, justification }: StageItem['properties']): MadeDecision | null {
  const result = results[reviewResult?.toLowerCase() ?? ''];
  if (result === undefined) return null;
  const at = new Date(reviewedDateTime ?? '');
  const id = reviewedBy?.principalId || null;
  return {
    result,
    by: id === null ? null : { id: id.toLowerCase(), name: reviewedBy?.principalName || reviewedBy?.userPrincipalName || id },
    reason: justification ?? '',
    at: Number.isNaN(at.getTime()) ? null : at,
  };
}
