import type { AssignmentChangeState } from '../pim/assignment-change.ts';
import { longestJustification } from '../pim/check-activation.ts';
import { fact, ticketFacts, whyFact } from './activation-facts.ts';
import type { Fact } from './activation-facts.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { assignmentProblemWords, endInWords, failedHeadline, principalInWords, startInWords } from './assignment-words.ts';
import { frame } from './frame.ts';
import { shortMoment } from './moment.ts';
import { portalAction, portalPages } from './open-url.ts';
import { cleaned, oneLine } from './plain-text.ts';
import { problemLinks } from './problem-link.ts';
import type { ProblemWords } from './problem-words.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import type { ShownAssignmentChange } from './shown-assignment.ts';
import { tones } from './status-words.ts';
import type { Tone } from './status-words.ts';
import template from './templates/assignment-change.json' with { type: 'json' };
import { pieces, text } from './texts.ts';
import type { Locale, Reader, TextKey, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

/** Why it was not sent. `over`: its end has come while the card was looked at. */
export type AssignmentReason = 'justificationMissing' | 'justificationTooLong' | 'over';

export interface AssignmentChangeCard {
  readonly now: Date;
  readonly change: ShownAssignmentChange;
  /** The reason as it was typed or filled in so far. */
  readonly entered: string;
  /** Why the last click sent nothing. */
  readonly reasons: readonly AssignmentReason[];
  /** As in `problemCard`. */
  readonly consentUrl?: string | null;
}

interface Line {
  readonly text: string;
}

interface ChangeData extends CardFrame {
  readonly tone: Tone;
  readonly headline: string;
  readonly person: string;
  readonly role: string;
  readonly scope: string;
  readonly sentence: readonly TextPiece[];
  readonly isStanding: boolean;
  readonly standingTitle: string;
  readonly standingText: string;
  readonly isRefused: boolean;
  readonly refusedTitle: string;
  readonly reasons: readonly Line[];
  readonly hasProblem: boolean;
  readonly problem: ProblemWords;
  readonly whyLabel: string;
  readonly nextLabel: string;
  readonly facts: readonly Fact[];
  readonly notes: readonly Line[];
  readonly isDraft: boolean;
  readonly justification: { readonly label: string; readonly placeholder: string; readonly missing: string; readonly isRequired: boolean; readonly longest: number; readonly value: string };
}

/** A text that is too long comes back whole as far as this, so that its writer can shorten it. */
const longestKept = 4000;
const noProblem: ProblemWords = { what: '', why: [], next: [], azureRequestId: '' };

const fill: (data: ChangeData) => AdaptiveCard = cardTemplate(template);

/** What is to be assigned or taken away, with the question whether it is meant; later what PIM has made of it. */
export function assignmentChangeCard(reader: Reader, { now, change, entered, reasons, consentUrl = null }: AssignmentChangeCard): AdaptiveCard {
  const { locale } = reader;
  const problem = change.state === 'failed' ? change.problem : null;
  const isDraft = change.state === 'draft';
  return fill({
    ...frame(reader, 'assignment.summary', actions(locale, change, consentUrl)),
    tone: toneOf[change.state],
    headline: headline(reader, change, now),
    person: principalInWords(locale, change.principal),
    role: roleInWords(locale, change.role),
    scope: scopeInWords(locale, change.scope),
    sentence: sentence(locale, change),
    isStanding: isDraft && change.action === 'assign' && change.side === 'active' && change.expiration.type === 'noExpiration',
    standingTitle: text(locale, 'assignment.standing'),
    standingText: text(locale, 'assignment.standingText'),
    isRefused: reasons.length > 0,
    refusedTitle: text(locale, 'form.refused'),
    reasons: reasons.map((reason) => ({ text: text(locale, reasonKeys[reason]) })),
    hasProblem: problem !== null,
    problem: problem === null ? noProblem : assignmentProblemWords(locale, problem, consentUrl),
    whyLabel: text(locale, 'problem.why'),
    nextLabel: text(locale, 'problem.next'),
    facts: facts(reader, change, now),
    notes: isDraft ? notes(locale, change) : [],
    isDraft,
    justification: {
      label: text(locale, 'form.justification'),
      placeholder: text(locale, 'assignment.whyPlaceholder'),
      missing: text(locale, 'assignment.whyMissing'),
      isRequired: change.action === 'assign',
      longest: longestJustification,
      value: cleaned(entered, longestKept),
    },
  });
}

const reasonKeys: Readonly<Record<AssignmentReason, TextKey>> = {
  justificationMissing: 'assignment.whyMissing',
  justificationTooLong: 'reason.justificationTooLong',
  over: 'assignment.over',
};

const toneOf: Readonly<Record<AssignmentChangeState, Tone>> = {
  draft: tones.accent,
  submitting: tones.accent,
  waiting: tones.warning,
  scheduled: tones.good,
  assigned: tones.good,
  removed: tones.good,
  ended: tones.quiet,
  failed: tones.attention,
  cancelled: tones.quiet,
};

function headline(reader: Reader, { state, action, beginsAt, start }: ShownAssignmentChange, now: Date): string {
  const { locale } = reader;
  if (state === 'draft') return text(locale, `assignment.draft.${action}`);
  if (state === 'failed') return failedHeadline(locale, action);
  return text(locale, `assignment.${state}.headline`, { start: shortMoment(reader, beginsAt ?? start ?? now, now) });
}

function sentence(locale: Locale, { state, action, side, principal, problem }: ShownAssignmentChange): readonly TextPiece[] {
  const person = { person: oneLine(principal.name) };
  if (state === 'draft') return pieces(locale, `assignment.draft.${action}Text.${side}`, person);
  if (state === 'assigned') return pieces(locale, `assignment.assigned.text.${side}`, person);
  if (state === 'failed') return [{ text: problem === null ? '' : assignmentProblemWords(locale, problem).what, weight: 'Bolder' }];
  return pieces(locale, `assignment.${state}.text`, person);
}

function facts(reader: Reader, change: ShownAssignmentChange, now: Date): readonly Fact[] {
  const { locale } = reader;
  const { action, side, state, justification, ticket } = change;
  const times = action === 'unassign' ? [] : [
    fact(locale, 'fact.starts', startInWords(reader, change, now)),
    fact(locale, 'fact.ends', endInWords(reader, change, now)),
  ];
  return [
    fact(locale, 'fact.kind', text(locale, `assignment.kind.${side}`)),
    ...times,
    ...ticketFacts(locale, ticket),
    ...(state === 'draft' ? [] : [whyFact(locale, justification)]),
  ];
}

function notes(locale: Locale, { action, side, principal, assumed }: ShownAssignmentChange): readonly Line[] {
  return [
    ...(assumed.includes('side') ? ['assignment.assumed.side' as const] : []),
    ...(assumed.includes('period') && action === 'assign' ? [`assignment.assumed.period.${side}` as const] : []),
    ...(principal.kind === 'group' ? ['assignment.group' as const] : []),
  ].map((key) => ({ text: text(locale, key) }));
}

/** There is always a way on. */
function actions(locale: Locale, { requestId, version, action, state, problem }: ShownAssignmentChange, consentUrl: string | null): readonly CardElement[] {
  const showRoles = verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'));
  switch (state) {
    case 'draft': return [
      verbAction({ verb: 'assignment.confirm', requestId, version }, text(locale, `action.${action}`), action === 'assign' ? 'positive' : 'destructive'),
      verbAction({ verb: 'assignment.cancel', requestId }, text(locale, 'action.cancel')),
    ];
    case 'submitting': return [verbAction({ verb: 'assignment.check', requestId }, text(locale, 'action.check'))];
    case 'waiting': return [verbAction({ verb: 'assignment.check', requestId }, text(locale, 'action.check')), portalAction(locale, portalPages.start)];
    case 'scheduled':
    case 'assigned': return [verbAction({ verb: 'assignment.undo', requestId }, text(locale, 'action.undo'))];
    case 'removed':
    case 'ended': return [showRoles];
    case 'failed': return [
      ...(problem === null ? [] : problemLinks(locale, problem, consentUrl)),
      verbAction({ verb: 'assignment.repeat', requestId }, text(locale, 'action.tryAgain')),
    ];
    case 'cancelled': return [verbAction({ verb: 'assignment.repeat', requestId }, text(locale, 'action.tryAgain'))];
  }
}
