import { localeOf, type Locale } from '../cards/texts.ts';
import type { Page, PageAnswer, PageRequest } from '../http-page.ts';
import { kindOf } from '../pim/scope.ts';
import { tokenScopeOf } from '../pim/token-scope.ts';
import { findActivation, type Activation } from '../store/activations.ts';
import { beginFlow, findStepUp, isStepUpLate, type StepUpRecord } from '../store/step-ups.ts';
import { pageFrame, type PageFrame } from './page-frame.ts';
import { isSameOrigin } from './same-origin.ts';
import { finishStepUp } from './step-up-callback.ts';
import type { StepUpPageParts } from './step-up-parts.ts';
import { derivedSecrets, hashOf, newFlowSecrets, setCookie } from './step-up-secrets.ts';
import { confirmContent, resultContent } from './step-up-words.ts';

/**
 * The page on which a person signs in more strongly for one request. The card's link shows it (no effect, whoever follows
 * links may), its button leads to Entra ID, and whoever comes back from there as the right person, in the same browser,
 * has the request carried out.
 */
export function createStepUpPages(parts: StepUpPageParts): readonly Page[] {
  const frame = pageFrame(parts.signInSource);
  const page = (method: Page['method'], path: string, handle: Handle): Page => ({
    method, path, handle: (request) => answered(parts, frame, () => handle(parts, frame, request), request),
  });
  return [
    page('GET', '/step-up/callback', finishStepUp),
    page('GET', '/step-up/:id', showStepUp),
    page('POST', '/step-up/:id', beginStepUp),
  ];
}

type Handle = (parts: StepUpPageParts, frame: PageFrame, request: PageRequest) => Promise<PageAnswer>;

/** What nobody foresaw is told without details. */
async function answered(parts: StepUpPageParts, frame: PageFrame, handle: () => Promise<PageAnswer>, { headers }: PageRequest): Promise<PageAnswer> {
  try {
    return await handle();
  } catch (error) {
    parts.log.error({ error }, 'step-up page failed');
    const locale = localeOf(headers['accept-language']);
    return frame.answer(locale, 500, resultContent(locale, 'error'));
  }
}

async function showStepUp(parts: StepUpPageParts, frame: PageFrame, request: PageRequest): Promise<PageAnswer> {
  const found = await findWaiting(parts, frame, request);
  if ('refusal' in found) return found.refusal;
  return frame.answer(found.locale, 200, confirmContent(found.locale, found.record, found.activation));
}

/** Begins a sign-in, if a page of ours has asked for it; at most ten for each step-up. */
async function beginStepUp(parts: StepUpPageParts, frame: PageFrame, request: PageRequest): Promise<PageAnswer> {
  if (!isSameOrigin(request.headers, parts.publicUrl)) {
    const locale = localeOf(request.headers['accept-language']);
    return frame.answer(locale, 403, resultContent(locale, 'notFound'));
  }
  const found = await findWaiting(parts, frame, request);
  if ('refusal' in found) return found.refusal;
  const secrets = newFlowSecrets();
  const hashes = { stateHash: hashOf(secrets.state), cookieHash: hashOf(secrets.cookie), at: parts.clock.now() };
  const record = await beginFlow(parts.store.db, found.record.id, hashes);
  if (record === null) return frame.answer(found.locale, 410, resultContent(found.locale, 'expired'));
  const { codeChallenge, nonce } = derivedSecrets(secrets);
  const loginHint = await parts.loginHintOf(record.person.id);
  const scope = tokenScopeOf(kindOf(found.activation.scope));
  const url = await parts.client.signInUrl({ state: secrets.state, nonce, codeChallenge, stepUp: record.stepUp, loginHint, scope });
  return frame.redirect(url, setCookie(secrets.cookie));
}

type Found =
  | { readonly record: StepUpRecord; readonly activation: Activation; readonly locale: Locale }
  | { readonly refusal: PageAnswer };

/** The step-up behind the address, while it is open and what it is for still waits. */
async function findWaiting(parts: StepUpPageParts, frame: PageFrame, { params, headers }: PageRequest): Promise<Found> {
  const record = await findStepUp(parts.store.db, params['id'] ?? '');
  const locale = record === null ? localeOf(headers['accept-language']) : await parts.localeOf(record.person.id);
  const notFound = { refusal: frame.answer(locale, 404, resultContent(locale, 'notFound')) };
  if (record?.state !== 'open') return notFound;
  if (isStepUpLate(record, parts.clock.now())) return { refusal: frame.answer(locale, 410, resultContent(locale, 'expired')) };
  const activation = await findActivation(parts.store.db, record.requestId);
  return activation !== null && isWaiting(record, activation) ? { record, activation, locale } : notFound;
}

/** An approver decides on what they have read: no other version. */
function isWaiting({ action, requestVersion }: StepUpRecord, { state, version }: Activation): boolean {
  return action === 'activate' ? state === 'awaitingStepUp' : state === 'pending' && version === requestVersion;
}
