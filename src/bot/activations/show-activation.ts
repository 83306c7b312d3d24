import { activationStatusCard } from '../../cards/activation-status.ts';
import { waitsForApproval } from '../../pim/activation-status.ts';
import { approvalRequestCard } from '../../cards/approval-request.ts';
import { eligibleChoiceId } from '../../cards/eligible-choice.ts';
import type { ShownBackground } from '../../cards/request-background.ts';
import type { ShownActivation } from '../../cards/shown.ts';
import type { Reader } from '../../cards/texts.ts';
import type { AdaptiveCard } from '../../cards/adaptive-card.ts';
import { isBelowEligibility } from '../../pim/governing-settings.ts';
import { approvalsNeeded, ticketLink, type BoundSettings } from '../../pim/own-settings.ts';
import type { Activation } from '../../store/activations.ts';
import { listApprovalsGiven, type ApprovalGiven } from '../../store/approvals-given.ts';
import { listAskedApprovers, type AskedApprover } from '../../store/approvals.ts';
import { readBackground } from '../../store/request-background.ts';
import { bindAsHeld } from '../approvals/current-approvers.ts';
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
  const [asked, known] = await Promise.all([listAskedApprovers(parts.store.db, requestId), readApprovals(parts, activation)]);
  return activationStatusCard(reader, {
    now: parts.clock.now(),
    activation: { ...withApprovals(activation, known), mayNudge: mayNudge(activation, asked) },
    asked: activation.approversAskedAt === null ? null : asked.map(({ approver, outcome }) => ({ name: approver.name, outcome })),
    stepUpUrl: state === 'awaitingStepUp' ? await stepUpUrlOf(parts, activation, person.id) : null,
    consentUrl: parts.consentUrl,
  });
}

/** Once, while somebody has the card who has not decided. */
function mayNudge({ state, nudgedAt, decision }: Activation, asked: readonly AskedApprover[]): boolean {
  return waitsForApproval(state) && nudgedAt === null && decision === null && asked.some(({ outcome }) => outcome === 'sent');
}

/** `approverId`: whose card it is. */
export async function approverCard(parts: BotParts, reader: Reader, activation: Activation, approverId: string): Promise<AdaptiveCard> {
  const { state, decision, ticket } = activation;
  const known = await readApprovals(parts, activation);
  return approvalRequestCard(reader, {
    now: parts.clock.now(),
    activation: withApprovals(activation, known),
    ticketUrl: ticket === null ? null : ticketLink(known.bound?.ticketLists ?? [], ticket),
    approvedByReader: known.given.some(({ by }) => by.id.toLowerCase() === approverId.toLowerCase()),
    ...(waitsForApproval(state) ? { background: await shownBackground(parts, activation, approverId) } : {}),
    approverJustificationRequired: activation.settings?.approverJustificationRequired ?? false,
    checking: decision !== null,
    stepUpUrl: state === 'pending' && decision === null ? await stepUpUrlOf(parts, activation, approverId) ?? undefined : undefined,
  });
}

async function shownBackground({ store: { db } }: BotParts, { requestId, approversAskedAt }: Activation, approverId: string): Promise<ShownBackground> {
  const asked = approversAskedAt === null ? null : await listAskedApprovers(db, requestId);
  const others = asked?.filter(({ approver }) => approver.id.toLowerCase() !== approverId.toLowerCase()) ?? null;
  return { background: await readBackground(db, requestId), othersAsked: others === null ? null : namesOf(others) };
}

/** Where a group could not be read, nobody can say that there is nobody else. */
function namesOf(others: readonly AskedApprover[]): readonly string[] | null {
  const names = whoDecides(others).map(({ approver }) => approver.name);
  return names.length === 0 && others.some(({ outcome }) => outcome === 'failed') ? null : names;
}

/** Who has left the list does not decide, nor does a group that nobody may read. */
export function whoDecides(asked: readonly AskedApprover[]): readonly AskedApprover[] {
  return asked.filter(({ outcome }) => outcome !== 'notApprover' && outcome !== 'failed');
}

/** A request, as cards tell it. */
export function shownActivation(activation: Activation): ShownActivation {
  const { requestId, version, role, scope, minutes, justification, ticket, state, decision } = activation;
  return {
    requestId, version, role, scope, minutes, justification, ticket, state,
    personName: activation.person.name,
    problem: activation.problem === null ? null : { azureRequestId: null, ...activation.problem },
    eligibleId: activation.eligibilityScheduleId === '' ? null : choiceIdOf(activation),
    plannedStart: activation.requestedStart,
    start: activation.startAt,
    end: activation.endAt,
    submittedAt: activation.submittedAt,
    decidedByName: decision?.by?.name ?? null,
    decidedAt: decision?.at ?? null,
    decisionReason: decision?.reason ?? null,
    approvedUntil: activation.approvedUntil,
    isPimUnread: activation.settings === null,
    // One that only our settings asked approval for has no name at PIM.
    isEndUnread: state === 'timedOut' && activation.pimId !== null && activation.pimStatus?.toLowerCase() !== 'timedout',
  };
}

/** What our settings ask of a request, and who has approved it so far. */
interface KnownApprovals {
  readonly bound: BoundSettings | null;
  readonly given: readonly ApprovalGiven[];
}

async function readApprovals(parts: BotParts, activation: Activation): Promise<KnownApprovals> {
  const [bound, given] = await Promise.all([bindAsHeld(parts, activation, activation.settings), listApprovalsGiven(parts.store.db, activation.requestId)]);
  return { bound, given };
}

/** How far it has come, and who has approved, where it takes several: of two lists one person may meet both, and two may meet one. */
function withApprovals(activation: Activation, { bound, given }: KnownApprovals): ShownActivation {
  const shown = shownActivation(activation);
  const needed = approvalsNeeded(bound?.requirements ?? []);
  if (needed < 2) return shown;
  return { ...shown, approvals: { by: given.map(({ by }) => by.name), given: Math.min(activation.approvalsCounted ?? 0, needed), needed, possible: activation.approvalsPossible } };
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
