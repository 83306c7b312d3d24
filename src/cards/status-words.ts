import type { ActivationState } from '../pim/activation-status.ts';
import { kindOf } from '../pim/scope.ts';
import type { CardElement } from './adaptive-card.ts';
import { moment } from './moment.ts';
import { portalAction, portalPages, stepUpAction } from './open-url.ts';
import { oneLine } from './plain-text.ts';
import { problemLinks } from './problem-link.ts';
import type { ActivationProblem, ShownActivation } from './shown.ts';
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
  held: tones.warning,
  approved: tones.accent,
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

export function statusHeadline(reader: Reader, activation: Pick<ShownActivation, 'state' | 'start' | 'end' | 'isEndUnread' | 'decidedByName'>, now: Date): string {
  const { locale } = reader;
  const { state, start, end } = activation;
  if (state === 'timedOut') return text(locale, `status.${howTimedOut(activation)}.headline`);
  if (state === 'active') {
    return end === null
      ? text(locale, 'status.active.headlineNoEnd')
      : text(locale, 'status.active.headline', { end: moment(reader, end, now) });
  }
  if (state === 'scheduled') {
    return start === null
      ? text(locale, 'status.scheduled.headlineNoStart')
      : scheduledHeadline(reader, { start, end }, now);
  }
  return text(locale, `status.${state}.headline`);
}

function scheduledHeadline(reader: Reader, { start, end }: { readonly start: Date; readonly end: Date | null }, now: Date): string {
  const from = moment(reader, start, now);
  if (end === null) return text(reader.locale, 'status.scheduled.headlineNoEnd', { start: from });
  return text(reader.locale, 'status.scheduled.headline', { start: from, end: moment(reader, end, now) });
}

/** `stepUpUrl` as in `activationStatusCard`. */
export function statusSentence(locale: Locale, activation: ShownActivation, stepUpUrl: string | null): readonly TextPiece[] {
  const { state, end, decidedByName, problem } = activation;
  if (state === 'awaitingStepUp' && stepUpUrl === null) return pieces(locale, 'status.awaitingStepUp.textNoLink', {});
  if (state === 'timedOut') return pieces(locale, `status.${howTimedOut(activation)}.text`, {});
  if (state === 'failed' || (state === 'approved' && problem !== null)) return [{ text: text(locale, `problem.${problem?.code ?? 'unexpected'}.what`), weight: 'Bolder' }];
  if (state === 'active' && end === null) return pieces(locale, 'status.active.textNoEnd', {});
  if (state === 'denied' && decidedByName !== null) return pieces(locale, 'status.denied.textBy', { person: oneLine(decidedByName) });
  return pieces(locale, `status.${state}.text`, {});
}

/** `timedOut`: nobody has decided. */
export type HowTimedOut = 'timedOut' | 'timedOutUnread' | 'timedOutUnused';

export function howTimedOut({ isEndUnread = false, decidedByName }: Pick<ShownActivation, 'isEndUnread' | 'decidedByName'>): HowTimedOut {
  if (isEndUnread) return 'timedOutUnread';
  return decidedByName === null ? 'timedOut' : 'timedOutUnused';
}

type WayOn = 'check' | 'withdraw' | 'cancel' | 'deactivate' | 'activateOne' | 'tryAgain' | 'activateAgain' | 'showRoles';

const wayOn: Readonly<Record<Exclude<ActivationState, 'awaitingStepUp' | 'approved'>, WayOn>> = {
  draft: 'activateOne',
  held: 'withdraw',
  submitting: 'check',
  pending: 'withdraw',
  scheduled: 'cancel',
  active: 'deactivate',
  denied: 'tryAgain',
  timedOut: 'tryAgain',
  failed: 'tryAgain',
  withdrawn: 'activateAgain',
  deactivated: 'activateAgain',
  expired: 'activateAgain',
};

/** What the requester can do about it; there is always a way on. `stepUpUrl` and `consentUrl` as in `activationStatusCard`. */
export function statusActions(locale: Locale, activation: ShownActivation, stepUpUrl: string | null, consentUrl: string | null): readonly CardElement[] {
  const { state, requestId, version, problem, scope } = activation;
  const cancel = verbAction({ verb: 'activation.withdraw', requestId }, text(locale, 'action.cancel'));
  if (state === 'approved') return [verbAction({ verb: 'activation.begin', requestId, version }, text(locale, 'action.begin'), 'positive'), cancel];
  if (state === 'awaitingStepUp') {
    return [stepUpUrl === null ? portalAction(locale, portalPages.activate[kindOf(scope)]) : stepUpAction(locale, stepUpUrl), cancel];
  }
  const links = state === 'failed' && problem !== null ? [...problemLinks(locale, problem, consentUrl), ...inTheWay(locale, problem)] : [];
  const nudge = activation.mayNudge === true ? [verbAction({ verb: 'activation.nudge', requestId }, text(locale, 'action.nudge'))] : [];
  return [...links, ...nudge, wayOnAction(locale, activation, wayOn[state])];
}

/** Where that is to be seen which PIM has already. */
function inTheWay(locale: Locale, { code }: ActivationProblem): readonly CardElement[] {
  if (code === 'alreadyActive') return [verbAction({ verb: 'active.show' }, text(locale, 'action.showActive'))];
  return code === 'alreadyRequested' ? [verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'))] : [];
}

function wayOnAction(locale: Locale, { requestId, eligibleId }: ShownActivation, way: WayOn): CardElement {
  const title = text(locale, `action.${way}`);
  if (way === 'cancel') return verbAction({ verb: 'activation.withdraw', requestId }, title);
  if (way === 'check' || way === 'withdraw' || way === 'deactivate') return verbAction({ verb: `activation.${way}`, requestId }, title);
  if (way === 'showRoles' || eligibleId === null) return verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'));
  return verbAction(way === 'tryAgain' ? { verb: 'activation.repeat', requestId } : { verb: 'activation.choose', eligibleId }, title);
}
