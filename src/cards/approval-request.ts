import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { fact, ticketFacts, whyFact } from './activation-facts.ts';
import type { Fact } from './activation-facts.ts';
import { approvalHeadline, approvalSentence, approvalStage, approvalTone } from './approval-words.ts';
import type { ApprovalStage } from './approval-words.ts';
import { withBanner } from './banner.ts';
import { frame } from './frame.ts';
import { duration, moment } from './moment.ts';
import { stepUpAction } from './open-url.ts';
import { oneLine, plainText } from './plain-text.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import type { ShownActivation } from './shown.ts';
import { tones } from './status-words.ts';
import type { Tone } from './status-words.ts';
import template from './templates/approval-request.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Locale, Reader, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface ApprovalRequest {
  readonly now: Date;
  readonly activation: ShownActivation;
  readonly approverJustificationRequired: boolean;
  /** A decision was sent and PIM has not confirmed it. */
  readonly checking?: boolean;
  /** A decision waits for a stronger sign-in on this page of ours; https. */
  readonly stepUpUrl?: string | undefined;
}

interface ApprovalData extends CardFrame {
  readonly tone: Tone;
  readonly headline: string;
  readonly sentence: readonly TextPiece[];
  readonly role: string;
  readonly scope: string;
  readonly facts: readonly Fact[];
  readonly isOpen: boolean;
  readonly reasonLabel: string;
  readonly reasonPlaceholder: string;
  readonly reasonRequired: boolean;
  readonly reasonMissing: string;
}

const longestScopeId = 300;

const fill: (data: ApprovalData) => AdaptiveCard = cardTemplate(template);

/** What an approver decides on, and later what came of it. Only a request that PIM still waits for has buttons. */
export function approvalRequestCard(reader: Reader, request: ApprovalRequest): AdaptiveCard {
  const { locale } = reader;
  const { activation } = request;
  const stage = approvalStage(activation.state, request.checking ?? false);
  const card = fill({
    ...frame(reader, 'request.summary', actions(locale, request, stage)),
    tone: approvalTone(stage),
    headline: approvalHeadline(locale, stage),
    sentence: approvalSentence(locale, activation, stage),
    role: roleInWords(locale, activation.role),
    scope: scopeInWords(locale, activation.scope),
    facts: facts(reader, request, stage),
    isOpen: stage === 'pending',
    reasonLabel: text(locale, 'request.reason'),
    reasonPlaceholder: text(locale, 'request.reasonPlaceholder'),
    reasonRequired: request.approverJustificationRequired,
    reasonMissing: text(locale, 'request.reasonMissing'),
  });
  return stage === 'pending' && request.stepUpUrl !== undefined ? withStepUp(locale, card, request.stepUpUrl) : card;
}

/** Deciding here stays possible: the settings may have changed, or the person thinks better of it. */
function withStepUp(locale: Locale, card: AdaptiveCard, stepUpUrl: string): AdaptiveCard {
  return withBanner(card, {
    tone: tones.warning,
    what: text(locale, 'request.stepUp.headline'),
    sentences: [{ text: text(locale, 'request.stepUp.text') }],
    actions: [stepUpAction(locale, stepUpUrl)],
  });
}

function actions(locale: Locale, { activation, stepUpUrl }: ApprovalRequest, stage: ApprovalStage): readonly CardElement[] {
  const { requestId, version } = activation;
  if (stage === 'checking') return [verbAction({ verb: 'approval.open', requestId }, text(locale, 'action.check'))];
  if (stage !== 'pending') return [];
  return [
    verbAction({ verb: 'approval.approve', requestId, version }, text(locale, 'action.approve'), stepUpUrl === undefined ? 'positive' : 'default'),
    verbAction({ verb: 'approval.deny', requestId, version }, text(locale, 'action.deny'), 'destructive'),
  ];
}

function facts(reader: Reader, { now, activation }: ApprovalRequest, stage: ApprovalStage): readonly Fact[] {
  const { locale } = reader;
  const { personName, submittedAt } = activation;
  const open = stage === 'pending' || stage === 'checking';
  return [
    ...(open ? [] : decisionFacts(reader, activation, now)),
    ...(stage === 'pending' ? [] : [fact(locale, 'fact.requester', oneLine(personName))]),
    whyFact(locale, activation.justification),
    ...ticketFacts(locale, activation.ticket),
    fact(locale, 'fact.duration', durationInWords(reader, activation, now, open)),
    ...timeFacts(reader, activation, now),
    ...(submittedAt === null ? [] : [fact(locale, 'fact.requested', moment(reader, submittedAt, now))]),
    fact(locale, 'fact.scopeId', oneLine(activation.scope.id, longestScopeId)),
  ];
}

function decisionFacts(reader: Reader, { decidedAt, decisionReason }: ShownActivation, now: Date): readonly Fact[] {
  const at = decidedAt ?? null;
  const reason = plainText(decisionReason ?? '');
  return [
    ...(at === null ? [] : [fact(reader.locale, 'fact.decided', moment(reader, at, now))]),
    ...(reason === '' ? [] : [fact(reader.locale, 'fact.decisionReason', reason)]),
  ];
}

/** A request for a later start ends later, too; otherwise the time runs from the approval. */
function durationInWords(reader: Reader, { minutes, start }: ShownActivation, now: Date, open: boolean): string {
  const { locale } = reader;
  if (minutes === null) return text(locale, 'fact.durationNone');
  if (!open) return duration(locale, minutes);
  const from = start !== null && start > now ? start : now;
  const end = new Date(from.getTime() + minutes * 60_000);
  return text(locale, 'fact.durationIfApproved', { duration: duration(locale, minutes), end: moment(reader, end, now) });
}

function timeFacts(reader: Reader, { state, start, end }: ShownActivation, now: Date): readonly Fact[] {
  const { locale } = reader;
  const hasStarted = state === 'active' || state === 'expired' || state === 'deactivated';
  const from = start === null || !(hasStarted || start > now) ? [] : [fact(locale, hasStarted ? 'fact.started' : 'fact.starts', moment(reader, start, now))];
  const to = end === null || !hasStarted ? [] : [fact(locale, state === 'active' ? 'fact.ends' : 'fact.ended', moment(reader, end, now))];
  return [...from, ...to];
}
