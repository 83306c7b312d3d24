import type { JWTPayload, JSONWebKeySet } from 'jose';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import type { Seed } from '../../../src/emulator/seed.ts';
import { z } from 'zod';
import { EntraRefusal, json } from './entra-answers.ts';
import type { EntraAnswer } from './entra-answers.ts';
import { adminConsent, answerConsent } from './entra-admin-consent.ts';
import { AuthorizationCodes } from './entra-authorization-code.ts';
import { answerSignIn, authorize } from './entra-authorize.ts';
import { instanceDiscovery, openIdConfiguration } from './entra-discovery.ts';
import { send } from './entra-https.ts';
import { notFoundPage } from './entra-pages.ts';
import { personClaims } from './entra-person-answer.ts';
import { exchangeAudience, principalOf } from './entra-registrations.ts';
import type { AppProof } from '../../../src/identity/app-registration.ts';
import type { Registration } from './entra-registrations.ts';
import { startEntraServer } from './entra-server.ts';
import type { EntraCall } from './entra-server.ts';
import type { Demand, EntraSwitches, EntraTenant, ResourceAsk } from './entra-tenant.ts';
import { answerTokenCall, grantOf } from './entra-token-endpoint.ts';
import { createSigner, tokenSeconds } from './entra-tokens.ts';
import type { StandInTls } from './hosts.ts';

export interface EntraParts {
  /** Mints the tokens of ARM and Graph; its seed has the application `pim-bot`. */
  readonly emulator: Pick<Emulator, 'origin' | 'caPem'>;
  readonly seed: Seed;
  readonly tls: StandInTls;
  readonly registrations: {
    readonly bot: { readonly appId: string; readonly proof: AppProof };
    readonly stepUp?: { readonly appId: string; readonly proof: AppProof };
  };
  /** Of the registration of the step-up page; read anew at each sign-in. */
  readonly redirectUris: readonly string[];
  /** Milliseconds since 1970; by default the machine's clock. */
  readonly now?: () => number;
}

export interface EntraRequest {
  readonly path: string;
  /** `client_credentials`, `on_behalf_of`, `authorization_code`; empty where it is no token call. */
  readonly grant: string;
  readonly clientId: string;
  /** 0: no answer was given. */
  readonly status: number;
  readonly claims: string | null;
  readonly at: number;
}

export interface SsoTokenOptions {
  /** 3,600 by default; a negative number gives an expired token. */
  readonly expiresInSeconds?: number;
  /** Laid over the genuine claims; one that is undefined is taken out. */
  readonly as?: JWTPayload;
}

/** Teams' desktop and mobile client. */
const teamsClient = '1fec8e78-bce4-4aaf-ab1b-5451cc387264';

