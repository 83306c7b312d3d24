import type { JWTPayload } from 'jose';
import { EntraRefusal } from './entra-answers.ts';
import type { EntraAnswer } from './entra-answers.ts';
import { isFulfilled, readClaims } from './entra-claims.ts';
import type { Strength } from './entra-claims.ts';
import { answerForPerson } from './entra-person-answer.ts';
import { personResources, readResource } from './entra-scopes.ts';
import type { EntraTenant } from './entra-tenant.ts';
import type { TokenCall } from './entra-token-endpoint.ts';
import { isExpired } from './entra-tokens.ts';

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow */
export async function onBehalfOf({ tenant, client, form, issuer }: TokenCall): Promise<EntraAnswer> {
  const assertion = form.get('assertion') ?? '';
  const claims = await readAssertion(tenant, assertion, client.appId);
  const scope = form.get('scope') ?? '';
  const audience = readResource(scope, personResources);
  const person = tenant.people.find(({ id }) => id === claims['oid']);
  if (person === undefined) throw new EntraRefusal('wrongAssertion');
  if (tenant.revoked.has(assertion)) throw new EntraRefusal('revoked');
  if (!tenant.switches.consent) throw new EntraRefusal('consentRequired');
  const strength = { acrs: texts(claims['acrs']), amr: texts(claims['amr']) };
  checkDemands(tenant, person.id, strength);
  checkAsked(form.get('claims'), strength);
  return answerForPerson(tenant, { clientId: client.appId, issuer, person, audience, scope, strength });
}

async function readAssertion(tenant: EntraTenant, assertion: string, appId: string): Promise<JWTPayload> {
  tenant.canaries.push(assertion);
  const claims = await tenant.signer.read(assertion);
  if (claims === null || claims['tid'] !== tenant.id || claims['scp'] !== 'access_as_user') throw new EntraRefusal('wrongAssertion');
  if (claims.aud !== appId && claims.aud !== `api://botid-${appId}`) throw new EntraRefusal('assertionAudience');
  if (isExpired(claims, tenant.now())) throw new EntraRefusal('assertionExpired');
  return claims;
}

function checkDemands({ demands }: EntraTenant, personId: string, strength: Strength): void {
  const demand = demands.get(personId);
  const demanded = readClaims(demand?.claims ?? null);
  if (demand !== undefined && (demanded === null || !isFulfilled(demanded, strength))) throw new EntraRefusal('interactionRequired', demand);
}

/** Nobody is there to be asked for more than the assertion's own sign-in gave. */
function checkAsked(text: string | null, strength: Strength): void {
  const asked = readClaims(text);
  if (asked === null) throw new EntraRefusal('malformed');
  if (!isFulfilled(asked, strength)) throw new EntraRefusal('interactionRequired', { claims: text ?? '' });
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
