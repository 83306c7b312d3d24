import type { Gap } from '../pim/model.ts';
import type { AdaptiveCard, CardElement } from './adaptive-card.ts';
import { withFooter } from './banner.ts';
import { openUrlAction } from './open-url.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Locale, Reader, TextKey } from './texts.ts';

/** What a list may lack. */
export interface ListGaps {
  readonly gaps: readonly Gap[];
  /** As in `problemCard`. */
  readonly consentUrl?: string | null;
}

/** The list with what it may lack beneath it: each kind of role once, why, and what to do. */
export function withGaps({ locale }: Reader, card: AdaptiveCard, { gaps, consentUrl = null }: ListGaps): AdaptiveCard {
  if (gaps.length === 0) return card;
  return withFooter(card, {
    tone: tones.warning,
    what: text(locale, 'gap.title'),
    sentences: onePerKind(gaps).map((gap) => ({ text: gapInWords(locale, gap) })),
    actions: consentLink(locale, gaps, consentUrl),
  });
}

/** What could not be read at all weighs more than a list that may be incomplete. */
function onePerKind(gaps: readonly Gap[]): readonly Gap[] {
  const unreadFirst = gaps.toSorted((a, b) => Number(a.why === 'tooManyScopes') - Number(b.why === 'tooManyScopes'));
  return unreadFirst.filter(({ kind }, index) => unreadFirst.findIndex((gap) => gap.kind === kind) === index);
}

const reasons: Readonly<Partial<Record<Gap['why'], TextKey>>> = {
  tooManyScopes: 'gap.tooManyScopes',
  notPermitted: 'gap.notPermitted',
  consentRequired: 'gap.consentRequired',
  licenceMissing: 'gap.licenceMissing',
  signInRequired: 'gap.signInRequired',
  otherAccount: 'gap.signInRequired',
  stepUpRequired: 'gap.stepUpRequired',
  throttled: 'gap.throttled',
  unavailable: 'gap.unavailable',
  badAnswer: 'gap.unavailable',
};

function gapInWords(locale: Locale, { kind, why }: Gap): string {
  return text(locale, reasons[why] ?? 'gap.other', { kind: text(locale, `kind.${kind}`), code: why });
}

function consentLink(locale: Locale, gaps: readonly Gap[], consentUrl: string | null): readonly CardElement[] {
  if (consentUrl === null || !gaps.some(({ why }) => why === 'consentRequired')) return [];
  return [openUrlAction(consentUrl, text(locale, 'action.openAdministratorsPage'))];
}
