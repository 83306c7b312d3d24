import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minutesOfPolicy, printDuration, readElevationDuration } from '../../../src/pim/settings/elevation-duration.ts';

const minutesOf = (text: string): number | string => {
  const read = readElevationDuration(text);
  return read.ok ? read.minutes : read.why;
};

describe('an elevationDuration', () => {
  it.each<[string, number]>([
    ['PT2H', 120], ['PT30M', 30], ['P1D', 1440], ['P3DT2H', 4440], ['PT74H', 4440], ['P0DT2H0M', 120], ['PT120M', 120], ['P1DT1H30M', 1530],
  ])('%s is %d minutes', (text, minutes) => {
    expect(minutesOf(text)).toBe(minutes);
  });

  it.each<[string, number]>([
    ['PT1H0M', 60], ['PT1H14M', 60], ['PT1H15M', 90], ['PT1H44M', 90], ['PT1H45M', 120], ['PT1H59M', 120], ['P2DT23H45M', 4320],
    ['PT15M', 30], ['PT29M', 30], ['P3DT2H14M', 4440], ['PT119M', 120],
  ])('%s is rounded to %d minutes', (text, minutes) => {
    expect(minutesOf(text)).toBe(minutes);
  });

  it.each(['PT0M', 'PT14M', 'P0D', 'P3DT2H15M', 'PT75H', 'P4D', `PT${'9'.repeat(400)}H`])('%.20s is out of range once it is rounded', (text) => {
    expect(minutesOf(text)).toBe('outOfRange');
  });

  it.each(['P1W', 'P1M', 'P1Y', 'PT2H30S', 'PT7200S', 'PT1.5H', 'PT1,5H', '-PT2H', 'P1Y2M3DT4H', 'PT1H30.5M', '+PT2H', 'PT2H0S'])('%s has units that are not taken', (text) => {
    expect(minutesOf(text)).toBe('otherUnit');
  });

  it.each(['', 'P', 'PT', 'P1DT', '2h', '2', 'PT2', 'T2H', 'P2H', 'pt2h', ' PT2H', 'PT2H ', 'PT2H\n', 'PT2HM', 'PT1M2H', 'P1D1H'])('%j is none', (text) => {
    expect(minutesOf(text)).toBe('notADuration');
  });

  it('follows the three bands of minutes, whatever the hours, and only then the range', () => {
    fc.assert(fc.property(fc.nat(5), fc.nat(90), fc.nat(59), (days, hours, minutes) => {
      const extra = minutes < 15 ? 0 : minutes < 45 ? 30 : 60;
      const rounded = (days * 24 + hours) * 60 + extra;
      expect(minutesOf(`P${days}DT${hours}H${minutes}M`)).toBe(rounded >= 30 && rounded <= 74 * 60 ? rounded : 'outOfRange');
    }));
  });

  it('is printed in one way, which is read as the same time', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 148 }), (halfHours) => {
      const text = printDuration(halfHours * 30);
      expect(minutesOf(text)).toBe(halfHours * 30);
      expect(minutesOfPolicy(text)).toBe(halfHours * 30);
    }));
    expect([30, 90, 120, 1440, 1470, 4440].map(printDuration)).toEqual(['PT30M', 'PT1H30M', 'PT2H', 'P1D', 'P1DT30M', 'P3DT2H']);
  });
});

describe('the maximum of a policy', () => {
  it.each<[string, number | null]>([
    ['PT8H', 480], ['PT1H45M', 105], ['P365D', 525_600], ['PT90S', 1], ['PT7200S', 120], ['P1W', 10_080], ['', null], ['P', null], ['PT0S', null], ['-PT1H', null], ['eight', null],
  ])('%j is %d whole minutes, as it is', (text, minutes) => {
    expect(minutesOfPolicy(text)).toBe(minutes);
  });
});
