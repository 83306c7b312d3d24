/**
 * Every way in which PIM, Graph or the way to them can say no, as one error type.
 *
 * `code` is ours and closed: cards have a sentence for each. `effect` says what the caller may believe:
 * `none` – PIM refused, nothing happened; `unknown` – the request may have been carried out, or a part of it was: read it back.
 */
export type PimErrorCode =
  | 'alreadyActive' // RoleAssignmentExists
  | 'alreadyRequested' // PendingRoleAssignmentRequest
  | 'requestNameTaken' // RoleAssignmentRequestExists, by a request that is not ours
  | 'notActive' // RoleAssignmentDoesNotExist
  | 'tooSoon' // ActiveDurationTooShort
  | 'policyRefused' // RoleAssignmentRequestPolicyValidationFailed; see `rules`
  | 'stepUpRequired' // RoleAssignmentRequestAcrsValidationFailed, insufficient_claims
  | 'notPermitted' // AuthorizationFailed, InsufficientPermissions, Authorization_RequestDenied
  | 'alreadyDecided' // the approval is closed
  | 'notFound'
  | 'onlyInPortal' // Microsoft has withdrawn the call
  | 'resourceLocked' // ResourceIsLocked
  | 'principalUnknown' // SubjectNotFound: the directory may not know yet of somebody who is new
  | 'licenceMissing' // AadPremiumLicenseRequired
  | 'invalidRequest' // RoleNotFound, ScopeDoesNotMatchRoleDefinition, InvalidPolicy …
  | 'signInRequired' // no token, or the token was refused
  | 'otherAccount' // signed in, but as somebody else
  | 'consentRequired' // nobody has allowed the bot to act for people, or not in all that this takes (AADSTS65001, PermissionScopeNotGranted)
  | 'throttled' // 429
  | 'unavailable' // 5xx, time-out, connection lost, before anything was sent or on a read
  | 'outcomeUnknown' // 5xx, time-out, connection lost after a write was sent
  | 'badAnswer' // PIM answered 2xx with something that is not PIM
  | 'unexpected';

export interface PimErrorDetails {
  /** Names of the failed policy rules, e.g. `ExpirationRule`; empty unless `policyRefused`. */
  readonly rules?: readonly string[];
  /** Milliseconds, from `Retry-After`. */
  readonly retryAfterMs?: number;
  /** PIM's own code, e.g. `RoleAssignmentExists`. */
  readonly pimCode?: string;
  /** Azure's `x-ms-request-id` (or Graph's `request-id`): what Microsoft's support asks for. */
  readonly azureRequestId?: string;
  readonly status?: number;
  /** Decoded claims challenge, JSON text. */
  readonly claims?: string;
  /** Ids of the policy rules that were written before one failed. */
  readonly written?: readonly string[];
  readonly cause?: unknown;
}

export class PimError extends Error {
  override readonly name = 'PimError';
  readonly code: PimErrorCode;
  readonly details: PimErrorDetails;

  constructor(code: PimErrorCode, message: string, details: PimErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  /** Whether the call may have been carried out although it failed. */
  get effect(): 'none' | 'unknown' {
    const isPartly = (this.details.written ?? []).length > 0;
    return isPartly || this.code === 'outcomeUnknown' || this.code === 'badAnswer' ? 'unknown' : 'none';
  }
}

const longestPauseSeconds = 3_600;

/** Seconds for which the service wants not to be asked again, an hour at most; 0 where it has not said. */
export function pauseSeconds(error: unknown): number {
  const ms = error instanceof PimError ? error.details.retryAfterMs ?? 0 : 0;
  return Math.min(Math.ceil(ms / 1_000), longestPauseSeconds);
}
