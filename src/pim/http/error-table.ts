import type { PimErrorCode } from '../errors.ts';

/**
 * The one table of codes.
 * https://learn.microsoft.com/azure/active-directory/privileged-identity-management/pim-how-to-activate-role (errors),
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
 */
const codes: Readonly<Record<string, PimErrorCode>> = {
  RoleAssignmentExists: 'alreadyActive',
  InvalidRoleAssignmentId: 'alreadyActive', // the schedule of the last activation is still being taken down
  PendingRoleAssignmentRequest: 'alreadyRequested',
  RoleAssignmentRequestExists: 'requestNameTaken',
  RoleAssignmentDoesNotExist: 'notActive',
  ActiveDurationTooShort: 'tooSoon',
  RoleAssignmentRequestPolicyValidationFailed: 'policyRefused',
  RoleAssignmentRequestAcrsValidationFailed: 'stepUpRequired',
  InsufficientPermissions: 'notPermitted',
  AuthorizationFailed: 'notPermitted',
  Authorization_RequestDenied: 'notPermitted',
  PermissionScopeNotGranted: 'consentRequired', // of a person; for the bot itself see `reader.ts`
  ResourceIsLocked: 'resourceLocked',
  ScopeLocked: 'resourceLocked', // the lock itself, where Azure answers in PIM's place
  SubjectNotFound: 'principalUnknown',
  PrincipalNotFound: 'principalUnknown',
  RoleNotFound: 'invalidRequest',
  RoleDefinitionDoesNotExist: 'invalidRequest',
  ScopeDoesNotMatchRoleDefinition: 'invalidRequest',
  InvalidPolicy: 'invalidRequest',
  InvalidPolicyRule: 'invalidRequest',
  MfaAndAcrsConflict: 'invalidRequest',
  AadPremiumLicenseRequired: 'licenceMissing',
  InvalidAuthenticationToken: 'signInRequired',
  ExpiredAuthenticationToken: 'signInRequired',
  TooManyRequests: 'throttled',
};

/** Some tenants answer a bare `BadRequest`; then, and only then, the words have to do. */
const phrases: readonly (readonly [RegExp, PimErrorCode])[] = [
  [/role assignment already exists/i, 'alreadyActive'],
  [/existing pending|pending role assignment request/i, 'alreadyRequested'],
];

const byStatus: Readonly<Record<number, PimErrorCode>> = {
  401: 'signInRequired',
  403: 'notPermitted',
  404: 'notFound',
  429: 'throttled',
};

/** Our code for a refusal (a 4xx answer): by PIM's own code, else by its phrase, else by the HTTP status. */
export function refusalCode(status: number, pimCode: string | undefined, message: string): PimErrorCode {
  const known = pimCode === undefined || !Object.hasOwn(codes, pimCode) ? undefined : codes[pimCode];
  return (status === 429 ? 'throttled' : known) ?? byPhrase(pimCode, message) ?? byStatus[status] ?? 'unexpected';
}

function byPhrase(pimCode: string | undefined, message: string): PimErrorCode | undefined {
  if (pimCode !== 'BadRequest') return undefined;
  return phrases.find(([phrase]) => phrase.test(message))?.[1];
}

/**
 * Names of the policy rules in a refusal's message, each once. Covers the documented list (`["ExpirationRule"]`) and the
 * newer sentence (`JustificationRule - Justification is required`).
 */
export function failedRules(message: string): readonly string[] {
  return [...new Set(message.match(/\b[A-Z][A-Za-z]*Rule\b/g) ?? [])];
}
