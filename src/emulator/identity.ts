import { exportJWK, generateKeyPair, importJWK, errors, jwtVerify, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { delegatedPermissions } from './delegated-permissions.ts';
import { guidFrom } from './guid.ts';
import type { App, Person } from './tenant.ts';

/** Seconds that a token is good for. */
export const tokenLifetime = 3600;

export const armAudience = 'https://management.azure.com';
export const graphAudience = 'https://graph.microsoft.com';
export type Audience = typeof armAudience | typeof graphAudience;

/** Who a request comes from, as its verified token says. */
export interface Caller {
  readonly kind: 'user' | 'app';
  /** Object id in lower case. */
  readonly id: string;
  /** Microsoft Graph application permissions; empty for a person. */
  readonly permissions: readonly string[];
  /** Delegated permissions (`scp`); empty for an application. */
  readonly scopes: readonly string[];
  readonly amr: readonly string[];
  readonly acrs: readonly string[];
}

/** What a token says beside whose it is. */
export interface TokenWish {
  /** Claims of a stronger sign-in. */
  readonly acrs: readonly string[];
  readonly amr: readonly string[];
  /** Delegated Graph permissions of a person's token; `null`: all. */
  readonly scopes: readonly string[] | null;
}

export type Verification =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly reason: 'missing' | 'expired' | 'invalid' };

/** Issues and checks the tokens of one tenant: RS256, one key, times by the emulator's clock. */
export class Identity {
  readonly #key: CryptoKey | Uint8Array;
  readonly #publicKey: CryptoKey | Uint8Array;
  readonly #publicJwk: JWK;
  readonly #issuer: string;
  readonly #tenantId: string;

  private constructor(keys: { key: CryptoKey | Uint8Array; publicKey: CryptoKey | Uint8Array; publicJwk: JWK }, tenantId: string) {
    this.#key = keys.key;
    this.#publicKey = keys.publicKey;
    this.#publicJwk = keys.publicJwk;
    this.#tenantId = tenantId;
    this.#issuer = `https://sts.windows.net/${tenantId}/`;
  }

  /** `privateJwk` comes from `newPrivateJwk`. */
  static async create(privateJwk: JWK, tenantId: string): Promise<Identity> {
    const { kty = 'RSA', n = '', e = '' } = privateJwk;
    const publicJwk: JWK = { kty, n, e, alg: 'RS256', use: 'sig', kid: guidFrom('key', n) };
    const key = await importJWK(privateJwk, 'RS256');
    const publicKey = await importJWK(publicJwk, 'RS256');
    return new Identity({ key, publicKey, publicJwk }, tenantId);
  }

  keySet(): { readonly keys: readonly JWK[] } {
    return { keys: [this.#publicJwk] };
  }

  /** `now` in milliseconds by the emulator's clock. */
  async issue(subject: Person | App, audience: Audience, wish: TokenWish, now: number): Promise<string> {
    const issuedAt = Math.floor(now / 1000);
    return new SignJWT({ ...subjectClaims(subject, audience, wish), ...stepUp(wish), tid: this.#tenantId, ver: '1.0' })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#publicJwk.kid ?? '' })
      .setIssuer(this.#issuer)
      .setAudience(audience)
      .setSubject(subject.id)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + tokenLifetime)
      .sign(this.#key);
  }

  /** Checks signature, algorithm, issuer, audience and expiry of an `Authorization` header. */
  async verify(authorization: string | undefined, audience: Audience, now: number): Promise<Verification> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      return { ok: false, reason: 'missing' };
    }
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, {
        algorithms: ['RS256'],
        issuer: this.#issuer,
        audience,
        currentDate: new Date(now),
        requiredClaims: ['exp', 'oid', 'idtyp'],
      });
      return { ok: true, caller: callerOf(payload) };
    } catch (error) {
      return { ok: false, reason: error instanceof errors.JWTExpired ? 'expired' : 'invalid' };
    }
  }
}

export async function newPrivateJwk(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  return exportJWK(privateKey);
}

function subjectClaims(subject: Person | App, audience: Audience, { scopes }: TokenWish): JWTPayload {
  if (subject.kind === 'app') {
    return { oid: subject.id, appid: subject.id, idtyp: 'app', roles: audience === graphAudience ? subject.permissions : [] };
  }
  const names = { name: subject.name, upn: subject.userPrincipalName };
  const scp = audience === armAudience ? 'user_impersonation' : (scopes ?? delegatedPermissions).join(' ');
  return { oid: subject.id, idtyp: 'user', scp, ...names };
}

function stepUp({ amr, acrs }: TokenWish): JWTPayload {
  return { ...(amr.length > 0 ? { amr } : {}), ...(acrs.length > 0 ? { acrs } : {}) };
}

function callerOf(payload: JWTPayload): Caller {
  return {
    kind: payload['idtyp'] === 'app' ? 'app' : 'user',
    id: String(payload['oid']),
    permissions: texts(payload['roles']),
    scopes: typeof payload['scp'] === 'string' ? payload['scp'].split(' ') : [],
    amr: texts(payload['amr']),
    acrs: texts(payload['acrs']),
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
