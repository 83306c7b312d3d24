import type { EntraAnswer } from './entra-answers.ts';
import { EntraRefusal, json } from './entra-answers.ts';
import { redeemCode } from './entra-authorization-code.ts';
import { onBehalfOf } from './entra-on-behalf-of.ts';
import { authenticateClient } from './entra-registrations.ts';
import type { Registration } from './entra-registrations.ts';
import { readResource } from './entra-scopes.ts';
import type { EntraTenant } from './entra-tenant.ts';
import { tokenSeconds } from './entra-tokens.ts';

export interface TokenCall {
  readonly tenant: EntraTenant;
  readonly client: Registration;
  readonly form: URLSearchParams;
  /** Of ID tokens: the authority under the name by which it was called. */
  readonly issuer: string;
}

/** `POST /{tenant}/oauth2/v2.0/token`. Throws `EntraRefusal`. */
export async function answerTokenCall(tenant: EntraTenant, form: URLSearchParams, tokenEndpoint: string): Promise<EntraAnswer> {
  const client = await authenticateClient(tenant, form, tokenEndpoint);
  const call = { tenant, client, form, issuer: tokenEndpoint.replace(/\/oauth2\/v2\.0\/token$/, '/v2.0') };
  switch (grantOf(form)) {
    case 'client_credentials': return clientCredentials(call);
    case 'on_behalf_of': return onBehalfOf(call);
    case 'authorization_code': return redeemCode(call);
    // Nothing of ours may keep a refresh token, so none is good for anything.
    case 'refresh_token': throw new EntraRefusal('revoked');
    default: throw new EntraRefusal('unsupportedGrant');
  }
}

/** The name of the grant that a form asks for. */
export function grantOf(form: URLSearchParams): string {
  const grant = form.get('grant_type') ?? '';
  if (grant !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return grant;
  return form.get('requested_token_use') ?? grant;
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
async function clientCredentials({ tenant, client, form }: TokenCall): Promise<EntraAnswer> {
  const scope = form.get('scope') ?? '';
  if (!scope.split(' ').every((name) => name.endsWith('/.default'))) throw new EntraRefusal('unknownScope');
  const audience = readResource(scope, ['https://api.botframework.com', 'https://management.azure.com', 'https://graph.microsoft.com']);
  // The other registrations have permissions for nothing.
  if (client !== tenant.registrations[0]) throw new EntraRefusal('notAssigned');
  if (audience === 'https://api.botframework.com') return success(tenant, await channelToken(tenant, client), tokenSeconds);
  const { token, expiresInSeconds } = await tenant.resourceToken({ subject: { app: 'pim-bot' }, audience, acrs: [], amr: [] });
  return success(tenant, token, expiresInSeconds);
}

function channelToken({ signer, id }: EntraTenant, { appId }: Registration): Promise<string> {
  const ids = { appid: appId, azp: appId, tid: id, idtyp: 'app' };
  return signer.sign({ iss: `https://sts.windows.net/${id}/`, aud: 'https://api.botframework.com', ver: '1.0', ...ids });
}

function success({ canaries }: EntraTenant, token: string, expiresInSeconds: number): EntraAnswer {
  canaries.push(token);
  return json({ token_type: 'Bearer', expires_in: expiresInSeconds, ext_expires_in: expiresInSeconds, access_token: token });
}
