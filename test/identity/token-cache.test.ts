import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PersonToken } from '../../src/identity/person-token.ts';
import { TokenCache } from '../../src/identity/token-cache.ts';
import type { TokenQuestion } from '../../src/identity/token-cache.ts';

// Guard of promises 5 and 6: `TokenCache` (src/identity/token-cache.ts): its key, `get` and `forget`.

const minute = 60_000;
const start = Date.parse('2026-05-04T09:00:00Z');

interface Asked {
  readonly question: TokenQuestion;
  answer(): void;
  refuse(error: Error): void;
}

interface CacheWorld {
  readonly cache: TokenCache;
  /** The questions that the cache had to ask, in order. */
  readonly asked: readonly Asked[];
  pass(ms: number): void;
  now(): number;
}

/** A cache whose questions are answered when the test says so. */
function createCache({ mostTokens = 100, lifeMs = 60 * minute } = {}): CacheWorld {
  let now = start;
  const asked: Asked[] = [];
  const cache = new TokenCache({
    clock: { now: () => new Date(now) },
    mostTokens,
    ask: (question) => {
      const { promise, resolve, reject } = Promise.withResolvers<{ token: string; expiresOnTimestamp: number }>();
      const number = asked.length;
      asked.push({ question, answer: () => { resolve({ token: tokenOf(question, number), expiresOnTimestamp: now + lifeMs }); }, refuse: reject });
      return promise;
    },
  });
  return { cache, asked, pass: (ms: number) => { now += ms; }, now: () => now };
}

function tokenOf({ person, scopes, claims }: TokenQuestion, number: number): string {
  return `${person.tenantId}/${person.personId}/${person.assertion}/${[...scopes].sort().join('+')}/${claims ?? ''}#${number}`;
}

function person(personId: string, assertion = `assertion of ${personId}`, tenantId = 'tenant'): PersonToken {
  return { personId, tenantId, loginHint: null, expiresAt: new Date(start + 60 * minute), assertion };
}

const alex = person('alex');
const ask = (who: PersonToken, change: Partial<TokenQuestion> = {}): TokenQuestion => ({ person: who, scopes: ['arm'], claims: undefined, ...change });

/** Asks, has the question answered and gives the token. */
async function fetch({ cache, asked }: CacheWorld, question: TokenQuestion): Promise<string> {
  const before = asked.length;
  const getting = cache.get(question, cache.era);
  for (const call of asked.slice(before)) call.answer();
  return (await getting).token;
}

describe('a token is kept', () => {
  test('for the same sign-in and scopes, in whatever order they are named', async () => {
    const world = createCache();
    const first = await fetch(world, ask(alex, { scopes: ['a', 'b'] }));
    expect(await fetch(world, ask(alex, { scopes: ['b', 'a'] }))).toBe(first);
    expect(world.asked).toHaveLength(1);
  });

  test('until two minutes before it expires', async () => {
    const world = createCache({ lifeMs: 10 * minute });
    await fetch(world, ask(alex));
    world.pass(8 * minute);
    await fetch(world, ask(alex));
    expect(world.asked).toHaveLength(1);
    world.pass(1);
    await fetch(world, ask(alex));
    expect(world.asked).toHaveLength(2);
  });

  test('not at all when it expires within two minutes', async () => {
    const world = createCache({ lifeMs: 2 * minute });
    await fetch(world, ask(alex));
    expect(world.cache.size).toBe(0);
    await fetch(world, ask(alex));
    expect(world.asked).toHaveLength(2);
  });

  test('by those who ask at the same time together', async () => {
    const world = createCache();
    const asking = Array.from({ length: 20 }, () => world.cache.get(ask(alex), 0));
    world.asked[0]?.answer();
    expect(new Set((await Promise.all(asking)).map(({ token }) => token)).size).toBe(1);
    expect(world.asked).toHaveLength(1);
  });

  test('never in the place of a refusal, which is told to all who wait and not kept', async () => {
    const world = createCache();
    const asking = [world.cache.get(ask(alex), 0), world.cache.get(ask(alex), 0)];
    world.asked[0]?.refuse(new Error('no'));
    for (const { status } of await Promise.allSettled(asking)) expect(status).toBe('rejected');
    await fetch(world, ask(alex));
    expect(world.asked).toHaveLength(2);
  });
});

describe('promise 6: a token is found by nobody else', () => {
  test.each([
    ['another person', ask(person('megan', alex.assertion))],
    ['the same person of another tenant', ask(person('alex', alex.assertion, 'elsewhere'))],
    ['the same person after another sign-in', ask(person('alex', 'another assertion'))],
    ['another scope', ask(alex, { scopes: ['graph'] })],
  ])('%s', async (_, question) => {
    const world = createCache();
    await fetch(world, ask(alex));
    await fetch(world, question);
    expect(world.asked).toHaveLength(2);
    expect(world.asked[1]?.question).toBe(question);
  });
});

