import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationField } from '../../src/cards/duration-choices.ts';
import { checkActivation } from '../../src/pim/check-activation.ts';
import type { RoleSettings } from '../../src/pim/model.ts';
import { plainSettings } from './samples.ts';

function offered(settings: RoleSettings | null, entered?: number): { readonly minutes: readonly string[]; readonly chosen: string } {
  const { choices, chosen } = durationField('en', settings, entered);
  return { minutes: choices.map(({ value }) => value), chosen };
}

function upTo(maximumMinutes: number): RoleSettings {
  return { ...plainSettings, maximumMinutes };
}

describe('the durations of a form', () => {
  it('go from half an hour to the maximum, two hours chosen', () => {
    expect(offered(upTo(480))).toEqual({ minutes: ['30', '60', '90', '120', '180', '240', '360', '480'], chosen: '120' });
  });

  it('always have the maximum itself', () => {
    expect(offered(upTo(150))).toEqual({ minutes: ['30', '60', '90', '120', '150'], chosen: '120' });
    expect(offered(upTo(60))).toEqual({ minutes: ['30', '60'], chosen: '60' });
  });

  it('have nothing else when the maximum is below half an hour', () => {
    expect(offered(upTo(15))).toEqual({ minutes: ['15'], chosen: '15' });
  });

  it('have what was asked for, if the role allows it', () => {
    expect(offered(upTo(150), 45)).toEqual({ minutes: ['30', '45', '60', '90', '120', '150'], chosen: '45' });
    expect(offered(upTo(150), 480)).toEqual({ minutes: ['30', '60', '90', '120', '150'], chosen: '150' });
    expect(offered(upTo(150), 10)).toEqual({ minutes: ['30', '60', '90', '120', '150'], chosen: '120' });
  });

  it('go up to a day when the settings cannot be read', () => {
    expect(offered(null).minutes.at(-1)).toBe('1440');
    expect(offered(null, 10)).toMatchObject({ chosen: '10' });
  });

  it('are all allowed by the role, once each, in order, and one of them is chosen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 4440 }), fc.option(fc.integer({ min: -10, max: 10_000 }), { nil: undefined }), (maximum, entered) => {
        const settings = upTo(maximum);
        const { minutes, chosen } = offered(settings, entered);
        const numbers = minutes.map(Number);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        expect(numbers).toContain(maximum);
        expect(minutes).toContain(chosen);
        for (const value of numbers) expect(checkActivation(settings, { start: null, minutes: value, justification: 'x', ticket: null }, { now: new Date('2026-11-23T14:05:00Z'), eligibleUntil: null }).ok).toBe(true);
      }),
    );
  });
});
