import { isFinal } from '../pim/activation-status.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { approvalsFacts, fact, plannedFacts, ticketFacts, whyFact } from './activation-facts.ts';
import type { Fact } from './activation-facts.ts';
import { approvalHeadline, approvalSentence, approvalStage, approvalTone } from './approval-words.ts';
import type { ApprovalStage } from './approval-words.ts';
import { withBanner } from './banner.ts';
import { frame } from './frame.ts';
import { duration, moment } from './moment.ts';
import { openUrlAction, stepUpAction } from './open-url.ts';
import { oneLine, plainText } from './plain-text.ts';
import { backgroundFacts } from './request-background.ts';
import type { ShownBackground } from './request-background.ts';
import { withRefresh } from './refresh.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import type { ShownActivation } from './shown.ts';
import { tones } from './status-words.ts';
import type { Tone } from './status-words.ts';
import template from './templates/approval-request.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Locale, Reader, TextKey, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface ApprovalRequest {
  readonly now: Date;
  readonly activation: ShownActivation;
  readonly approverJustificationRequired: boolean;
  /** Where the ticket can be read; https. */
  readonly ticketUrl?: string | null;
  /** Whether the reader has approved already. */
  readonly approvedByReader?: boolean;
  /** A decision was sent and PIM has not confirmed it. */
  readonly checking?: boolean;
  /** Told while the request is open. */
  readonly background?: ShownBackground;
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
  const stage = approvalStage(activation, request.checking ?? false);
  const filled = fill({
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
  const card = isFinal(activation.state) ? filled : withRefresh(filled, 'approval.refresh', activation.requestId);
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

function actions(locale: Locale, { activation, stepUpUrl, ticketUrl }: ApprovalRequest, stage: ApprovalStage): readonly CardElement[] {
  const { requestId, version } = activation;
  if (stage === 'checking') return [verbAction({ verb: 'approval.open', requestId }, text(locale, 'action.check'))];
  if (stage !== 'pending') return [];
  return [
    verbAction({ verb: 'approval.approve', requestId, version }, text(locale, 'action.approve'), stepUpUrl === undefined ? 'positive' : 'default'),
    verbAction({ verb: 'approval.deny', requestId, version }, text(locale, 'action.deny'), 'destructive'),
    verbAction({ verb: 'approval.offer', requestId, version }, text(locale, 'action.offer')),
    ...(ticketUrl === undefined || ticketUrl === null ? [] : [openUrlAction(ticketUrl, text(locale, 'action.openTicket'))]),
  ];
}

function facts(reader: Reader, request: ApprovalRequest, stage: ApprovalStage): readonly Fact[] {
  const { locale } = reader;
  const { now, activation, background } = request;
  const { personName, submittedAt } = activation;
  const open = stage === 'pending' || stage === 'checking';
  return [
    ...(open ? [] : decisionFacts(reader, activation, now)),
    ...(stage === 'pending' ? [] : [fact(locale, 'fact.requester', oneLine(personName))]),
    whyFact(locale, activation.justification),
    ...ticketFacts(locale, activation.ticket),
    fact(locale, 'fact.duration', durationInWords(reader, activation, now, open)),
    ...plannedFacts(reader, activation, now),
    ...timeFacts(reader, activation, now),
    ...(submittedAt === null ? [] : [fact(locale, 'fact.requested', moment(reader, submittedAt, now))]),
    fact(locale, 'fact.scopeId', oneLine(activation.scope.id, longestScopeId)),
    ...approvalsFacts(locale, activation),
    ...(open && background !== undefined ? backgroundFacts(reader, activation, background, now) : []),
    ...noteFacts(locale, request, stage),
  ];
}

/** What binds here and not in the portal is said. */
function noteFacts(locale: Locale, { activation, approvedByReader = false }: ApprovalRequest, stage: ApprovalStage): readonly Fact[] {
  if (stage !== 'pending') return [];
  const { state, approvals, isPimUnread = false } = activation;
  const atPim = state === 'pending' && approvals !== undefined && approvals !== null && approvals.needed > 1 ? approvals : null;
  const isComplete = atPim !== null && atPim.given >= atPim.needed;
  const notes: readonly (readonly [boolean, TextKey])[] = [
    [isComplete, 'request.note.complete'],
    [approvedByReader && !isComplete, 'request.note.mine'],
    [state === 'held' && !isPimUnread, 'request.note.held'],
    [atPim !== null, 'request.note.several'],
  ];
  return notes.flatMap(([applies, key]) => (applies ? [fact(locale, 'fact.note', text(locale, key))] : []));
}

function decisionFacts(reader: Reader, { decidedAt, decisionReason }: ShownActivation, now: Date): readonly Fact[] {
  const at = decidedAt ?? null;
  const reason = plainText(decisionReason ?? '');
  return [
    ...(at === null ? [] : [fact(reader.locale, 'fact.decided', moment(reader, at, now))]),
    ...(reason === '' ? [] : [fact(reader.locale, 'fact.decisionReason', reason)]),
  ];
}

/** A request for a later start ends later, too; otherwise, also where that start has passed, the time runs from the approval. */
function durationInWords(reader: Reader, { minutes, plannedStart, start }: ShownActivation, now: Date, open: boolean): string {
  const { locale } = reader;
  if (minutes === null) return text(locale, 'fact.durationNone');
  if (!open || (plannedStart !== null && plannedStart > now)) return duration(locale, minutes);
  const from = start !== null && start > now ? start : now;
  const end = new Date(from.getTime() + minutes * 60_000);
  return text(locale, 'fact.durationIfApproved', { duration: duration(locale, minutes), end: moment(reader, end, now) });
}

function timeFacts(reader: Reader, { state, plannedStart, start, end }: ShownActivation, now: Date): readonly Fact[] {
  const at = (label: TextKey, time: Date | null): readonly Fact[] => (time === null ? [] : [fact(reader.locale, label, moment(reader, time, now))]);
  if (state === 'scheduled') return [...at('fact.starts', start), ...at('fact.ends', end)];
  if (state === 'active') return [...at('fact.started', start), ...at('fact.ends', end)];
  if (state === 'expired' || state === 'deactivated') return [...at('fact.started', start), ...at('fact.ended', end)];
  return plannedStart === null && start !== null && start > now ? at('fact.starts', start) : [];
}
