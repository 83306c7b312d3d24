import { createHash, randomBytes } from 'node:crypto';
import type { SeedPerson } from '../../../src/emulator/seed.ts';
import { EntraRefusal } from './entra-answers.ts';
import type { EntraAnswer } from './entra-answers.ts';
import type { Strength } from './entra-claims.ts';
import { answerForPerson } from './entra-person-answer.ts';
import { personResources, readResource } from './entra-scopes.ts';
import type { EntraTenant } from './entra-tenant.ts';
import type { TokenCall } from './entra-token-endpoint.ts';

/** What a browser sign-in ended with. */
export interface CodeGrant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly nonce: string | undefined;
  readonly person: SeedPerson;
  readonly strength: Strength;
}

interface IssuedCode extends CodeGrant {
  readonly expiresAt: number;
  redeemed: boolean;
}

const codeMs = 5 * 60_000;

/** The authorization codes of a tenant. */
export class AuthorizationCodes {
  readonly #issued = new Map<string, IssuedCode>();

  issue({ canaries, now }: EntraTenant, grant: CodeGrant): string {
    const code = `1.${randomBytes(64).toString('base64url')}`;
    this.#issued.set(code, { ...grant, expiresAt: now() + codeMs, redeemed: false });
    canaries.push(code);
    return code;
  }

  /** Uses a code up. Throws `EntraRefusal`. */
  take(code: string, now: number): CodeGrant {
    const issued = this.#issued.get(code);
    if (issued === undefined) throw new EntraRefusal('unknownCode');
    if (issued.redeemed) throw new EntraRefusal('codeRedeemed');
    if (issued.expiresAt <= now) throw new EntraRefusal('codeExpired');
    issued.redeemed = true;
    return issued;
  }
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#redeem-a-code-for-an-access-token */
export async function redeemCode({ tenant, client, form, issuer }: TokenCall): Promise<EntraAnswer> {
  const verifier = form.get('code_verifier') ?? '';
  tenant.canaries.push(verifier);
  const grant = tenant.codes.take(form.get('code') ?? '', tenant.now());
  if (grant.clientId !== client.appId) throw new EntraRefusal('codeOfAnother');
  if (grant.redirectUri !== form.get('redirect_uri')) throw new EntraRefusal('wrongRedirectUri');
  if (grant.codeChallenge !== createHash('sha256').update(verifier).digest('base64url')) throw new EntraRefusal('wrongVerifier');
  const scope = form.get('scope') ?? '';
  const audience = readResource(scope, personResources);
  return answerForPerson(tenant, { ...grant, issuer, audience, scope });
}
