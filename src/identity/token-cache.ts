import { createHash } from 'node:crypto';
import type { AccessToken } from '@azure/core-auth';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { PersonToken } from './person-token.ts';

/** What a token is asked for. */
export interface TokenQuestion {
  readonly person: PersonToken;
  readonly scopes: readonly string[];
  /** A challenge that the token has to meet, JSON text. */
  readonly claims: string | undefined;
}

export interface TokenCacheOptions {
  readonly clock: Clock;
  readonly mostTokens: number;
  /** Gets a token that the cache does not have. */
  readonly ask: (question: TokenQuestion) => Promise<AccessToken>;
}

/** A token is given up this long before it expires. */
const marginMs = 2 * 60_000;

/**
 * People's tokens, bounded in number. The key of a token holds tenant, person, the very sign-in and what the token is
 * for: only who brings that sign-in again finds it.
 */
export class TokenCache {
  readonly #options: TokenCacheOptions;
  readonly #tokens: LRUCache<string, AccessToken>;
  readonly #underWay = new Map<string, Promise<AccessToken>>();
  #era = 0;
  /** In which era a person was last forgotten; of those whom this no longer knows, none later than `#floor`. */
  readonly #forgotten: LRUCache<string, number>;
  #floor = 0;

  constructor(options: TokenCacheOptions) {
    const { clock, mostTokens: max } = options;
    this.#options = options;
    this.#tokens = new LRUCache({ max, ttlResolution: 0, perf: { now: () => clock.now().getTime() } });
    this.#forgotten = new LRUCache({
      max,
      dispose: (era, _, reason) => {
        if (reason === 'evict') this.#floor = Math.max(this.#floor, era);
      },
    });
  }

  /** How many tokens are kept. */
  get size(): number {
    return this.#tokens.size;
  }

  /** A new one begins whenever somebody is forgotten; of that person, what was begun in an earlier one is not kept. */
  get era(): number {
    return this.#era;
  }

  /**
   * The kept token, or a new one; whoever asks the same at the same time shares the call. With `claims` it is always a
   * new one, which replaces the other.
   * @param era the one in which the asker came by the sign-in
   */
  async get(question: TokenQuestion, era: number): Promise<AccessToken> {
    const key = keyOf(question);
    const kept = question.claims === undefined ? this.#tokens.get(key) : undefined;
    if (kept !== undefined) return kept;
    const callKey = `${era} ${key} ${question.claims ?? ''}`;
    const call = this.#underWay.get(callKey) ?? this.#ask(question, key, era).finally(() => this.#underWay.delete(callKey));
    this.#underWay.set(callKey, call);
    return call;
  }

  /** Drops a person's tokens, those that are still on their way included. */
  forget(personId: string): void {
    this.#era += 1;
    this.#forgotten.set(personId.toLowerCase(), this.#era);
    const part = ` ${personId.toLowerCase()} `;
    for (const key of [...this.#tokens.keys()].filter((key) => key.includes(part))) this.#tokens.delete(key);
  }

  async #ask(question: TokenQuestion, key: string, era: number): Promise<AccessToken> {
    const token = await this.#options.ask(question);
    // A token asked for without claims never replaces one that meets them.
    const wanted = question.claims !== undefined || !this.#tokens.has(key);
    const ttl = token.expiresOnTimestamp - marginMs - this.#options.clock.now().getTime();
    if (wanted && era >= this.#forgottenIn(question.person) && ttl > 0) this.#tokens.set(key, token, { ttl });
    return token;
  }

  #forgottenIn({ personId }: PersonToken): number {
    return this.#forgotten.get(personId) ?? this.#floor;
  }
}

function keyOf({ person, scopes }: TokenQuestion): string {
  const signIn = createHash('sha256').update(person.assertion).digest('base64url');
  return `${person.tenantId} ${person.personId} ${signIn} ${[...scopes].sort().join(' ')}`;
}
