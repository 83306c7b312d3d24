import type { Reason } from '../pim/check-activation.ts';
import { duration, exactMoment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

/** Why a form was refused, in one sentence that names the limit where there is one. */
export function reasonText(reader: Reader, reason: Reason): string {
  const { locale } = reader;
  if ((reason.code === 'startAfterEligibility' || reason.code === 'endAfterEligibility') && reason.eligibleUntil !== undefined) {
    return text(locale, `reason.${reason.code}At`, { date: exactMoment(reader, reason.eligibleUntil) });
  }
  if (reason.code === 'durationTooLong' && reason.maximumMinutes !== undefined) {
    return text(locale, 'reason.durationTooLongMaximum', { maximum: duration(locale, reason.maximumMinutes) });
  }
  if (reason.code === 'durationTooShort' && reason.minimumMinutes !== undefined) {
    return text(locale, 'reason.durationTooShortMinimum', { minimum: duration(locale, reason.minimumMinutes) });
  }
  if (reason.code === 'ticketNotAccepted' && reason.ticketForms !== undefined) {
    return text(locale, 'reason.ticketNotAcceptedForms', { forms: oneLine(reason.ticketForms) });
  }
  return text(locale, `reason.${reason.code}`);
}
