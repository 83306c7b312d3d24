/**
 * A stronger sign-in that a role asks for, as a closed union: what a challenge says is never passed on to a sign-in as
 * it came, the claims are written anew from here.
 * https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context
 */
import { z } from 'zod';
import { parseJson } from './http/json.ts';
import type { RoleSettings } from './model.ts';

export type StepUp =
  /** `c1` to `c99`: a context of Conditional Access; `p1` to `p9`: one of Azure's own, for its mandatory MFA. */
  | { readonly kind: 'authenticationContext'; readonly value: string; readonly alsoMfa?: boolean }
  | { readonly kind: 'mfa' };

const longestClaims = 2_000;
const contextValue = z.string().regex(/^(?:c[1-9]\d?|p[1-9])$/);

const essential = z.literal(true);
const acrs = z.union([
  z.strictObject({ essential, value: contextValue }).transform(({ value }) => value),
  z.strictObject({ essential, values: z.tuple([contextValue]) }).transform(({ values: [value] }) => value),
]);
const challenge = z.strictObject({
  access_token: z.strictObject({ acrs, xms_cc: z.strictObject({ values: z.tuple([z.literal('cp1')]) }).optional() }),
});

/**
 * Reads a claims challenge, JSON text. Only one essential authentication context is understood, with or without the
 * client capability `cp1`; everything else is `null`, and is for the Azure portal.
 */
export function stepUpOfClaims(claims: string): StepUp | null {
  if (claims.length > longestClaims) return null;
  const value = parseJson(claims);
  // A member that is there twice, or written with escapes, is not what JSON.parse shows.
  if (JSON.stringify(value) !== claims.replaceAll(/\s/g, '')) return null;
  const { data } = challenge.safeParse(value);
  return data === undefined ? null : { kind: 'authenticationContext', value: data.access_token.acrs };
}

/** What a role's settings ask for beforehand; an authentication context that cannot be read is not guessed. */
export function stepUpOfSettings(settings: RoleSettings | null): StepUp | null {
  if (settings === null) return null;
  const { authenticationContext, mfaRequired } = settings;
  if (authenticationContext === null) return mfaRequired ? { kind: 'mfa' } : null;
  const { data } = contextValue.safeParse(authenticationContext);
  return data === undefined ? null : { kind: 'authenticationContext', value: data };
}

/** The same where our own settings ask for a second factor, whatever PIM asks for. */
export function withOwnMfa(stepUp: StepUp | null): StepUp {
  return stepUp?.kind === 'authenticationContext' ? { ...stepUp, alsoMfa: true } : { kind: 'mfa' };
}

/** From the rules that PIM named in a refusal: a step-up helps only where nothing but the MFA rule failed. */
export function stepUpOfRules(rules: readonly string[]): StepUp | null {
  return rules.length === 1 && rules[0] === 'MfaRule' ? { kind: 'mfa' } : null;
}

/** For the `claims` of a sign-in, JSON text, in the form in which PIM (`c`) and Azure Resource Manager (`p`) ask for it. */
export function claimsOfStepUp(stepUp: StepUp): string {
  return JSON.stringify({ access_token: accessTokenClaims(stepUp) });
}

function accessTokenClaims(stepUp: StepUp): unknown {
  if (stepUp.kind === 'mfa') return { amr: { essential: true, values: ['mfa'] } };
  const { value, alsoMfa = false } = stepUp;
  return { ...(alsoMfa ? { amr: { essential: true, values: ['mfa'] } } : {}), acrs: value.startsWith('p') ? { essential: true, values: [value] } : { essential: true, value } };
}

/** Whether a token with these claims is what was asked for. */
export function fulfilsStepUp(stepUp: StepUp, token: { readonly acrs: readonly string[]; readonly amr: readonly string[] }): boolean {
  const hasMfa = token.amr.includes('mfa');
  return stepUp.kind === 'mfa' ? hasMfa : token.acrs.includes(stepUp.value) && (hasMfa || stepUp.alsoMfa !== true);
}
