import { minimumMinutes } from '../pim/check-activation.ts';
import type { RoleSettings } from '../pim/model.ts';
import { duration } from './moment.ts';
import type { Choice } from './choices.ts';
import type { Locale } from './texts.ts';

/** What is offered, in minutes, as far as the role allows it. 4,440 is the longest that PIM's role settings know (74 h). */
const steps = [30, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 4440] as const;
const usual = 120;

/** The longest that is offered while the role's settings cannot be read: the portal's own limit. */
const longestUnknown = 1440;

export interface DurationField {
  readonly choices: readonly Choice[];
  /** Minutes, as the input gives them back. */
  readonly chosen: string;
}

/**
 * The durations of a form, up to the role's maximum, which is always among them; a duration that the person has
 * asked for is, too, if the role allows it. Chosen: what was asked for, else two hours or the maximum.
 */
export function durationField(locale: Locale, settings: Pick<RoleSettings, 'maximumMinutes'> | null, entered: number | undefined): DurationField {
  const maximum = settings?.maximumMinutes ?? longestUnknown;
  const allowed = entered !== undefined && entered >= minimumMinutes(settings) && entered <= maximum ? [entered] : [];
  const offered = new Set([...steps.filter((step) => step < maximum), ...allowed, maximum]);
  const chosen = allowed[0] ?? Math.min(entered ?? usual, maximum);
  return {
    choices: [...offered].sort((a, b) => a - b).map((minutes) => ({ title: duration(locale, minutes), value: String(minutes) })),
    chosen: String(offered.has(chosen) ? chosen : Math.min(usual, maximum)),
  };
}
