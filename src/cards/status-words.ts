import type { ActivationState } from '../pim/activation-status.ts';
import { kindOf } from '../pim/scope.ts';
import type { CardElement } from './adaptive-card.ts';
import { moment } from './moment.ts';
import { portalAction, portalPages, stepUpAction } from './open-url.ts';
import { oneLine } from './plain-text.ts';
import { problemLinks } from './problem-link.ts';
import type { ShownActivation } from './shown.ts';
import { pieces, text } from './texts.ts';
import type { Locale, Reader, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

/** A card's colour. The headline always says the same in words. */
export interface Tone {
  readonly style: 'emphasis' | 'accent' | 'good' | 'warning' | 'attention';
  /** Of the headline. Green on green and yellow on yellow are hard to read: there it is the colour of text. */
  readonly color: 'default' | 'accent' | 'attention';
}

export const tones = {
  quiet: { style: 'emphasis', color: 'default' },
  accent: { style: 'accent', color: 'accent' },
  good: { style: 'good', color: 'default' },
  warning: { style: 'warning', color: 'default' },
  attention: { style: 'attention', color: 'attention' },
} as const satisfies Record<string, Tone>;

const toneOfState: Readonly<Record<ActivationState, Tone>> = {
  draft: tones.quiet,
  awaitingStepUp: tones.warning,
  submitting: tones.accent,
  pending: tones.warning,
  scheduled: tones.accent,
  active: tones.good,
  denied: tones.attention,
  timedOut: tones.attention,
  withdrawn: tones.quiet,
  failed: tones.attention,
  deactivated: tones.quiet,
  expired: tones.quiet,
};

export function statusTone(state: ActivationState): Tone {
  return toneOfState[state];
}

export function statusHeadline(reader: Reader, { state, start, end }: ShownActivation, now: Date): string {
  const { locale } = reader;
  if (state === 'active') {
    return end === null
      ? text(locale, 'status.active.headlineNoEnd')
      : text(locale, 'status.active.headline', { end: moment(reader, end, now) });
  }
  if (state === 'scheduled') {
    return start === null
      ? text(locale, 'status.scheduled.headlineNoStart')
      : text(locale, 'status.scheduled.headline', { start: moment(reader, start, now) });
  }
  return text(locale, `status.${state}.headline`);
}

/** `stepUpUrl` as in `activationStatusCard`. */
export function statusSentence(locale: Locale, activation: ShownActivation, stepUpUrl: string | null): readonly TextPiece[] {
  const { state, end, decidedByName, problem } = activation;
  if (state === 'awaitingStepUp' && stepUpUrl === null) return pieces(locale, 'status.awaitingStepUp.textNoLink', {});
  if (state === 'failed') return [{ text: text(locale, `problem.${problem?.code ?? 'unexpected'}.what`), weight: 'Bolder' }];
  if (state === 'active' && end === null) return pieces(locale, 'status.active.textNoEnd', {});
  if (state === 'denied' && decidedByName !== null) return pieces(locale, 'status.denied.textBy', { person: oneLine(decidedByName) });
  return pieces(locale, `status.${state}.text`, {});
}

type WayOn = 'check' | 'withdraw' | 'deactivate' | 'activateOne' | 'tryAgain' | 'activateAgain' | 'showRoles';

const wayOn: Readonly<Record<Exclude<ActivationState, 'awaitingStepUp'>, WayOn>> = {
  draft: 'activateOne',
  submitting: 'check',
  pending: 'withdraw',
  scheduled: 'showRoles',
  active: 'deactivate',
  denied: 'tryAgain',
  timedOut: 'tryAgain',
  failed: 'tryAgain',
  withdrawn: 'activateAgain',
  deactivated: 'activateAgain',
  expired: 'activateAgain',
};

/** What the requester can do about it; there is always a way on. `stepUpUrl` as in `activationStatusCard`. */
export function statusActions(locale: Locale, activation: ShownActivation, stepUpUrl: string | null): readonly CardElement[] {
  const { state, requestId, problem, scope } = activation;
  if (state === 'awaitingStepUp') {
    const cancel = verbAction({ verb: 'activation.withdraw', requestId }, text(locale, 'action.cancel'));
    return [stepUpUrl === null ? portalAction(locale, portalPages.activate[kindOf(scope)]) : stepUpAction(locale, stepUpUrl), cancel];
  }
  const links = state === 'failed' && problem !== null ? problemLinks(locale, problem) : [];
  return [...links, wayOnAction(locale, activation, wayOn[state])];
}

function wayOnAction(locale: Locale, { requestId, eligibleId }: ShownActivation, way: WayOn): CardElement {
  const title = text(locale, `action.${way}`);
  if (way === 'check' || way === 'withdraw' || way === 'deactivate') return verbAction({ verb: `activation.${way}`, requestId }, title);
  if (way === 'showRoles' || eligibleId === null) return verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'));
  return verbAction({ verb: 'activation.choose', eligibleId }, title);
}
