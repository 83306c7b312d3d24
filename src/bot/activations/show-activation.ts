import { activationStatusCard } from '../../cards/activation-status.ts';
import { approvalRequestCard } from '../../cards/approval-request.ts';
import { eligibleChoiceId } from '../../cards/eligible-choice.ts';
import type { ShownActivation } from '../../cards/shown.ts';
import type { Reader } from '../../cards/texts.ts';
import type { AdaptiveCard } from '../../cards/adaptive-card.ts';
import { isBelowEligibility } from '../../pim/governing-settings.ts';
import type { Activation } from '../../store/activations.ts';
import { listAskedApprovers } from '../../store/approvals.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import { stepUpUrlOf } from '../sign-in/step-up.ts';
import type { Turn } from '../turn.ts';

/** The requester's card of a request, as it stands. */
export async function showStatus(parts: BotParts, turn: Turn, activation: Activation): Promise<Reply> {
  return {
    card: await requesterCard(parts, turn.reader, activation),
    shows: { requestId: activation.requestId, version: activation.version, kind: 'requester' },
  };
}

/** An approver's card of a request, as it stands. */
export async function showApproval(parts: BotParts, turn: Turn, activation: Activation): Promise<Reply> {
  return {
    card: await approverCard(parts, turn.reader, activation, turn.actor.id),
    shows: { requestId: activation.requestId, version: activation.version, kind: 'approver' },
  };
}

export async function requesterCard(parts: BotParts, reader: Reader, activation: Activation): Promise<AdaptiveCard> {
  const { requestId, person, state } = activation;
  const asked = await listAskedApprovers(parts.store.db, requestId);
  return activationStatusCard(reader, {
    now: parts.clock.now(),
    activation: shownActivation(activation),
    asked: activation.approversAskedAt === null ? null : asked.map(({ approver, outcome }) => ({ name: approver.name, outcome })),
    stepUpUrl: state === 'awaitingStepUp' ? await stepUpUrlOf(parts, activation, person.id) : null,
  });
}

/** `approverId`: whose card it is. */
export async function approverCard(parts: BotParts, reader: Reader, activation: Activation, approverId: string): Promise<AdaptiveCard> {
  const { state, decision } = activation;
  return approvalRequestCard(reader, {
    now: parts.clock.now(),
    activation: shownActivation(activation),
    approverJustificationRequired: activation.settings?.approverJustificationRequired ?? false,
    checking: decision !== null,
    stepUpUrl: state === 'pending' && decision === null ? await stepUpUrlOf(parts, activation, approverId) ?? undefined : undefined,
  });
}

/** A request, as cards tell it. */
export function shownActivation(activation: Activation): ShownActivation {
  const { requestId, version, role, scope, minutes, justification, ticket, state, decision } = activation;
  return {
    requestId, version, role, scope, minutes, justification, ticket, state,
    personName: activation.person.name,
    problem: activation.problem === null ? null : { azureRequestId: null, ...activation.problem },
    eligibleId: activation.eligibilityScheduleId === '' ? null : choiceIdOf(activation),
    start: activation.startAt,
    end: activation.endAt,
    submittedAt: activation.submittedAt,
    decidedByName: decision?.by?.name ?? null,
    decidedAt: decision?.at ?? null,
    decisionReason: decision?.reason ?? null,
  };
}

/** What a card needs to say "this role again, at the same scope". */
function choiceIdOf(activation: Activation): string {
  const { eligibilityScheduleId, scope } = activation;
  return eligibleChoiceId({ eligibleId: eligibleIdOf(eligibilityScheduleId), scopeId: isBelowEligibility(activation) ? scope.id : null });
}

/** The name of the eligibility schedule. */
export function eligibleIdOf(eligibilityScheduleId: string): string {
  return eligibilityScheduleId.slice(eligibilityScheduleId.lastIndexOf('/') + 1);
}
