import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDate } from '../../../src/bot/commands/read-date.ts';

/** A Monday, 23:05 in Tokyo and 14:05 in London. */
const now = new Date('2026-11-23T14:05:00Z');
const london = { now, timeZone: 'Europe/London', edge: 'end' } as const;

test.each([
  ['2027-03-31', '2027-03-31T22:59:00.000Z'], // summer time
  ['2027/3/31', '2027-03-31T22:59:00.000Z'],
  ['31 March 2027', '2027-03-31T22:59:00.000Z'],
  ['31st of March, 2027', '2027-03-31T22:59:00.000Z'],
  ['March 31, 2027', '2027-03-31T22:59:00.000Z'],
  ['Mar 31', '2027-03-31T22:59:00.000Z'],
  ['31.3.2027', '2027-03-31T22:59:00.000Z'],
  ['2027年3月31日', '2027-03-31T22:59:00.000Z'],
  ['12月1日', '2026-12-01T23:59:00.000Z'],
  ['23 November', '2026-11-23T23:59:00.000Z'],
  ['22 November', '2027-11-22T23:59:00.000Z'],
  ['2027-03-31 17:00', '2027-03-31T16:00:00.000Z'],
  ['2027-03-31T17:00', '2027-03-31T16:00:00.000Z'],
  ['tomorrow', '2026-11-24T23:59:00.000Z'],
  ['tomorrow at 9:30', '2026-11-24T09:30:00.000Z'],
  ['明日', '2026-11-24T23:59:00.000Z'],
  ['tomorrow 9am', '2026-11-24T09:00:00.000Z'],
  ['tomorrow at 12:30 p.m.', '2026-11-24T12:30:00.000Z'],
  ['tomorrow 12 am', '2026-11-24T00:00:00.000Z'],
  ['明日の9:00', '2026-11-24T09:00:00.000Z'],
  ['明日9時', '2026-11-24T09:00:00.000Z'],
  ['12月1日 午後3時半', '2026-12-01T15:30:00.000Z'],
  ['金曜日の午前10時15分', '2026-11-27T10:15:00.000Z'],
  ['明後日', '2026-11-25T23:59:00.000Z'],
  ['the day after tomorrow', '2026-11-25T23:59:00.000Z'],
  ['来週の水曜日', '2026-12-02T23:59:00.000Z'],
  ['today', '2026-11-23T23:59:00.000Z'],
  ['18:00', '2026-11-23T18:00:00.000Z'],
  ['Friday', '2026-11-27T23:59:00.000Z'],
  ['next wed', '2026-11-25T23:59:00.000Z'],
  ['Monday', '2026-11-30T23:59:00.000Z'],
  ['金曜日', '2026-11-27T23:59:00.000Z'],
  ['2020-01-01', '2020-01-01T23:59:00.000Z'], // in the past: told where the sentence for it is
])('"%s" is the end of that day where the person is', (words, expected) => {
  expect(readDate(words, london)?.toISOString()).toBe(expected);
});

test('a day begins and ends in the person\'s own time zone', () => {
  const tokyo = { now, timeZone: 'Asia/Tokyo' };
  expect(readDate('2027-03-31', { ...tokyo, edge: 'end' })?.toISOString()).toBe('2027-03-31T14:59:00.000Z');
  expect(readDate('2027-03-31', { ...tokyo, edge: 'start' })?.toISOString()).toBe('2027-03-30T15:00:00.000Z');
  expect(readDate('明日', { ...tokyo, edge: 'start' })?.toISOString()).toBe('2026-11-23T15:00:00.000Z');
});

test.each(['', ' x', '31/3/2027', '3/4', '2027-02-30', '2027-13-01', '31 Smarch', 'Octember 3', '2027-03-31 25:00', 'someday', '99999-01-01', '2027', 'tomorrow 13 pm', '明日の25時', '午後13時', 'tomorrow 9'])('"%s" is no date', (words) => {
  expect(words === '' ? null : readDate(words, london)).toBeNull();
});

test('any words are read without throwing', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (words) => {
    const date = readDate(words, london);
    expect(date === null || !Number.isNaN(date.getTime())).toBe(true);
  }));
});
