/**
 * `elevationDuration`: the longest activation of a role, as text. Days, hours and minutes of ISO 8601; the minutes beside
 * the hours are rounded to half an hour, and the rounded time lies between 30 minutes and 74 hours.
 */
import { Duration } from 'luxon';

/** What the service said of a time outside its range, in its own spelling. */
export const elevationDurationRange = 'Elavation duration should be between 0.5 and 74';

export const longestElevationMinutes = 74 * 60;
const shortestElevationMinutes = 30;
const halfHour = 30;

/** `otherUnit`: a duration, but with years, months, weeks, seconds, fractions or a sign. */
export type ElevationDurationFault = 'notADuration' | 'otherUnit' | 'outOfRange';

export type ElevationDuration =
  | { readonly ok: true; readonly minutes: number }
  | { readonly ok: false; readonly why: ElevationDurationFault };

const daysHoursMinutes = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?$/;

/** All that ISO 8601 has units for, with fractions and signs. */
const anyDuration = new RegExp(`^[+-]?P(?=.*\\d)${units('YMWD')}(?:T(?=.)${units('HMS')})?$`);

function units(letters: string): string {
  return Array.from(letters).map((letter) => String.raw`(?:[+-]?\d+(?:[.,]\d+)?${letter})?`).join('');
}

/** Rounds first, and looks at the range then. */
export function readElevationDuration(text: string): ElevationDuration {
  const parts = daysHoursMinutes.exec(text);
  if (parts === null) return { ok: false, why: anyDuration.test(text) ? 'otherUnit' : 'notADuration' };
  const [days, hours, minutes] = parts.slice(1).map((part: string | undefined) => Number(part ?? 0));
  const rounded = toHalfHours(((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0));
  const inRange = rounded >= shortestElevationMinutes && rounded <= longestElevationMinutes;
  return inRange ? { ok: true, minutes: rounded } : { ok: false, why: 'outOfRange' };
}

/** Minutes 0–14 count as 0, 15–44 as 30, 45–59 as the next full hour. */
function toHalfHours(minutes: number): number {
  return Math.floor((minutes + halfHour / 2) / halfHour) * halfHour;
}

/** Whole minutes of whatever duration a policy may carry, never rounded up; `null` for what is none. */
export function minutesOfPolicy(text: string): number | null {
  const duration = Duration.fromISO(text);
  const minutes = duration.isValid ? Math.floor(duration.as('minutes')) : 0;
  return minutes > 0 && Number.isSafeInteger(minutes) ? minutes : null;
}

/** `90` → `PT1H30M`, `4440` → `P3DT2H`. */
export function printDuration(minutes: number): string {
  const part = (count: number, unit: string): string => (count === 0 ? '' : `${count}${unit}`);
  const days = part(Math.floor(minutes / 1440), 'D');
  const time = `${part(Math.floor(minutes / 60) % 24, 'H')}${part(minutes % 60, 'M')}`;
  if (time === '') return days === '' ? 'PT0M' : `P${days}`;
  return `P${days}T${time}`;
}
