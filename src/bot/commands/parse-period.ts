import { Duration } from 'luxon';
import type { PeriodWords } from './command.ts';

const amount = String.raw`(\d+(?:[.,]\d+)?)\s*`;

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
  [unit('hours?|hrs?|h|時'), 60],
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
  const without = (match: RegExpExecArray): string => text.replace(match[0], ' ').replaceAll(/\s+/gu, ' ').trim();
  const end = until.exec(text) ?? untilJapanese.exec(text);
  if (end !== null) return { rest: without(end), period: { kind: 'until', words: (end[1] ?? '').trim() } };
  const never = permanent.exec(text);
  if (never !== null) return { rest: without(never), period: { kind: 'permanent' } };
  const exact = iso.exec(text);
  if (exact !== null) return { rest: without(exact), period: minutes(minutesOfIso(exact[1] ?? '')) };
  for (const [pattern, length] of units) {
    const match = pattern.exec(text);
    if (match !== null) return { rest: without(match), period: minutes(Number((match[1] ?? '').replace(',', '.')) * length) };
  }
  return { rest: text, period: { kind: 'none' } };
}

function minutesOfIso(words: string): number {
  const { years = 0, months = 0, ...rest } = Duration.fromISO(words.toUpperCase()).toObject();
  return years * year + months * month + Duration.fromObject(rest).as('minutes');
}

function minutes(count: number): PeriodWords {
  return { kind: 'minutes', minutes: Math.round(count) };
}
