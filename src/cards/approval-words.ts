import { waitsForApproval, type ActivationState } from '../pim/activation-status.ts';
import { oneLine } from './plain-text.ts';
import { roleInWords } from './role-words.ts';
import type { ShownActivation } from './shown.ts';
import { howTimedOut, tones } from './status-words.ts';
import type { HowTimedOut, Tone } from './status-words.ts';
import { pieces, text } from './texts.ts';
import type { Locale, TextPiece } from './texts.ts';

/** How a request looks to those who decide on it. */
export type ApprovalStage = 'pending' | 'checking' | 'approved' | 'approvedEnded' | 'denied' | HowTimedOut | 'withdrawn' | 'failed';

const stageOfState: Readonly<Record<Exclude<ActivationState, 'timedOut'>, ApprovalStage>> = {
  draft: 'checking',
  held: 'pending',
  approved: 'approved',
  awaitingStepUp: 'checking',
  submitting: 'checking',
  pending: 'pending',
  scheduled: 'approved',
  active: 'approved',
  expired: 'approvedEnded',
  deactivated: 'approvedEnded',
  denied: 'denied',
  withdrawn: 'withdrawn',
  failed: 'failed',
};

/** Approved here, and on its way to PIM. */
const notSentYet: ReadonlySet<ActivationState> = new Set(['awaitingStepUp', 'submitting']);

/** `decisionSent`: a decision went to PIM and is not confirmed, so a pending request is no longer offered for decision. */
export function approvalStage(activation: Pick<ShownActivation, 'state' | 'isEndUnread' | 'decidedByName'>, decisionSent: boolean): ApprovalStage {
  const { state } = activation;
  if (state === 'timedOut') return howTimedOut(activation);
  if (decisionSent && waitsForApproval(state)) return 'checking';
  return decisionSent && notSentYet.has(state) ? 'approved' : stageOfState[state];
}

const toneOfStage: Readonly<Record<ApprovalStage, Tone>> = {
  pending: tones.accent,
  checking: tones.accent,
  approved: tones.good,
  approvedEnded: tones.quiet,
  denied: tones.attention,
  timedOut: tones.attention,
  timedOutUnread: tones.quiet,
  timedOutUnused: tones.quiet,
  withdrawn: tones.quiet,
  failed: tones.quiet,
};

export function approvalTone(stage: ApprovalStage): Tone {
  return toneOfStage[stage];
}

export function approvalHeadline(locale: Locale, stage: ApprovalStage): string {
  return text(locale, `request.${stage}.headline`);
}

export function approvalSentence(locale: Locale, activation: ShownActivation, stage: ApprovalStage): readonly TextPiece[] {
  if (stage === 'pending') {
    return pieces(locale, 'request.pending.text', { person: oneLine(activation.personName), role: roleInWords(locale, activation.role) });
  }
  if (stage === 'denied') return decidedSentence(locale, 'request.denied', activation.decidedByName);
  if (activation.state === 'approved') return pieces(locale, 'request.approvedHere.text', { person: oneLine(activation.decidedByName ?? '') });
  if (stage === 'timedOutUnused') return pieces(locale, 'request.timedOutUnused.text', { person: oneLine(activation.decidedByName ?? '') });
  if (stage === 'approved' || stage === 'approvedEnded') return decidedSentence(locale, 'request.approved', activation.decidedByName);
  return pieces(locale, `request.${stage}.text`, {});
}

function decidedSentence(locale: Locale, key: 'request.approved' | 'request.denied', name: string | null): readonly TextPiece[] {
  return name === null ? pieces(locale, `${key}.text`, {}) : pieces(locale, `${key}.textBy`, { person: oneLine(name) });
}
