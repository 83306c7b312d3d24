import { once } from 'node:events';
import https from 'node:https';
import type { ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { Channel } from '../../src/bot/door/channel-authentication.ts';
import { createAuthority, createServerCertificate, type KeyAndCertificate } from '../../src/emulator/certificate.ts';

/** What is wrong with the answer, which is the genuine one otherwise. */
export type ChannelFault = 'none' | 'down' | 'silent' | 'huge' | 'redirects' | 'notJson' | 'otherOrigin' | 'noKeys';

export interface FakeKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly published: JWK & { endorsements?: string[] };
}

/** The Bot Framework's side of the door: metadata and keys over https under an authority of its own, and tokens signed with them. */
export interface FakeChannel extends AsyncDisposable {
  /** Where it listens; `channel` may name another place. */
  readonly origin: string;
  readonly channel: Channel;
  readonly caPem: string;
  /** Every address that was asked, in order. */
  readonly asked: readonly string[];
  fault: ChannelFault;
  /** What is published from now on. */
  publish(...keys: readonly FakeKey[]): void;
  /** A token of the channel for `bot`, valid for an hour, with `claims` laid over it; `undefined` takes a claim out. */
  token(bot: { appId: string; serviceUrl: string }, claims?: Record<string, unknown>, signing?: Signing): Promise<string>;
}

export interface Signing {
  readonly key?: FakeKey;
  readonly alg?: string;
  readonly kid?: string;
}

export async function createFakeKey(kid: string, endorsements: string[] | null = ['msteams']): Promise<FakeKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const published = { ...await exportJWK(publicKey), kid, use: 'sig', ...(endorsements === null ? {} : { endorsements }) };
  return { kid, privateKey, published };
}

export interface FakeChannelOptions {
  /** What it serves with; an authority of its own unless said. */
  readonly tls?: KeyAndCertificate & { readonly caPem: string };
  /** Origin that its documents name instead of where it listens, e.g. `https://login.botframework.com`. */
  readonly publicOrigin?: string;
}

/** https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication#connector-to-bot */
export async function startFakeChannel(first: FakeKey, { tls = ownTls(), publicOrigin }: FakeChannelOptions = {}): Promise<FakeChannel> {
  const { keyPem, certificatePem, caPem } = tls;
  const asked: string[] = [];
  let keys: readonly FakeKey[] = [first];
  const server = https.createServer({ key: keyPem, cert: certificatePem }, ({ url = '' }, response) => {
    asked.push(url);
    if (fake.fault === 'silent') return;
    if (fake.fault === 'down') response.statusCode = 503;
    if (fake.fault === 'redirects') {
      response.statusCode = 302;
      response.setHeader('location', url);
    }
    answer(url, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const publishedOrigin = publicOrigin ?? origin;

  const answer = (url: string, response: ServerResponse): void => {
    const keysOrigin = fake.fault === 'otherOrigin' ? publishedOrigin.replace(/\/\/[^:]+/u, '//localhost') : publishedOrigin;
    const body = url.endsWith('/openidconfiguration')
      ? { issuer: fake.channel.issuer, jwks_uri: `${keysOrigin}/v1/.well-known/keys`, id_token_signing_alg_values_supported: ['RS256'] }
      : { keys: fake.fault === 'noKeys' ? [] : keys.map(({ published }) => published) };
    const text = JSON.stringify(fake.fault === 'huge' ? { ...body, more: 'x'.repeat(1024 * 1024) } : body);
    response.end(fake.fault === 'notJson' ? `<html>${text}` : text);
  };

  const fake: FakeChannel = {
    origin,
    channel: { metadataUrl: `${publishedOrigin}/v1/.well-known/openidconfiguration`, issuer: 'https://api.botframework.com' },
    caPem,
    asked,
    fault: 'none',
    publish: (...published) => { keys = published; },
    token: async ({ appId, serviceUrl }, claims = {}, { key = first, alg = 'RS256', kid = key.kid } = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      const genuine = { iss: fake.channel.issuer, aud: appId, serviceurl: serviceUrl, nbf: now - 60, exp: now + 3_600 };
      return new SignJWT({ ...genuine, ...claims }).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key.privateKey);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

function ownTls(): KeyAndCertificate & { readonly caPem: string } {
  const authority = createAuthority(new Date());
  return { ...createServerCertificate(authority, new Date()), caPem: authority.certificatePem };
}
