import { Duration } from 'luxon';
import type { PeriodWords } from './command.ts';

const amount = String.raw`(\d+(?:[.,]\d+)?)\s*`;

/** "1h 30m", "1時間30分". */
const hoursAndMinutes = new RegExp(String.raw`(?:^|\s)(?:for\s+)?${amount}(?:hours?|hrs?|h|時間)(?:\s*and)?\s*(\d+)\s*(?:minutes?|mins?|m|分)?間?(?=\s|$)`, 'iu');

function unit(words: string): RegExp {
  return new RegExp(String.raw`(?:^|\s)(?:for\s+)?${amount}(?:${words})間?(?=\s|$)`, 'iu');
}

const day = 24 * 60;
/** As PIM's own settings count: six months are 180 days. */
const month = 30 * day;
const year = 365 * day;

/** Each with its minutes. */
const units: readonly (readonly [RegExp, number])[] = [
  [unit('years?|y|年'), year],
  [unit('months?|mo|か月|ヶ月|ケ月|カ月|箇月'), month],
  [unit('weeks?|w|週'), 7 * day],
  [unit('days?|d|日'), day],
  // Nine o'clock is 9時, nine hours are 9時間.
  [unit('hours?|hrs?|h|時間'), 60],
  [unit('minutes?|mins?|min|m|分'), 1],
];

const permanent = /(?:^|\s)(?:permanently|permanent|forever|without (?:an )?end|with no end|no expiration|無期限で?|永続で?|永続的に|恒久的に)(?=\s|$)/iu;
const until = /(?:^|\s)(?:until|till)\s+(.+?)(?=\s+(?:on|to|from|as|for|starting|permanently)\s|$)/iu;
const untilJapanese = /(?:^|\s)(\S+?(?:\s\d{1,2}:\d{2})?)\s*まで(?=\s|$)/u;
const oneOf = /\bfor\s+(?:an?|one)\s+(?=year|month|week|day|hour|minute)/iu;
const iso = /(?:^|\s)(?:for\s+)?(P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?)?)(?=\s|$)/iu;

/** Takes "for 30 days", "until 2027-03-31", "permanently", "30日", "3月31日まで" … out of the text. */
export function takePeriod(typed: string): { readonly rest: string; readonly period: PeriodWords } {
  const text = typed.replace(oneOf, 'for 1 ');
  const end = until.exec(text) ?? untilJapanese.exec(text);
  if (end !== null) return { rest: without(text, end), period: { kind: 'until', words: (end[1] ?? '').trim() } };
  const never = permanent.exec(text);
  if (never !== null) return { rest: without(text, never), period: { kind: 'permanent' } };
  const { rest, minutes } = takeMinutes(text);
  return { rest, period: minutes === null ? { kind: 'none' } : { kind: 'minutes', minutes } };
}

/** Takes "for 2h", "1h 30m", "PT45M", "2時間30分", "30 days" … out of the text; whole minutes, `null` where there is none of it. */
export function takeMinutes(typed: string): { readonly rest: string; readonly minutes: number | null } {
  const text = typed.replace(oneOf, 'for 1 ');
  const exact = iso.exec(text);
  if (exact !== null) return { rest: without(text, exact), minutes: Math.round(minutesOfIso(exact[1] ?? '')) };
  const both = hoursAndMinutes.exec(text);
  if (both !== null) return { rest: without(text, both), minutes: Math.round(decimal(both[1]) * 60) + Number(both[2]) };
  for (const [pattern, length] of units) {
    const match = pattern.exec(text);
    if (match !== null) return { rest: without(text, match), minutes: Math.round(decimal(match[1]) * length) };
  }
  return { rest: text, minutes: null };
}

function without(text: string, match: RegExpExecArray): string {
  return text.replace(match[0], ' ').replaceAll(/\s+/gu, ' ').trim();
}

function decimal(text: string | undefined): number {
  return Number((text ?? '0').replace(',', '.'));
}

function minutesOfIso(words: string): number {
  const { years = 0, months = 0, ...rest } = Duration.fromISO(words.toUpperCase()).toObject();
  return years * year + months * month + Duration.fromObject(rest).as('minutes');
}
