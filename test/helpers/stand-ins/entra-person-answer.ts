import { randomBytes } from 'node:crypto';
import type { SeedPerson } from '../../../src/emulator/seed.ts';
import { EntraRefusal, json } from './entra-answers.ts';
import type { EntraAnswer } from './entra-answers.ts';
import type { Strength } from './entra-claims.ts';
import type { EntraTenant } from './entra-tenant.ts';

export interface PersonGrant {
  readonly clientId: string;
  readonly issuer: string;
  readonly person: SeedPerson;
  /** ARM or Graph. */
  readonly audience: string;
  readonly scope: string;
  readonly strength: Strength;
  /** Of the browser sign-in. */
  readonly nonce?: string | undefined;
}

/** The answer to a successful token call for a person: access token, ID token and refresh token as the scopes ask, client info. */
export async function answerForPerson(tenant: EntraTenant, { clientId, issuer, person, audience, scope, strength, nonce }: PersonGrant): Promise<EntraAnswer> {
  if (person.accountEnabled === false) throw new EntraRefusal('accountDisabled');
  const { token, expiresInSeconds } = await tenant.resourceToken({ subject: { user: person.id }, audience, ...strength });
  const scopes = scope.split(' ');
  const idToken = scopes.includes('openid') ? await tenant.signer.sign({ ...personClaims(tenant, person), iss: issuer, aud: clientId, nonce }) : undefined;
  const refreshToken = scopes.includes('offline_access') ? `1.${randomBytes(48).toString('base64url')}` : undefined;
  for (const secret of [token, idToken, refreshToken]) {
    if (secret !== undefined) tenant.canaries.push(secret);
  }
  return json({
    token_type: 'Bearer',
    scope: scopes.filter((name) => name.includes('/')).join(' '),
    expires_in: expiresInSeconds,
    ext_expires_in: expiresInSeconds,
    access_token: token,
    refresh_token: refreshToken,
    id_token: idToken,
    client_info: Buffer.from(JSON.stringify({ uid: person.id, utid: tenant.id })).toString('base64url'),
  });
}

/** Who it is, in every version 2 token. https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
export function personClaims({ id, issuer }: EntraTenant, person: SeedPerson): Record<string, unknown> {
  const names = { name: person.name, preferred_username: person.userPrincipalName };
  return { iss: issuer, tid: id, oid: person.id, sub: person.id, ver: '2.0', ...names };
}
