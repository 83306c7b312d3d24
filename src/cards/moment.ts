import { DateTime } from 'luxon';
import { text } from './texts.ts';
import type { Locale, Reader } from './texts.ts';

/** "today 17:00", "tomorrow 09:00", "Mon 23 Nov 17:00": a time in the reader's zone, without naming the zone. */
export function shortMoment(reader: Reader, at: Date, now: Date): string {
  const moment = inZone(reader, at);
  const today = inZone(reader, now);
  const time = moment.toFormat('HH:mm');
  if (moment.hasSame(today, 'day')) return text(reader.locale, 'moment.today', { time });
  if (moment.hasSame(today.plus({ days: 1 }), 'day')) return text(reader.locale, 'moment.tomorrow', { time });
  const date = moment.hasSame(today, 'year') ? dayOfYear(reader.locale, moment) : fullDay(reader.locale, moment);
  return text(reader.locale, 'moment.day', { date, time });
}

/** The same with the zone's name, "today 17:00 (JST)": for the one time that a card is about. */
export function moment(reader: Reader, at: Date, now: Date): string {
  return `${shortMoment(reader, at, now)} (${inZone(reader, at).offsetNameShort ?? reader.timeZone})`;
}

/** "Mon 23 Nov 2026 17:00 (GMT)": a time wherever it is read from. */
export function exactMoment(reader: Reader, at: Date): string {
  const moment = inZone(reader, at);
  const words = text(reader.locale, 'moment.day', { date: fullDay(reader.locale, moment), time: moment.toFormat('HH:mm') });
  return `${words} (${moment.offsetNameShort ?? reader.timeZone})`;
}

/** "23 Nov 2026": a day, where the hour does not matter. */
export function day(reader: Reader, at: Date): string {
  const date = inZone(reader, at);
  return date.toFormat(reader.locale === 'ja' ? 'yyyy年M月d日' : 'd LLL yyyy');
}

/** "2 h 30 min" from whole minutes. */
export function duration(locale: Locale, minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const parts = [
    ...(hours > 0 ? [text(locale, 'duration.hours', { count: String(hours) })] : []),
    ...(rest > 0 || hours === 0 ? [text(locale, 'duration.minutes', { count: String(rest) })] : []),
  ];
  return parts.join(' ');
}

function inZone(reader: Reader, at: Date): DateTime {
  return DateTime.fromJSDate(at, { zone: reader.timeZone }).setLocale(reader.locale);
}

function dayOfYear(locale: Locale, date: DateTime): string {
  return date.toFormat(locale === 'ja' ? 'M月d日(ccc)' : 'ccc d LLL');
}

function fullDay(locale: Locale, date: DateTime): string {
  return date.toFormat(locale === 'ja' ? 'yyyy年M月d日(ccc)' : 'ccc d LLL yyyy');
}
