import { Duration } from 'luxon';

const minuteMs = 60_000;

/** Milliseconds of an ISO 8601 duration; `null` for anything else, and for a negative one. */
export function parseDuration(text: string): number | null {
  const duration = Duration.fromISO(text);
  const ms = duration.isValid ? duration.toMillis() : Number.NaN;
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
}

/** `90` → `PT1H30M`. */
export function formatMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return `PT${hours > 0 ? `${hours}H` : ''}${rest > 0 || hours === 0 ? `${rest}M` : ''}`;
}

/**
 * The maximum that an `elevationDuration` stands for, in whole minutes: minutes 0–14 count as 0, 15–44 as 30, 45–59 as a
 * full hour; the result must lie between half an hour and 74 hours (`privilegedRoleSettings`). `null` outside.
 */
export function roundElevationDuration(text: string): number | null {
  const ms = parseDuration(text);
  if (ms === null) {
    return null;
  }
  const halfHours = Math.floor((ms / minuteMs + 15) / 30);
  return halfHours >= 1 && halfHours <= 74 * 2 ? halfHours * 30 : null;
}
