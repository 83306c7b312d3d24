import { isFinal, waitsForApproval, type ActivationState } from '../pim/activation-status.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { approvalsFacts, fact, plannedFacts, ticketFacts, tooFewFacts, whyFact } from './activation-facts.ts';
import type { Fact } from './activation-facts.ts';
import { frame } from './frame.ts';
import { moreText } from './list-rows.ts';
import { duration, moment } from './moment.ts';
import { oneLine, plainText } from './plain-text.ts';
import { problemWords } from './problem-words.ts';
import type { ProblemWords } from './problem-words.ts';
import { withRefresh } from './refresh.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import type { AskedApprover, ShownActivation } from './shown.ts';
import { statusActions, statusHeadline, statusSentence, statusTone } from './status-words.ts';
import type { Tone } from './status-words.ts';
import template from './templates/activation-status.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Locale, Reader, TextPiece } from './texts.ts';

export interface ActivationStatus {
  readonly now: Date;
  readonly activation: ShownActivation;
  /** `null`: it is not settled yet who is asked. */
  readonly asked: readonly AskedApprover[] | null;
  /** Our page for a stronger sign-in, https; read while the activation waits for one. `null`: there is none, or its time is over. */
  readonly stepUpUrl?: string | null;
  /** As in `problemCard`. */
  readonly consentUrl?: string | null;
}

interface StatusData extends CardFrame {
  readonly tone: Tone;
  readonly headline: string;
  readonly role: string;
  readonly scope: string;
  readonly sentence: readonly TextPiece[];
  readonly hasProblem: boolean;
  readonly problem: ProblemWords;
  readonly whyLabel: string;
  readonly nextLabel: string;
  readonly facts: readonly Fact[];
  readonly hasAsked: boolean;
  readonly askedLabel: string;
  readonly asked: readonly { readonly name: string; readonly outcome: string; readonly color: 'default' | 'warning' }[];
  readonly hasMoreAsked: boolean;
  readonly moreAsked: string;
  readonly isNobodyTold: boolean;
  readonly nobodyTold: string;
}

/** What was approved here, and PIM has refused, can be sent again. */
const canHaveFailed: ReadonlySet<ActivationState> = new Set(['failed', 'approved']);
const mostAsked = 8;
const noProblem: ProblemWords = { what: '', why: [], next: [], azureRequestId: '' };

const fill: (data: StatusData) => AdaptiveCard = cardTemplate(template);

/** Where a person's own activation stands. It never says more than PIM has confirmed. */
export function activationStatusCard(reader: Reader, { now, activation, asked, stepUpUrl = null, consentUrl = null }: ActivationStatus): AdaptiveCard {
  const { locale } = reader;
  const problem = canHaveFailed.has(activation.state) ? activation.problem : null;
  const card = fill({
    ...frame(reader, 'status.summary', statusActions(locale, activation, stepUpUrl, consentUrl)),
    tone: statusTone(activation.state),
    headline: statusHeadline(reader, activation, now),
    role: roleInWords(locale, activation.role),
    scope: scopeInWords(locale, activation.scope),
    sentence: statusSentence(locale, activation, stepUpUrl),
    hasProblem: problem !== null,
    problem: problem === null ? noProblem : problemWords(locale, problem, consentUrl),
    whyLabel: text(locale, 'problem.why'),
    nextLabel: text(locale, 'problem.next'),
    facts: facts(reader, activation, now),
    ...askedApprovers(locale, activation, asked),
  });
  return isFinal(activation.state) ? card : withRefresh(card, 'activation.refresh', activation.requestId);
}

function facts(reader: Reader, activation: ShownActivation, now: Date): readonly Fact[] {
  const { locale } = reader;
  return [
    ...decisionFacts(locale, activation),
    ...approvalsFacts(locale, activation),
    ...tooFewFacts(locale, activation),
    whyFact(locale, activation.justification),
    ...ticketFacts(locale, activation.ticket),
    ...(activation.minutes === null ? [] : [fact(locale, 'fact.duration', duration(locale, activation.minutes))]),
    ...plannedFacts(reader, activation, now),
    ...timeFacts(reader, activation, now),
  ];
}

function decisionFacts(locale: Locale, { state, decidedByName, decisionReason }: ShownActivation): readonly Fact[] {
  const by = decidedByName === null || state === 'denied' ? [] : [fact(locale, 'fact.approvedBy', oneLine(decidedByName))];
  const reason = plainText(decisionReason ?? '');
  return [...by, ...(reason === '' ? [] : [fact(locale, 'fact.decisionReason', reason)])];
}

function timeFacts(reader: Reader, { state, plannedStart, start, end, submittedAt, approvedUntil = null }: ShownActivation, now: Date): readonly Fact[] {
  const { locale } = reader;
  const asked = submittedAt === null ? [] : [fact(locale, 'fact.requested', moment(reader, submittedAt, now))];
  const hasEnded = state === 'expired' || state === 'deactivated';
  const hasStarted = hasEnded || (state === 'active' && plannedStart !== null);
  const started = start === null || !hasStarted ? [] : [fact(locale, 'fact.started', moment(reader, start, now))];
  const ended = end === null || !hasEnded ? [] : [fact(locale, 'fact.ended', moment(reader, end, now))];
  const good = approvedUntil === null || state !== 'approved' ? [] : [fact(locale, 'fact.approvedUntil', moment(reader, approvedUntil, now))];
  return [...asked, ...good, ...started, ...ended];
}

type AskedData = Pick<
  StatusData,
  'hasAsked' | 'askedLabel' | 'asked' | 'hasMoreAsked' | 'moreAsked' | 'isNobodyTold' | 'nobodyTold'
>;

/** Who was asked matters only while nobody has decided. */
function askedApprovers(locale: Locale, { state }: ShownActivation, settled: readonly AskedApprover[] | null): AskedData {
  const waits = waitsForApproval(state);
  const asked = settled ?? [];
  return {
    hasAsked: waits && asked.length > 0,
    askedLabel: text(locale, 'status.asked'),
    asked: asked.slice(0, mostAsked).map(({ name, outcome }) => ({
      name: oneLine(name),
      outcome: text(locale, `status.asked.${outcome}`),
      color: outcome === 'sent' || outcome === 'queued' ? 'default' : 'warning',
    })),
    hasMoreAsked: asked.length > mostAsked,
    moreAsked: moreText(locale, asked.length - mostAsked),
    isNobodyTold: waits && settled !== null && asked.every(({ outcome }) => outcome !== 'sent' && outcome !== 'queued'),
    nobodyTold: text(locale, 'status.asked.nobody'),
  };
}
