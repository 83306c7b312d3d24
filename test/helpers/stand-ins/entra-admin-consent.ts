import type { EntraAnswer } from './entra-answers.ts';
import { consentPage, messagePage } from './entra-pages.ts';
import type { EntraTenant } from './entra-tenant.ts';

/** `GET /{tenant}/adminconsent` and `/{tenant}/v2.0/adminconsent`: the page on which an administrator consents.
 * https://learn.microsoft.com/entra/identity-platform/v2-admin-consent */
export function adminConsent(tenant: EntraTenant, query: URLSearchParams): EntraAnswer {
  const registration = tenant.registrations.find(({ appId }) => appId === query.get('client_id'));
  if (registration === undefined) return { kind: 'page', status: 400, html: messagePage('AADSTS700016: The tenant has no such application.') };
  const redirectUri = query.get('redirect_uri');
  if (redirectUri !== null && !registration.redirectUris.includes(redirectUri)) {
    return { kind: 'page', status: 400, html: messagePage('AADSTS50011: The redirect address is not registered.') };
  }
  // The page keeps nothing on our side: all that follows is in its form.
  const id = new URLSearchParams({ redirect_uri: redirectUri ?? '', state: query.get('state') ?? '' });
  return { kind: 'page', status: 200, html: consentPage({ action: `/${tenant.id}/stand-in/consent`, id: id.toString() }) };
}

/** `POST /{tenant}/stand-in/consent`. */
export function answerConsent(tenant: EntraTenant, form: URLSearchParams): EntraAnswer {
  const accepted = form.get('answer') === 'accept';
  if (accepted) tenant.switches.consent = true;
  const asked = new URLSearchParams(form.get('id') ?? '');
  const redirectUri = asked.get('redirect_uri') ?? '';
  if (redirectUri === '') return { kind: 'page', status: 200, html: messagePage(accepted ? 'Consent was granted.' : 'Consent was not granted.') };
  const url = new URL(redirectUri);
  const outcome = accepted ? { admin_consent: 'True', tenant: tenant.id } : { error: 'access_denied', error_description: 'AADSTS65004: The person declined.' };
  for (const [name, value] of Object.entries({ ...outcome, state: asked.get('state') ?? '' })) url.searchParams.set(name, value);
  return { kind: 'redirect', location: url.href };
}
