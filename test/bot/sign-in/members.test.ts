import { beforeEach, describe, expect, test } from 'vitest';
import { createMembership, type IsMember } from '../../../src/bot/sign-in/members.ts';
import { createLog } from '../../../src/log.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { Person } from '../../../src/pim/model.ts';

// Guard: `createMembership` (src/bot/sign-in/members.ts).

const minute = 60_000;
const alex: Person = { id: 'alex', name: 'Alex Wilber', userPrincipalName: 'alex@contoso.example' };

let now: number;
let asked: string[];
let directory: (personId: string) => Promise<Person | null>;
let isMember: IsMember;
beforeEach(() => {
  now = Date.parse('2026-05-04T09:00:00Z');
  asked = [];
  directory = (personId) => Promise.resolve(personId === 'alex' ? alex : null);
  const readMember = (personId: string): Promise<Person | null> => {
    asked.push(personId);
    return directory(personId);
  };
  isMember = createMembership({ readMember }, { clock: { now: () => new Date(now) }, log: createLog('silent') });
});

const fails = (): Promise<never> => Promise.reject(new PimError('unavailable', 'the directory is down'));

test('the directory is asked once in ten minutes for each person, however many ask at once', async () => {
  expect(await Promise.all([isMember('alex'), isMember('alex'), isMember('grady')])).toEqual([true, true, false]);
  now += 9 * minute;
  expect(await isMember('alex')).toBe(true);
  expect(await isMember('grady')).toBe(false);
  expect(asked).toEqual(['alex', 'grady']);
});

test('who has left is refused after ten minutes, and who has come is let in', async () => {
  await Promise.all([isMember('alex'), isMember('grady')]);
  directory = (personId) => Promise.resolve(personId === 'grady' ? { ...alex, id: 'grady' } : null);
  now += 10 * minute;
  expect(await isMember('alex')).toBe(false);
  expect(await isMember('grady')).toBe(true);
});

describe.each([['refuses to answer', fails], ['is silent', () => new Promise<never>(() => undefined)]])('while the directory %s', (_how, outage) => {
  test('what it has said stays good, of members and of guests', async () => {
    await Promise.all([isMember('alex'), isMember('grady')]);
    directory = outage;
    now += 23 * 60 * minute;
    expect(await Promise.all([isMember('alex'), isMember('grady')])).toEqual([true, false]);
    expect(asked).toHaveLength(4);
  });
});

describe('while the directory does not answer', () => {
  test('what it has said is good for a day only', async () => {
    await isMember('alex');
    directory = fails;
    now += 24 * 60 * minute;
    await expect(isMember('alex')).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a person of whom it has said nothing is neither, and is asked about again', async () => {
    directory = fails;
    await expect(isMember('alex')).rejects.toMatchObject({ name: 'PimError', code: 'unavailable' });
    await expect(isMember('alex')).rejects.toMatchObject({ code: 'unavailable' });
    directory = () => Promise.resolve(alex);
    expect(await isMember('alex')).toBe(true);
    expect(asked).toHaveLength(3);
  });

  test('an error that is none of the directory\'s lets nobody in', async () => {
    directory = () => Promise.reject(new Error('a fault of ours'));
    await expect(isMember('alex')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('an answer that comes late counts from then on', async () => {
  await isMember('alex');
  const { promise, resolve } = Promise.withResolvers<null>();
  directory = () => promise;
  now += 11 * minute;
  expect(await isMember('alex')).toBe(true);
  resolve(null);
  await promise;
  expect(await isMember('alex')).toBe(false);
});
