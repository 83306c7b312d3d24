import { DateTime } from 'luxon';

/** The last moment that ISO 8601 writes with four digits for the year, in milliseconds since 1970. */
export const latestTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Milliseconds since 1970 of an ISO 8601 time; `null` for anything else, and after the year 9999. */
export function parseTime(text: string): number | null {
  const time = DateTime.fromISO(text, { zone: 'utc' });
  return time.isValid && time.toMillis() <= latestTime ? time.toMillis() : null;
}
