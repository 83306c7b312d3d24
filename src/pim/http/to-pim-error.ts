import { isRestError } from '@azure/core-rest-pipeline';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { claimsFromChallenge, claimsFromMessage } from './claims-challenge.ts';
import { failedRules, refusalCode } from './error-table.ts';
import { PimError } from '../errors.ts';
import { parseJson } from './json.ts';
import type { PimErrorDetails } from '../errors.ts';

/** A `read` changes nothing; a `write` that got no clear answer may have been carried out. */
export type CallKind = 'read' | 'write';

/** Failures in which no connection came about: whatever was to be sent, was not. */
const neverSent = new Set([
  'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH',
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const longestMessage = 500;

/**
 * Turns whatever a call to ARM or Graph threw into a `PimError`; a `PimError` stays as it is.
 * Only a 4xx answer counts as a clear "no". A write that failed in any other way once it was on the wire is
 * `outcomeUnknown`.
 */
export function toPimError(error: unknown, sent: CallKind): PimError {
  if (error instanceof PimError) return error;
  if (!isRestError(error)) return noAnswer(error, sent);
  if (error.response !== undefined) return errorOfAnswer(error.response, sent, error);
  if (error.code === 'PARSE_ERROR') return new PimError('badAnswer', 'the answer broke off or is not JSON', { cause: error });
  return neverSent.has(error.code ?? '') ? unavailable(error) : noAnswer(error, sent);
}

function noAnswer(error: unknown, sent: CallKind): PimError {
  if (sent === 'read') return unavailable(error);
  return new PimError('outcomeUnknown', `no answer to a request that may have been carried out: ${words(error)}`, { cause: error });
}

function unavailable(error: unknown): PimError {
  return new PimError('unavailable', `could not be reached: ${words(error)}`, { cause: error });
}

function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, longestMessage);
}

/** What a failed answer means; also one of the many in a batch. */
export function errorOfAnswer(answer: FailedAnswer, sent: CallKind, cause?: unknown): PimError {
  const { status } = answer;
  const said = serviceError(answer.bodyAsText ?? '');
  const details = { ...answerDetails(answer, said), cause };
  if (status < 400) return new PimError('badAnswer', `answered ${status} with something that is not PIM's`, details);
  if (status === 408 || status >= 500) {
    return new PimError(sent === 'read' ? 'unavailable' : 'outcomeUnknown', summary(status, said), details);
  }
  const code = details.claims === undefined ? refusalCode(status, said.code, said.message) : 'stepUpRequired';
  const rules = code === 'policyRefused' ? failedRules(said.message) : [];
  return new PimError(code, summary(status, said), { ...details, rules });
}

type FailedAnswer = Pick<PipelineResponse, 'status' | 'headers' | 'bodyAsText'>;

interface ServiceError {
  readonly code: string | undefined;
  readonly message: string;
  readonly requestId: string | undefined;
}

const errorBody = z.object({
  error: z.object({
    code: z.string().optional().catch(undefined),
    message: z.string().catch(''),
    innerError: z.object({ 'request-id': z.string().optional() }).optional().catch(undefined),
  }),
});

/** Graph sometimes puts PIM's own error, as JSON text, into the message of an `UnknownError`. */
const nestedError = z.object({ errorCode: z.string(), message: z.string().catch('') });

function serviceError(body: string): ServiceError {
  const parsed = errorBody.safeParse(parseJson(body));
  if (!parsed.success) return { code: undefined, message: body.slice(0, longestMessage), requestId: undefined };
  const { code, message, innerError } = parsed.data.error;
  const nested = nestedError.safeParse(parseJson(message));
  const inner = nested.success ? { code: nested.data.errorCode, message: nested.data.message } : { code, message };
  return { ...inner, requestId: innerError?.['request-id'] };
}

function answerDetails({ status, headers }: FailedAnswer, said: ServiceError): PimErrorDetails {
  const header = (name: string): string | undefined => headers.get(name);
  const azureRequestId = header('x-ms-request-id') ?? header('request-id') ?? said.requestId;
  const pause = retryAfterMs(header('retry-after'), header('date'));
  const claims = claimsFromChallenge(header('www-authenticate')) ?? acrsClaims(said);
  return {
    status,
    ...(said.code === undefined ? {} : { pimCode: said.code }),
    ...(azureRequestId === undefined ? {} : { azureRequestId }),
    ...(pause === undefined ? {} : { retryAfterMs: pause }),
    ...(claims === undefined ? {} : { claims }),
  };
}

function acrsClaims(said: ServiceError): string | undefined {
  return said.code === 'RoleAssignmentRequestAcrsValidationFailed' ? claimsFromMessage(said.message) : undefined;
}

/** `Retry-After` in milliseconds: seconds, or a date, which is measured against the answer's own `Date`. */
export function retryAfterMs(retryAfter: string | undefined, date: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const milliseconds = /^\d+$/.test(retryAfter.trim())
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.parse(date ?? '');
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function summary(status: number, { code, message }: ServiceError): string {
  return [`HTTP ${status}`, code, message.slice(0, longestMessage)].filter((part) => part !== undefined && part !== '').join(' – ');
}
