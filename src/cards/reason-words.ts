import type { Reason } from '../pim/check-activation.ts';
import { duration } from './moment.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';

/** Why a form was refused, in one sentence that names the limit where there is one. */
export function reasonText(locale: Locale, reason: Reason): string {
  if (reason.code === 'durationTooLong' && reason.maximumMinutes !== undefined) {
    return text(locale, 'reason.durationTooLongMaximum', { maximum: duration(locale, reason.maximumMinutes) });
  }
  if (reason.code === 'durationTooShort' && reason.minimumMinutes !== undefined) {
    return text(locale, 'reason.durationTooShortMinimum', { minimum: duration(locale, reason.minimumMinutes) });
  }
  return text(locale, `reason.${reason.code}`);
}
