import { DateTime } from 'luxon';
import type { EnteredActivation } from '../../cards/activation-form.ts';
import type { Reason } from '../../pim/check-activation.ts';
import { readDate } from '../commands/read-date.ts';

interface StartReading {
  readonly now: Date;
  /** IANA name: a person's times are those of where they are. */
  readonly timeZone: string;
}

type StartFields = Pick<EnteredActivation, 'startDate' | 'startTime'>;

/** The words of a command, as the form's fields; a day without a time begins at midnight. Words that are no time stay words. */
export function typedStart(words: string, reading: StartReading): StartFields {
  const start = words === '' ? null : readDate(words, { ...reading, edge: 'start' });
  return words !== '' && start === null ? { startDate: words.slice(0, longestWords) } : startFields(start, reading);
}

/** As much of them as a field of a card may send. */
const longestWords = 40;

/** What is wrong with a start before the rest of the form is known. */
export function startReasons(fields: StartFields, reading: StartReading): readonly Reason[] {
  const start = filledStart(fields, reading);
  if (start instanceof Date) return start > reading.now ? [] : [{ code: 'startPast' }];
  return start === null ? [] : [start];
}

/** As the form shows it; `null`: at once. */
export function startFields(start: Date | null, { timeZone }: Pick<StartReading, 'timeZone'>): StartFields {
  if (start === null) return {};
  const at = DateTime.fromJSDate(start, { zone: timeZone });
  return { startDate: at.toFormat('yyyy-MM-dd'), startTime: at.toFormat('HH:mm') };
}

/** The two fields of the form: both empty are at once, a time alone is one of today. */
export function filledStart({ startDate = '', startTime = '' }: StartFields, { now, timeZone }: StartReading): Date | Reason | null {
  const [date, time] = [startDate.trim(), startTime.trim()];
  if (date === '' && time === '') return null;
  const day = date === '' ? DateTime.fromJSDate(now, { zone: timeZone }).toFormat('yyyy-MM-dd') : date;
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(day)) return { code: 'startUnreadable' };
  if (time === '') return { code: 'startTimeMissing' };
  const at = /^\d{2}:\d{2}$/u.test(time) ? DateTime.fromISO(`${day}T${time}`, { zone: timeZone }) : null;
  return at?.isValid === true ? at.toJSDate() : { code: 'startUnreadable' };
}
