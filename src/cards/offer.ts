import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { withBanner } from './banner.ts';
import { durationField } from './duration-choices.ts';
import type { DurationField } from './duration-choices.ts';
import { frame } from './frame.ts';
import { duration } from './moment.ts';
import { cleaned, oneLine, plainText } from './plain-text.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import type { ShownActivation } from './shown.ts';
import { tones } from './status-words.ts';
import template from './templates/offer.json' with { type: 'json' };
import { pieces, text } from './texts.ts';
import type { Reader, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface OfferForm {
  readonly activation: ShownActivation;
  /** A role that can be had at a scope below. */
  readonly mayNarrow: boolean;
  /** What was filled in before; `refused`: why that was none that can be offered. */
  readonly entered?: { readonly minutes?: number | undefined; readonly scopeId?: string | undefined; readonly reason?: string | undefined };
  readonly refused?: OfferRefusal | null;
}

export type OfferRefusal = 'notNarrower' | 'scopeNotBelow' | 'reasonMissing';

interface OfferData extends CardFrame {
  readonly title: string;
  readonly sentence: readonly TextPiece[];
  readonly isRefused: boolean;
  readonly refused: string;
  readonly role: string;
  readonly scope: string;
  readonly minutesLabel: string;
  readonly minutesMissing: string;
  readonly choices: DurationField['choices'];
  readonly chosen: string;
  readonly hasScope: boolean;
  readonly scopeLabel: string;
  readonly scopePlaceholder: string;
  readonly scopeEntered: string;
  readonly scopeWrong: string;
  readonly reasonLabel: string;
  readonly reasonPlaceholder: string;
  readonly reasonEntered: string;
  readonly reasonMissing: string;
}

const longestKept = 500;
const fill: (data: OfferData) => AdaptiveCard = cardTemplate(template);

/** What an approver would rather approve: shorter, or at a narrower scope. Sending it denies the request as it is. */
export function offerCard(reader: Reader, { activation, mayNarrow, entered = {}, refused = null }: OfferForm): AdaptiveCard {
  const { locale } = reader;
  const { requestId, version, personName, minutes, role, scope } = activation;
  const durations = durationField(locale, { maximumMinutes: minutes ?? 30 }, entered.minutes ?? minutes ?? undefined);
  return fill({
    ...frame(reader, 'offer.summary', [
      verbAction({ verb: 'approval.sendOffer', requestId, version }, text(locale, 'action.sendOffer'), 'positive'),
      verbAction({ verb: 'approval.open', requestId }, text(locale, 'action.back')),
    ]),
    title: text(locale, 'offer.title'),
    sentence: pieces(locale, 'offer.text', { person: oneLine(personName), duration: duration(locale, minutes ?? 0) }),
    isRefused: refused !== null,
    refused: refused === null ? '' : text(locale, `offer.${refused}`),
    role: roleInWords(locale, role),
    scope: scopeInWords(locale, scope),
    minutesLabel: text(locale, 'form.duration'),
    minutesMissing: text(locale, 'reason.durationMissing'),
    ...durations,
    hasScope: mayNarrow,
    scopeLabel: text(locale, 'offer.scope'),
    scopePlaceholder: text(locale, 'offer.scopePlaceholder'),
    scopeEntered: cleaned(entered.scopeId ?? '', longestKept),
    scopeWrong: text(locale, 'offer.scopeNotBelow'),
    reasonLabel: text(locale, 'request.reason'),
    reasonPlaceholder: text(locale, 'request.reasonPlaceholder'),
    reasonEntered: cleaned(entered.reason ?? '', longestKept),
    reasonMissing: text(locale, 'offer.reasonMissing'),
  });
}

/** The requester's form, filled in with what an approver offers. */
export function withOffer({ locale }: Reader, form: AdaptiveCard, { by, reason }: { readonly by: string; readonly reason: string }): AdaptiveCard {
  return withBanner(form, {
    tone: tones.accent,
    what: text(locale, 'offer.received', { person: oneLine(by) }),
    sentences: [{ text: plainText(reason) }, { text: text(locale, 'offer.receivedNext') }].filter((sentence) => sentence.text !== ''),
    actions: [],
  });
}
