import { DateTime } from 'luxon';

export interface DateReading {
  readonly now: Date;
  /** IANA name. */
  readonly timeZone: string;
  /** What a day without a time means: its last minute, or its first. */
  readonly edge: 'end' | 'start';
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const japaneseDayNames = '月火水木金土日';

interface Time {
  readonly hour: number;
  readonly minute: number;
}

/** At the end of the words. Japanese needs no space between the day and the time. */
const timePatterns: readonly (readonly [RegExp, (match: RegExpExecArray) => Time])[] = [
  [/(?:^|[\sT])(?:at\s+)?(\d{1,2})(?::(\d{2}))?\s?(am|pm|a\.m\.?|p\.m\.?)$/iu, ([, hour, minute, half]) => timeOf(hour, minute, half)],
  [/(?:^|[\sT]|の\s?|(?<=[日曜]))(?:at\s+)?(午前|午後)?(\d{1,2}):(\d{2})$/iu, ([, half, hour, minute]) => timeOf(hour, minute, half)],
  [/(?:^|\s|の\s?|(?<=[日曜]))(午前|午後)?(\d{1,2})時(?:(\d{1,2})分|(半))?$/u, ([, half, hour, minute, isHalf]) => timeOf(hour, isHalf === undefined ? minute : '30', half)],
];
const monthName = String.raw`(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december)\.?`;

interface Day {
  /** `null`: not named, so the next one that comes. */
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}

/** Numbers with slashes but without the year in front could be either day or month first: they are not guessed. */
const dayPatterns: readonly (readonly [RegExp, (match: RegExpExecArray) => Day])[] = [
  [/^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/u, ([, year, month, day]) => dayOf(year, month, day)],
  [/^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/u, ([, day, month, year]) => dayOf(year, month, day)],
  [/^(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日$/u, ([, year, month, day]) => dayOf(year, month, day)],
  [new RegExp(String.raw`^(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?${monthName}(?:,?\s+(\d{4}))?$`, 'iu'), ([, day, month, year]) => dayOf(year, numberOf(month), day)],
  [new RegExp(String.raw`^${monthName}\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$`, 'iu'), ([, month, day, year]) => dayOf(year, numberOf(month), day)],
];

/**
 * Reads `2027-03-31`, `31 March 2027`, `March 31`, `31.3.2027`, `2027年3月31日`, `tomorrow`, `Friday`, `明日`, each with or without a
 * time (`17:00`, `5 pm`, `午後5時`), in the person's time zone. `null` when it is no date.
 */
export function readDate(words: string, reading: DateReading): Date | null {
  const text = words.trim().replace(/^(?:the|on)\s+/iu, '');
  const { day: dayWords, time } = readTime(text);
  const day = readDay(dayWords, reading);
  if (day === null || !day.isValid) return null;
  if (time === null) return (reading.edge === 'start' ? day.startOf('day') : day.set({ hour: 23, minute: 59, second: 0, millisecond: 0 })).toJSDate();
  return time.hour < 24 && time.minute < 60 ? day.startOf('day').set(time).toJSDate() : null;
}

function readTime(text: string): { readonly day: string; readonly time: Time | null } {
  for (const [pattern, read] of timePatterns) {
    const match = pattern.exec(text);
    if (match !== null) return { day: text.slice(0, match.index).trim(), time: read(match) };
  }
  return { day: text, time: null };
}

/** Midnight is 12 am and 午前0時; 13 pm is none. */
function timeOf(hourText: string | undefined, minute: string | undefined, half: string | undefined): Time {
  const hour = Number(hourText);
  const time = { hour, minute: Number(minute ?? '0') };
  if (half === undefined) return time;
  const isLater = half === '午後' || half.toLowerCase().startsWith('p');
  return hour > 12 ? { ...time, hour: Number.NaN } : { ...time, hour: hour % 12 + (isLater ? 12 : 0) };
}

function readDay(text: string, { now, timeZone }: DateReading): DateTime | null {
  const today = DateTime.fromJSDate(now, { zone: timeZone }).startOf('day');
  const relative = relativeDay(text.toLowerCase(), today);
  if (relative !== null) return relative;
  for (const [pattern, read] of dayPatterns) {
    const match = pattern.exec(text);
    if (match !== null) return dateOf(read(match), today);
  }
  return null;
}

/** No words at all are today: a time alone is one of this day. */
function relativeDay(text: string, today: DateTime): DateTime | null {
  if (/^(?:today|今日|本日|)$/u.test(text)) return today;
  if (/^(?:tomorrow|明日)$/u.test(text)) return today.plus({ days: 1 });
  if (/^(?:day after tomorrow|明後日|あさって)$/u.test(text)) return today.plus({ days: 2 });
  const nextWeek = /^来週の?([月火水木金土日])曜日?$/u.exec(text)?.[1];
  if (nextWeek !== undefined) return today.startOf('week').plus({ weeks: 1, days: japaneseDayNames.indexOf(nextWeek) });
  const weekday = weekdayOf(text);
  if (weekday === null) return null;
  return today.plus({ days: (weekday - today.weekday + 6) % 7 + 1 });
}

/** 1 is Monday. */
function weekdayOf(text: string): number | null {
  const english = /^(?:next\s+)?(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?$/u.exec(text)?.[1];
  if (english !== undefined) return dayNames.indexOf(english) + 1;
  const japanese = /^([月火水木金土日])曜日?$/u.exec(text)?.[1];
  return japanese === undefined ? null : japaneseDayNames.indexOf(japanese) + 1;
}

function dateOf({ year, month, day }: Day, today: DateTime): DateTime {
  const zone = today.zone;
  if (year !== null) return DateTime.fromObject({ year, month, day }, { zone });
  const thisYear = DateTime.fromObject({ year: today.year, month, day }, { zone });
  return thisYear < today || !thisYear.isValid ? DateTime.fromObject({ year: today.year + 1, month, day }, { zone }) : thisYear;
}

function dayOf(year: string | undefined, month: string | number | undefined, day: string | undefined): Day {
  return { year: year === undefined ? null : Number(year), month: Number(month), day: Number(day) };
}

function numberOf(month: string | undefined): number {
  return monthNames.indexOf((month ?? '').slice(0, 3).toLowerCase()) + 1;
}
