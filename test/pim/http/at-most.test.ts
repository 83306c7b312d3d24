import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapAtMost } from '../../../src/pim/http/at-most.ts';

describe('mapAtMost', () => {
  it('does no more than the limit at a time, and answers in order', async () => {
    let now = 0;
    let most = 0;
    const answers = await mapAtMost(3, [5, 1, 4, 1, 3, 1, 2], async (ms) => {
      now += 1;
      most = Math.max(most, now);
      await delay(ms);
      now -= 1;
      return ms * 10;
    });
    expect(answers).toEqual([50, 10, 40, 10, 30, 10, 20]);
    expect(most).toBe(3);
  });

  it('has nothing to do for no items', async () => {
    expect(await mapAtMost(3, [], () => Promise.reject(new Error('called')))).toEqual([]);
  });

  it('rejects with the first failure and begins nothing more', async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await delay(5);
      if (item === 1) throw new Error('one');
    };
    await expect(mapAtMost(2, [1, 2, 3, 4, 5, 6], work)).rejects.toThrow('one');
    await delay(30);
    expect(begun).toEqual([1, 2]);
  });
});
