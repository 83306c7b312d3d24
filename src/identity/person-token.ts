import { z } from 'zod';
import { PimError } from '../pim/errors.ts';
import { ownerSchema, tokenClaims } from './token-claims.ts';

/** A person's token for our API, with what it says about them. */
export interface PersonToken {
  /** Entra object id, in lower case. */
  readonly personId: string;
  /** In lower case. */
  readonly tenantId: string;
  /** For the next sign-in in a browser. */
  readonly loginHint: string | null;
  readonly expiresAt: Date;
  /** The token itself. */
  readonly assertion: string;
}

const hint = z.string().min(1).max(320).optional().catch(undefined);
const schema = ownerSchema.extend({
  aud: z.string(),
  exp: z.number().int().positive().max(8_640_000_000_000),
  login_hint: hint,
  preferred_username: hint,
  upn: hint,
});

/**
 * Reads a token for our API. Its signature is not checked here: it has come from the Bot Framework's token service, and
 * Entra checks it when it is exchanged.
 * @throws {PimError} `otherAccount` for a token of another tenant, `signInRequired` for anything that is not a person's token for us
 */
export function readPersonToken(token: string, expected: { readonly tenantId: string; readonly audiences: readonly string[] }): PersonToken {
  const { data } = schema.safeParse(tokenClaims(token));
  if (data === undefined) throw new PimError('signInRequired', 'the token is not one of a person');
  if (data.tid !== expected.tenantId.toLowerCase()) throw new PimError('otherAccount', 'the token is of another tenant');
  if (!expected.audiences.some((audience) => audience.toLowerCase() === data.aud.toLowerCase())) throw new PimError('signInRequired', 'the token is for another application');
  return {
    personId: data.oid,
    tenantId: data.tid,
    loginHint: data.login_hint ?? data.preferred_username ?? data.upn ?? null,
    expiresAt: new Date(data.exp * 1_000),
    assertion: token,
  };
}
