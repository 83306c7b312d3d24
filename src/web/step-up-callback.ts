import { localeOf, type Locale } from '../cards/texts.ts';
import type { PageAnswer, PageRequest } from '../http-page.ts';
import { PimError } from '../pim/errors.ts';
import { kindOf } from '../pim/scope.ts';
import { tokenScopeOf } from '../pim/token-scope.ts';
import { findActivation } from '../store/activations.ts';
import { recordAudit } from '../store/audit-log.ts';
import { takeFlow, type StepUpRecord } from '../store/step-ups.ts';
import type { PageFrame } from './page-frame.ts';
import type { SteppedUp } from '../identity/step-up-client.ts';
import type { StepUpPageParts } from './step-up-parts.ts';
import { clearCookie, derivedSecrets, hashOf, isSameHash, readCookie, type FlowSecrets } from './step-up-secrets.ts';
import { resultContent, type ResultKey } from './step-up-words.ts';

/**
 * The browser comes back from Entra ID. The state is used up whatever follows; only then, and only in the browser that
 * has begun, the code is redeemed; only for the person and tenant of the record, the request is carried out (promise 16).
 */
export async function finishStepUp(parts: StepUpPageParts, frame: PageFrame, { query, headers }: PageRequest): Promise<PageAnswer> {
  const strangersLocale = localeOf(headers['accept-language']);
  const callback = readCallback(query);
  if (callback === null) return frame.answer(strangersLocale, 410, resultContent(strangersLocale, 'over'));
  // Nobody without the browser that began costs us a question, or the person their sign-in.
  const cookie = readCookie(headers.cookie);
  if (cookie === null) return frame.answer(strangersLocale, 403, resultContent(strangersLocale, 'over'));
  const flow = await takeFlow(parts.store.db, hashOf(callback.state), parts.clock.now());
  if (flow.kind === 'late') return frame.answer(strangersLocale, 410, resultContent(strangersLocale, 'expired'));
  if (flow.kind === 'unknown') return frame.answer(strangersLocale, 410, resultContent(strangersLocale, 'over'));

  const { record } = flow;
  const locale = await parts.localeOf(record.person.id);
  if (!isSameHash(hashOf(cookie), flow.cookieHash)) {
    parts.log.warn({ requestId: record.requestId }, 'step-up came back to another window');
    return frame.answer(locale, 403, resultContent(locale, 'over'));
  }
  const key = await resultOf(parts, record, callback, { state: callback.state, cookie });
  return pageFor(frame, locale, key, record);
}

type Callback =
  | { readonly kind: 'code'; readonly state: string; readonly code: string }
  | { readonly kind: 'error'; readonly state: string; readonly error: string };

const stateShape = /^[\w-]{43}$/;

/** Every member once. `null`: this comes from no sign-in of ours. https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow */
function readCallback(query: URLSearchParams): Callback | null {
  const [state, code, error] = ['state', 'code', 'error'].map((name) => query.getAll(name));
  if (state?.length !== 1 || !stateShape.test(state[0] ?? '')) return null;
  if (error?.[0] !== undefined) return { kind: 'error', state: state[0] ?? '', error: error[0] };
  return code?.length === 1 && code[0] !== '' ? { kind: 'code', state: state[0] ?? '', code: code[0] ?? '' } : null;
}

async function resultOf(parts: StepUpPageParts, record: StepUpRecord, callback: Callback, secrets: FlowSecrets): Promise<ResultKey> {
  if (callback.kind === 'error') {
    // OAuth's own word; the description beside it is a stranger's text.
    parts.log.info({ requestId: record.requestId, code: callback.error.slice(0, 40) }, 'step-up was not finished at Entra ID');
    return callback.error === 'access_denied' ? 'denied' : 'error';
  }
  const activation = await findActivation(parts.store.db, record.requestId);
  if (activation === null) return 'notFound';
  const signedIn = await redeem(parts, record, { code: callback.code, scope: tokenScopeOf(kindOf(activation.scope)) }, secrets);
  if (signedIn === 'notStrong' || signedIn === 'error') return signedIn;
  if (signedIn === 'otherAccount' || !isFor(parts, record, signedIn)) {
    await recordOtherAccount(parts, record, signedIn === 'otherAccount' ? null : signedIn);
    return 'otherPerson';
  }
  const { outcome } = await parts.carryOut(record, signedIn.credential);
  return outcome === 'tooLate' ? 'notFound' : outcome;
}

type NotRedeemed = 'otherAccount' | 'notStrong' | 'error';

async function redeem(
  parts: StepUpPageParts, { requestId, stepUp }: StepUpRecord, { code, scope }: { readonly code: string; readonly scope: string }, secrets: FlowSecrets,
): Promise<SteppedUp | NotRedeemed> {
  const { codeVerifier, nonce } = derivedSecrets(secrets);
  try {
    return await parts.client.redeem({ code, codeVerifier, nonce, stepUp, scope });
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    parts.log.warn({ requestId, code: error.code }, 'step-up was not redeemed');
    if (error.code === 'otherAccount') return 'otherAccount';
    return error.code === 'stepUpRequired' ? 'notStrong' : 'error';
  }
}

function isFor({ tenantId }: StepUpPageParts, { person }: StepUpRecord, signedIn: SteppedUp): boolean {
  return signedIn.personId.toLowerCase() === person.id.toLowerCase() && signedIn.tenantId.toLowerCase() === tenantId.toLowerCase();
}

/** `null`: an account of another tenant, whose token was not looked at any further. */
async function recordOtherAccount(parts: StepUpPageParts, { requestId, person, action }: StepUpRecord, signedIn: SteppedUp | null): Promise<void> {
  await recordAudit(parts.store.db, {
    at: parts.clock.now(),
    actor: { id: signedIn?.personId ?? 'unknown', name: '' },
    action: 'stepUp',
    phase: 'outcome',
    requestId,
    details: { result: 'refused', code: 'otherAccount', tenantId: signedIn?.tenantId ?? null, insteadOf: person.id, to: action },
  });
}

const statuses: Readonly<Partial<Record<ResultKey, number>>> = { otherPerson: 403, notStrong: 403, notFound: 404, error: 502, nothingSent: 503 };

function pageFor(frame: PageFrame, locale: Locale, key: ResultKey, record: StepUpRecord): PageAnswer {
  return frame.answer(locale, statuses[key] ?? 200, resultContent(locale, key, record), clearCookie());
}