/** Microsoft Entra ID for one tenant over https: the tokens of the seed's people and of two registrations. */
export interface EntraStandIn extends AsyncDisposable, EntraSwitches {
  /** `https://127.0.0.1:port` */
  readonly origin: string;
  readonly caPem: string;
  readonly keySet: JSONWebKeySet;
  /** Every token, code and secret that was issued or presented. */
  readonly canaries: readonly string[];
  readonly requests: readonly EntraRequest[];
  /** What Teams' client gets without asking: a token of our API for this person, with the claims of `as` laid over it. */
  ssoToken(personId: string, how?: SsoTokenOptions): Promise<string>;
  /** What a managed identity gets for `api://AzureADTokenExchange`. */
  managedIdentityToken(clientId: string): Promise<string>;
  /** From now on the person's token calls need these claims; null: no longer. */
  demand(personId: string, claims: string | null, error?: Demand['error']): void;
  /** The person's tokens of our API that were issued so far are good for nothing. */
  revoke(personId: string): void;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startEntra(parts: EntraParts): Promise<EntraStandIn> {
  const tenant = await createTenant(parts);
  const requests: EntraRequest[] = [];
  const server = await startEntraServer({
    tls: parts.tls,
    fault: () => tenant.switches.fault,
    answer: (call) => answer(tenant, call),
    record: ({ path, form, query }, status) => {
      const clientId = form.get('client_id') ?? query.get('client_id') ?? '';
      requests.push({ path, grant: grantOf(form), clientId, status, claims: form.get('claims') ?? query.get('claims'), at: tenant.now() });
    },
  });
  const ssoTokens: { readonly personId: string; readonly token: string }[] = [];
  const standIn = {
    origin: server.origin,
    caPem: parts.tls.caPem,
    keySet: tenant.signer.keySet,
    requests,
    canaries: tenant.canaries,
    ssoToken: async (personId: string, how: SsoTokenOptions = {}) => {
      const token = await signSsoToken(tenant, personId, how);
      ssoTokens.push({ personId, token });
      return token;
    },
    managedIdentityToken: (clientId: string) => signManagedIdentityToken(tenant, clientId),
    demand: (personId: string, claims: string | null, error: Demand['error'] = 'invalid_grant') => {
      if (claims === null) tenant.demands.delete(personId);
      else tenant.demands.set(personId, { claims, error });
    },
    revoke: (personId: string) => {
      for (const issued of ssoTokens) {
        if (issued.personId === personId) tenant.revoked.add(issued.token);
      }
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
  return Object.assign(tenant.switches, standIn);
}

async function createTenant({ emulator, seed, registrations: { bot, stepUp }, redirectUris, now = Date.now }: EntraParts): Promise<EntraTenant> {
  const registrations: readonly Registration[] = [{ ...bot, redirectUris: [] }, ...(stepUp === undefined ? [] : [{ ...stepUp, redirectUris }])];
  return {
    id: seed.tenantId,
    issuer: `https://login.microsoftonline.com/${seed.tenantId}/v2.0`,
    people: seed.people,
    registrations,
    signer: await createSigner(now),
    codes: new AuthorizationCodes(),
    signIns: new Map(),
    canaries: registrations.map(({ proof }) => secretOf(proof)).filter((secret) => secret !== null),
    demands: new Map(),
    revoked: new Set(),
    switches: { consent: true, grants: 'asked', answerAs: null, signedInWith: new Map(), fault: 'none' },
    resourceToken: (ask) => emulatorToken(emulator, ask),
    now,
  };
}

/** A line of the private key stands for all of it. */
function secretOf(proof: AppProof): string | null {
  switch (proof.kind) {
    case 'managedIdentity': return null;
    case 'secret': return proof.value;
    case 'certificate': return /PRIVATE KEY-----\s+\S+\s+(\S+)/.exec(proof.pem)?.[1] ?? null;
  }
}

const emulatorAnswer = z.union([z.object({ access_token: z.string(), expires_in: z.number() }), z.object({ error: z.object({ code: z.string() }) })]);

async function emulatorToken({ origin, caPem }: EntraParts['emulator'], { subject, audience, acrs, amr }: ResourceAsk): Promise<{ token: string; expiresInSeconds: number }> {
  const { text } = await send(`${origin}/emulator/token`, { ca: caPem, json: { ...subject, audience, claims: { acrs, amr } } });
  const answer = emulatorAnswer.parse(JSON.parse(text));
  if ('error' in answer) throw new EntraRefusal(answer.error.code === 'AccountDisabled' ? 'accountDisabled' : 'notAssigned');
  return { token: answer.access_token, expiresInSeconds: answer.expires_in };
}

async function signSsoToken(tenant: EntraTenant, personId: string, { expiresInSeconds = tokenSeconds, as = {} }: SsoTokenOptions): Promise<string> {
  const person = tenant.people.find(({ id }) => id === personId);
  const bot = tenant.registrations[0];
  if (person === undefined || bot === undefined) throw new Error(`the seed has no person ${personId}`);
  const exp = Math.floor(tenant.now() / 1_000) + expiresInSeconds;
  const token = await tenant.signer.sign({ ...personClaims(tenant, person), aud: bot.appId, azp: teamsClient, scp: 'access_as_user', amr: tenant.switches.signedInWith.get(personId), exp, ...as });
  tenant.canaries.push(token);
  return token;
}

async function signManagedIdentityToken(tenant: EntraTenant, clientId: string): Promise<string> {
  const principal = principalOf(clientId);
  const token = await tenant.signer.sign({ iss: tenant.issuer, aud: exchangeAudience, sub: principal, oid: principal, tid: tenant.id, azp: clientId });
  tenant.canaries.push(token);
  return token;
}

async function answer(tenant: EntraTenant, call: EntraCall): Promise<EntraAnswer> {
  const [, tenantId, ...rest] = call.path.split('/');
  const operation = `${call.method} ${rest.join('/')}`;
  if (call.path === '/common/discovery/instance') return instanceDiscovery(call.origin, tenant.id);
  if (tenantId !== tenant.id) throw new EntraRefusal('unknownTenant');
  switch (operation) {
    case 'GET v2.0/.well-known/openid-configuration': return openIdConfiguration(call.origin, tenant.id);
    case 'GET discovery/v2.0/keys': return json(tenant.signer.keySet);
    case 'POST oauth2/v2.0/token': return answerTokenCall(tenant, call.form, `${call.origin}${call.path}`);
    case 'GET oauth2/v2.0/authorize': return authorize(tenant, call.query);
    case 'POST stand-in/sign-in': return answerSignIn(tenant, call.form);
    case 'GET adminconsent':
    case 'GET v2.0/adminconsent': return adminConsent(tenant, call.query);
    case 'POST stand-in/consent': return answerConsent(tenant, call.form);
    default: return { kind: 'page', status: 404, html: notFoundPage() };
  }
}