describe('a challenge', () => {
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';

  test('is met by a new token, which replaces the kept one', async () => {
    const world = createCache();
    const old = await fetch(world, ask(alex));
    const fresh = await fetch(world, ask(alex, { claims }));
    expect(fresh).not.toBe(old);
    expect(await fetch(world, ask(alex))).toBe(fresh);
    expect(world.asked).toHaveLength(2);
  });

  test('that is refused leaves the kept token', async () => {
    const world = createCache();
    const old = await fetch(world, ask(alex));
    const asking = world.cache.get(ask(alex, { claims }), 0);
    world.asked[1]?.refuse(new Error('no'));
    await expect(asking).rejects.toThrow('no');
    expect(await fetch(world, ask(alex))).toBe(old);
  });

  test('is asked for again although a token that met it is kept', async () => {
    const world = createCache();
    await fetch(world, ask(alex, { claims }));
    await fetch(world, ask(alex, { claims }));
    expect(world.asked).toHaveLength(2);
  });

  test.each([['before', [1, 0]], ['after', [0, 1]]])('is met by the token that is kept, though one without claims was under way and came %s', async (_, order) => {
    const world = createCache();
    const asking = [world.cache.get(ask(alex), 0), world.cache.get(ask(alex, { claims }), 0)];
    for (const index of order) {
      world.asked[index]?.answer();
      await asking[index];
    }
    expect(await fetch(world, ask(alex))).toContain(claims);
  });
});

describe('promise 6: who is forgotten', () => {
  test('has no token any more, and nobody else has lost one', async () => {
    const world = createCache();
    const megans = await fetch(world, ask(person('megan')));
    await fetch(world, ask(alex));
    await fetch(world, ask(alex, { scopes: ['graph'] }));
    world.cache.forget('ALEX');
    expect(world.cache.size).toBe(1);
    expect(await fetch(world, ask(person('megan')))).toBe(megans);
  });

  test.each([undefined, '{}'])('gets no token kept that was on its way (claims: %s)', async (claims) => {
    const world = createCache();
    const asking = world.cache.get(ask(alex, { claims }), world.cache.era);
    world.cache.forget('alex');
    world.asked[0]?.answer();
    await asking;
    expect(world.cache.size).toBe(0);
  });

  test('shares no call that began before', async () => {
    const world = createCache();
    const before = world.cache.get(ask(alex), world.cache.era);
    world.cache.forget('alex');
    const after = world.cache.get(ask(alex), world.cache.era);
    expect(world.asked).toHaveLength(2);
    world.asked[1]?.answer();
    world.asked[0]?.answer();
    const [old, fresh] = [await before, await after];
    expect(old.token).not.toBe(fresh.token);
    expect(await fetch(world, ask(alex))).toBe(fresh.token);
  });

  test('gets nothing kept for what was handed out before', async () => {
    const world = createCache();
    const { era } = world.cache;
    world.cache.forget('alex');
    const asking = world.cache.get(ask(alex), era);
    world.asked[0]?.answer();
    await asking;
    expect(world.cache.size).toBe(0);
  });
});

test('promise 5: however many ask, forget and wait at once, everybody gets tokens of their own, and no more than the bound are kept', async () => {
  const people = ['alex', 'megan', 'lee', 'diego', 'nestor'];
  const step = fc.oneof(
    fc.record({
      do: fc.constant('ask' as const), who: fc.constantFrom(...people), assertion: fc.constantFrom('1', '2'),
      scopes: fc.constantFrom(['arm'], ['graph'], ['arm', 'graph']), claims: fc.constantFrom(undefined, undefined, '{"x":1}'),
    }),
    fc.record({ do: fc.constant('answer' as const), which: fc.nat({ max: 30 }) }),
    fc.record({ do: fc.constant('refuse' as const), which: fc.nat({ max: 30 }) }),
    fc.record({ do: fc.constant('forget' as const), who: fc.constantFrom(...people) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 20 * minute }) }),
  );
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), fc.integer({ min: 1, max: 6 }), async (steps, mostTokens) => {
    const world = createCache({ mostTokens });
    const { cache, asked } = world;
    const results: Promise<void>[] = [];
    /** Number of the first question after the last time that the person was forgotten. */
    const forgotten = new Map<string, number>();
    const check = async (question: TokenQuestion): Promise<void> => {
      const [since, askedAt] = [forgotten.get(question.person.personId) ?? 0, world.now()];
      const answer = await cache.get(question, cache.era).catch(() => null);
      if (answer === null) return;
      const [what = '', number = ''] = answer.token.split('#');
      const [asked = ''] = tokenOf(question, 0).split('#');
      // A token that meets claims also serves who asks for none.
      expect(question.claims === undefined ? what.startsWith(asked) : what === asked).toBe(true);
      expect(Number(number)).toBeGreaterThanOrEqual(since);
      expect(answer.expiresOnTimestamp).toBeGreaterThan(askedAt + 2 * minute);
    };
    for (const action of steps) {
      switch (action.do) {
        case 'ask': results.push(check(ask(person(action.who, action.assertion), { scopes: action.scopes, claims: action.claims }))); break;
        case 'answer': asked[action.which]?.answer(); break;
        case 'refuse': asked[action.which]?.refuse(new Error('no')); break;
        case 'forget': cache.forget(action.who); forgotten.set(action.who, asked.length); break;
        case 'wait': world.pass(action.ms); break;
      }
      await Promise.resolve();
      expect(cache.size).toBeLessThanOrEqual(mostTokens);
    }
    for (const call of asked) call.answer();
    await Promise.all(results);
    expect(cache.size).toBeLessThanOrEqual(mostTokens);
  }), { numRuns: 300 });
});
