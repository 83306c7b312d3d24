import https from 'node:https';
import { importJWK, type CryptoKey } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';

/** A key the channel signs with, and the channels it may speak for. */
export interface ChannelKey {
  readonly key: CryptoKey;
  readonly endorsements: ReadonlySet<string>;
}

export interface ChannelKeysOptions {
  /** The OpenID metadata document; its `jwks_uri` must be of the same origin. */
  readonly metadataUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Certificate authority of that address, where it is not one of the system's. */
  readonly caPem?: string;
  /** For one document. */
  readonly timeoutMs?: number;
}

// The channel asks for a refresh at least daily. https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
const dayMs = 24 * 60 * 60_000;
/** A stranger can name unknown keys as often as he likes: this is how often it makes us ask. */
const pauseMs = 5 * 60_000;
/** Without any key nobody gets in: asked again sooner. */
const pauseWithoutKeysMs = 10_000;
const defaultTimeoutMs = 5_000;
const largestDocument = 1024 * 1024;
const mostKeys = 200;
/** 2048 bits in base64. */
const shortestModulus = 342;

const metadataSchema = z.object({ jwks_uri: z.url({ protocol: /^https$/ }) });
const keySetSchema = z.object({ keys: z.array(z.unknown()).max(mostKeys) });
const keySchema = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1),
  n: z.string().min(shortestModulus),
  e: z.string(),
  use: z.literal('sig').optional(),
  endorsements: z.array(z.string()).default([]),
});

/**
 * The channel's published signing keys: fetched when first needed, kept for a day, asked for again at an unknown key id
 * at most once in five minutes. While the address does not answer, the keys known so far stay.
 */
export class ChannelKeys {
  readonly #options: ChannelKeysOptions;
  #keys: ReadonlyMap<string, ChannelKey> = new Map();
  #loadedAt = -Infinity;
  #askedAt = -Infinity;
  #loading: Promise<void> | null = null;

  constructor(options: ChannelKeysOptions) {
    this.#options = options;
  }

  /** The key, `unknown` when the channel does not publish it, `unavailable` when no keys could be had at all. */
  async find(kid: string): Promise<ChannelKey | 'unknown' | 'unavailable'> {
    const age = this.#options.clock.now().getTime() - this.#loadedAt;
    if (age >= dayMs || !this.#keys.has(kid)) await this.#refresh();
    return this.#keys.get(kid) ?? (this.#keys.size === 0 ? 'unavailable' : 'unknown');
  }

  /** One fetch at a time, shared by everybody who waits for it. */
  #refresh(): Promise<void> {
    if (this.#loading !== null) return this.#loading;
    const now = this.#options.clock.now().getTime();
    if (now - this.#askedAt < (this.#keys.size === 0 ? pauseWithoutKeysMs : pauseMs)) return Promise.resolve();
    this.#askedAt = now;
    this.#loading = this.#load(now).finally(() => { this.#loading = null; });
    return this.#loading;
  }

  async #load(now: number): Promise<void> {
    try {
      const keys = await fetchKeys(this.#options);
      if (keys.size === 0) throw new Error('the channel publishes no usable key');
      this.#keys = keys;
      this.#loadedAt = now;
    } catch (error) {
      this.#options.log.warn({ error, keysKept: this.#keys.size }, 'the channel\'s keys could not be fetched');
    }
  }
}

async function fetchKeys(options: ChannelKeysOptions): Promise<ReadonlyMap<string, ChannelKey>> {
  const { jwks_uri: keysUrl } = metadataSchema.parse(await getJson(options.metadataUrl, options));
  if (new URL(keysUrl).origin !== new URL(options.metadataUrl).origin) throw new Error('the metadata points to keys of another origin');
  const { keys: published } = keySetSchema.parse(await getJson(keysUrl, options));
  const found = new Map<string, ChannelKey>();
  for (const entry of published) {
    const parsed = keySchema.safeParse(entry);
    if (!parsed.success) continue;
    const { kid, kty, n, e, endorsements } = parsed.data;
    const key = await importJWK({ kty, n, e }, 'RS256').catch(() => null);
    if (key !== null && !(key instanceof Uint8Array)) found.set(kid, { key, endorsements: new Set(endorsements) });
  }
  return found;
}

/** Over https only; a redirect is not followed; within the time and size limits. */
async function getJson(url: string, { caPem, timeoutMs = defaultTimeoutMs }: ChannelKeysOptions): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await get(url, caPem, AbortSignal.timeout(timeoutMs))) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestDocument) throw new Error('the answer is too large');
    chunks.push(bytes);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function get(url: string, ca: string | undefined, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { signal, headers: { accept: 'application/json' }, ...(ca === undefined ? {} : { ca }) }, (response) => {
      if (response.statusCode === 200) {
        resolve(response);
      } else {
        response.destroy();
        reject(new Error(`the answer was ${response.statusCode}`));
      }
    });
    request.once('error', reject);
  });
}
