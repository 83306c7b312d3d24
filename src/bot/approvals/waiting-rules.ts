import { DateTime } from 'luxon';

/** How long a request waits before somebody is reminded, and before others are asked. */
export interface WaitingRules {
  /** Minutes after an approver got the card, one reminder each. */
  readonly remindAfter: readonly number[];
  /** Minutes after the request until the people are asked whom our settings name for that. */
  readonly escalateAfter: number;
  /** When people may be reminded; `null`: at every hour. */
  readonly workingHours: WorkingHours | null;
}

/** Where nothing is said. */
export const usualWaiting: WaitingRules = { remindAfter: [30, 240], escalateAfter: 60, workingHours: null };

/** In each person's own time zone. */
export interface WorkingHours {
  /** 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  /** `HH:mm`; `from` is before `to`. */
  readonly from: string;
  readonly to: string;
}

/** Seconds until it is working time for somebody in this time zone; 0: it is now. */
export function secondsToWork(hours: WorkingHours | null, now: Date, timeZone: string): number {
  if (hours === null) return 0;
  const here = DateTime.fromJSDate(now, { zone: timeZone });
  const local = here.isValid ? here : DateTime.fromJSDate(now, { zone: 'UTC' });
  for (let ahead = 0; ahead <= 7; ahead++) {
    const day = local.plus({ days: ahead });
    if (!hours.days.includes(day.weekday)) continue;
    if (at(day, hours.to) <= local) continue;
    return Math.max(0, Math.ceil(at(day, hours.from).diff(local).as('seconds')));
  }
  return 0;
}

function at(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return day.set({ hour, minute, second: 0, millisecond: 0 });
}

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const written = /^(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))? +([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/i;

/** `mon-fri 09:00-18:00`; `null` for what is not written so. */
export function parseWorkingHours(text: string): WorkingHours | null {
  const parts = written.exec(text.trim());
  if (parts === null) return null;
  const [, first = '', last = first, fromHour = '', fromMinute = '', toHour = '', toMinute = ''] = parts;
  const [start, end] = [dayNames.indexOf(first.toLowerCase()), dayNames.indexOf(last.toLowerCase())];
  const count = (end - start + dayNames.length) % dayNames.length + 1;
  const hours = { from: `${fromHour}:${fromMinute}`, to: `${toHour}:${toMinute}` };
  return hours.from < hours.to ? { days: Array.from({ length: count }, (_, index) => (start + index) % dayNames.length + 1), ...hours } : null;
}
