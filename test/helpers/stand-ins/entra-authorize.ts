import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { SeedPerson } from '../../../src/emulator/seed.ts';
import { EntraRefusal } from './entra-answers.ts';
import type { EntraAnswer } from './entra-answers.ts';
import { readClaims } from './entra-claims.ts';
import type { AskedClaims, Strength } from './entra-claims.ts';
import { accountPage, messagePage, needsAdminPage, phonePage } from './entra-pages.ts';
import { personResources, readResource } from './entra-scopes.ts';
import type { EntraTenant } from './entra-tenant.ts';

/** A browser sign-in under way. */
export interface SignIn {
  readonly ask: Ask;
  readonly asked: AskedClaims;
  /** `null`: no account was picked yet. */
  person: SeedPerson | null;
}

const parameters = z.object({
  client_id: z.string(),
  redirect_uri: z.string(),
  response_type: z.literal('code'),
  response_mode: z.literal('query').optional(),
  scope: z.string(),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
  state: z.string().optional(),
  nonce: z.string().optional(),
  login_hint: z.string().optional(),
  claims: z.string().optional(),
});
type Ask = z.infer<typeof parameters>;

/** `GET /{tenant}/oauth2/v2.0/authorize`: the page on which somebody picks an account.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#request-an-authorization-code */
export function authorize(tenant: EntraTenant, query: URLSearchParams): EntraAnswer {
  const clientId = query.get('client_id');
  const registration = tenant.registrations.find(({ appId }) => appId === clientId);
  // No redirect to an address that nobody registered.
  if (registration === undefined) return { kind: 'page', status: 400, html: messagePage('AADSTS700016: The tenant has no such application.') };
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!registration.redirectUris.includes(redirectUri)) return { kind: 'page', status: 400, html: messagePage('AADSTS50011: The redirect address is not registered.') };
  const ask = parameters.safeParse(Object.fromEntries(query));
  const asked = readClaims(query.get('claims'));
  if (!ask.success || asked === null || !isKnown(ask.data.scope)) return refused({ redirect_uri: redirectUri, state: query.get('state') ?? undefined }, 'invalid_request');
  const id = randomUUID();
  tenant.signIns.set(id, { ask: ask.data, asked, person: null });
  return { kind: 'page', status: 200, html: accountPage(target(tenant, id), tenant.people, ask.data.login_hint ?? null) };
}

/** `POST /{tenant}/stand-in/sign-in`: the account, then the answer of the phone where one is asked. */
export function answerSignIn(tenant: EntraTenant, form: URLSearchParams): EntraAnswer {
  const id = form.get('id') ?? '';
  const signIn = tenant.signIns.get(id);
  if (signIn === undefined) return { kind: 'page', status: 400, html: messagePage('This sign-in has ended.') };
  const answer = form.get('answer');
  if (answer === 'deny') {
    tenant.signIns.delete(id);
    return refused(signIn.ask, 'access_denied');
  }
  signIn.person ??= pickedPerson(tenant, form.get('account'));
  const { person } = signIn;
  if (person === null) return { kind: 'page', status: 400, html: messagePage('AADSTS50034: The tenant has no such account.') };
  if (!tenant.switches.consent) return { kind: 'page', status: 200, html: needsAdminPage(target(tenant, id)) };
  const needed = neededStrength(tenant, signIn, person);
  if (needed.amr.includes('mfa') && answer !== 'approve') return { kind: 'page', status: 200, html: phonePage(target(tenant, id), person) };
  tenant.signIns.delete(id);
  return approved(tenant, signIn, { person, strength: tenant.switches.grants === 'less' ? passwordOnly : needed });
}

const passwordOnly: Strength = { acrs: [], amr: ['pwd'] };

/** What the request and Conditional Access ask for. An authentication context stands for a phone, and is given only to a
 * client that understands claims challenges. https://learn.microsoft.com/entra/identity-platform/claims-challenge */
function neededStrength(tenant: EntraTenant, { asked }: SignIn, person: SeedPerson): Strength {
  const demanded = readClaims(tenant.demands.get(person.id)?.claims ?? null);
  const acrs = [...new Set([...(asked.capabilities.includes('cp1') ? asked.acrs : []), ...(demanded?.acrs ?? [])])];
  const needsPhone = acrs.length > 0 || tenant.demands.has(person.id) || asked.amr.includes('mfa') || asked.others.length > 0;
  return { acrs, amr: needsPhone ? ['pwd', 'mfa'] : ['pwd'] };
}

function pickedPerson({ people, switches }: EntraTenant, account: string | null): SeedPerson | null {
  return people.find(({ id }) => id === (switches.answerAs ?? account)) ?? null;
}

function approved(tenant: EntraTenant, { ask }: SignIn, { person, strength }: { person: SeedPerson; strength: Strength }): EntraAnswer {
  const code = tenant.codes.issue(tenant, {
    clientId: ask.client_id, redirectUri: ask.redirect_uri, codeChallenge: ask.code_challenge, nonce: ask.nonce, person, strength,
  });
  return redirect(ask, { code, session_state: randomUUID() });
}

function refused(ask: Pick<Ask, 'redirect_uri' | 'state'>, error: 'access_denied' | 'invalid_request'): EntraAnswer {
  const description = error === 'access_denied' ? 'AADSTS65004: The person declined.' : 'AADSTS900144: A parameter of the request is missing or malformed.';
  return redirect(ask, { error, error_description: description });
}

function redirect({ redirect_uri: redirectUri, state }: Pick<Ask, 'redirect_uri' | 'state'>, parameters: Readonly<Record<string, string>>): EntraAnswer {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...parameters, ...(state === undefined ? {} : { state }) })) url.searchParams.set(name, value);
  return { kind: 'redirect', location: url.href };
}

function isKnown(scope: string): boolean {
  try {
    return readResource(scope, personResources) !== '';
  } catch (error) {
    if (error instanceof EntraRefusal) return false;
    throw error;
  }
}

function target({ id: tenantId }: EntraTenant, id: string): { action: string; id: string } {
  return { action: `/${tenantId}/stand-in/sign-in`, id };
}
