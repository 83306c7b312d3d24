/**
 * Approvals of directory roles, which Graph has in beta only: the one place that asks beta for anything.
 * https://learn.microsoft.com/graph/api/approvalstep-update?view=graph-rest-beta
 *
 * When Microsoft withdraws or moves them, Graph answers that there is no such resource. Everything else goes on: roles
 * are listed, asked for, ended and shown as waiting. Only the decision on a directory role ends in `onlyInPortal`, with a card
 * that leads there. Approvals of Azure roles and of groups do not come this way.
 */
import { decideStage, stageOf } from '../approval-stages.ts';
import type { Stage } from '../approval-stages.ts';
import { PimError } from '../errors.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { graphStage, requireApprovalId } from './group-approvals.ts';
import type { Decision } from '../pim.ts';

const approvals = '/beta/roleManagement/directory/roleAssignmentApprovals';

export async function decideEntraApproval(client: AzureClient, personId: string, approvalId: string, decision: Decision): Promise<void> {
  requireApprovalId(approvalId);
  const limit = client.limit();
  const steps = `${approvals}/${approvalId}/steps`;
  await decideStage({
    readStages: () => readSteps(client, steps, limit),
    review: (step, body) => client.send({ method: 'PATCH', url: `${steps}/${encodeURIComponent(step.id)}`, body }, limit),
  }, personId, decision);
}

async function readSteps(client: AzureClient, url: string, limit: AbortSignal): Promise<readonly Stage[]> {
  try {
    return (await listAllRaw(client, url, limit)).map((item) => stageOf(parseAnswer(graphStage, item)));
  } catch (error) {
    throw error instanceof PimError && isWithdrawn(error) ? withdrawn(error) : error;
  }
}

/** How Graph says that an address of it does not exist (any more): 410, or a 400 about a "segment". */
function isWithdrawn({ message, details: { status } }: PimError): boolean {
  return status === 410 || (status === 400 && /resource not found for the segment/i.test(message));
}

function withdrawn(cause: PimError): PimError {
  return new PimError('onlyInPortal', 'Graph offers no approvals of directory roles any more', { ...cause.details, cause });
}
