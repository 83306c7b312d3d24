import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day, duration, moment, shortMoment } from '../../src/cards/moment.ts';
import type { Reader } from '../../src/cards/texts.ts';

const tokyo: Reader = { locale: 'ja', timeZone: 'Asia/Tokyo' };
const london: Reader = { locale: 'en', timeZone: 'Europe/London' };
const now = new Date('2026-11-23T14:05:00Z');

describe('times in the reader’s zone', () => {
  it.each([
    ['2026-11-23T17:00:00Z', 'today 17:00', '明日 02:00'],
    ['2026-11-23T14:59:59Z', 'today 14:59', '本日 23:59'],
    ['2026-11-24T09:00:00Z', 'tomorrow 09:00', '明日 18:00'],
    ['2026-11-22T09:00:00Z', 'Sun 22 Nov 09:00', '11月22日(日) 18:00'],
    ['2027-01-04T17:00:00Z', 'Mon 4 Jan 2027 17:00', '2027年1月5日(火) 02:00'],
  ])('%s is %s in London and %s in Tokyo', (at, english, japanese) => {
    expect(shortMoment(london, new Date(at), now)).toBe(english);
    expect(shortMoment(tokyo, new Date(at), now)).toBe(japanese);
  });

  it('the zone is named where the card is about one time, in summer as in winter', () => {
    expect(moment(london, new Date('2026-11-23T17:00:00Z'), now)).toBe('today 17:00 (GMT)');
    expect(moment(london, new Date('2026-07-01T11:00:00Z'), now)).toBe('Wed 1 Jul 12:00 (GMT+1)');
    expect(moment(tokyo, new Date('2026-11-23T14:30:00Z'), now)).toBe('本日 23:30 (JST)');
  });

  it('a day has no hour', () => {
    expect(day(london, new Date('2027-03-31T22:00:00Z'))).toBe('31 Mar 2027');
    expect(day(tokyo, new Date('2027-03-31T22:00:00Z'))).toBe('2027年4月1日');
  });
});

describe('duration', () => {
  it.each([
    [5, '5 min', '5 分'],
    [30, '30 min', '30 分'],
    [60, '1 h', '1 時間'],
    [150, '2 h 30 min', '2 時間 30 分'],
    [4440, '74 h', '74 時間'],
    [0, '0 min', '0 分'],
  ])('%i minutes are %s, %s', (minutes, english, japanese) => {
    expect(duration('en', minutes)).toBe(english);
    expect(duration('ja', minutes)).toBe(japanese);
  });

  it('says every minute', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (minutes) => {
        const [, hours = '0'] = /(\d+) h/u.exec(duration('en', minutes)) ?? [];
        const [, rest = '0'] = /(\d+) min/u.exec(duration('en', minutes)) ?? [];
        expect(Number(hours) * 60 + Number(rest)).toBe(minutes);
      }),
    );
  });
});
