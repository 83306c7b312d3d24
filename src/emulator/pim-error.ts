import { Refusal } from './reply.ts';

/**
 * PIM's refusals with the codes, statuses and words that ARM has for them.
 * https://learn.microsoft.com/azure/role-based-access-control/pim-integration and the service's own answers.
 */
export const pimError = {
  roleAssignmentExists: (): Refusal => new Refusal(400, 'RoleAssignmentExists', 'The Role assignment already exists.'),

  roleAssignmentDoesNotExist: (): Refusal =>
    new Refusal(400, 'RoleAssignmentDoesNotExist', 'The Role assignment does not exist.'),

  /** An assignment that is being taken down. */
  invalidRoleAssignmentId: (): Refusal => new Refusal(400, 'InvalidRoleAssignmentId', 'The role assignment ID is not valid.'),

  pendingRequest: (): Refusal =>
    new Refusal(400, 'PendingRoleAssignmentRequest', 'There is already an existing pending Role assignment request.'),

  requestExists: (name: string): Refusal =>
    new Refusal(409, 'RoleAssignmentRequestExists', `A role assignment request with Id: ${name} already exists`),

  policyFailed: (rules: readonly string[]): Refusal =>
    new Refusal(
      400,
      'RoleAssignmentRequestPolicyValidationFailed',
      `The following policy rules failed: ${JSON.stringify(rules)}`,
    ),

  /** The message is the claims challenge itself, with the blank that the service puts after the comma. */
  authenticationContextMissing: (context: string): Refusal => {
    const claims = `{"access_token":{"acrs":{"essential":true, "value":"${context}"}}}`;
    return new Refusal(400, 'RoleAssignmentRequestAcrsValidationFailed', `&claims=${encodeURIComponent(claims)}`);
  },

  /** The service's own spelling. */
  activeDurationTooShort: (): Refusal =>
    new Refusal(400, 'ActiveDurationTooShort', 'The Active duration is too short. Miniumum Required is 5 minutes.'),

  insufficientPermissions: (callerId: string): Refusal =>
    new Refusal(
      400,
      'InsufficientPermissions',
      `The requestor ${callerId} does not have permissions for this request. Please use $filter=asTarget() to filter on the requestor's assignments.`,
    ),

  subjectNotFound: (id: string): Refusal => new Refusal(400, 'SubjectNotFound', `The subject ${id} is not found.`),

  roleNotFound: (id: string): Refusal => new Refusal(400, 'RoleNotFound', `The role ${id} is not found.`),

  scopeDoesNotMatch: (roleDefinitionId: string, scopeId: string): Refusal =>
    new Refusal(
      400,
      'ScopeDoesNotMatchRoleDefinition',
      `The role definition ${roleDefinitionId} is not qualified for the scope ${scopeId || '/'}.`,
    ),

  authorizationFailed: (callerId: string, action: string, scopeId: string): Refusal =>
    new Refusal(
      403,
      'AuthorizationFailed',
      `The client '${callerId}' with object id '${callerId}' does not have authorization to perform action '${action}' over scope '${scopeId || '/'}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),

  resourceIsLocked: (scopeId: string): Refusal =>
    new Refusal(
      400,
      'ResourceIsLocked',
      `The scope '${scopeId}' cannot perform write operation because it or a scope above it is locked. Please remove the lock and try again.`,
    ),

  /** Graph's word for it. */
  requestDenied: (): Refusal =>
    new Refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),

  /** The tenant has no licence for PIM. */
  licenceMissing: (): Refusal =>
    new Refusal(
      400,
      'AadPremiumLicenseRequired',
      'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
    ),

  mfaAndAcrsConflict: (): Refusal =>
    new Refusal(400, 'MfaAndAcrsConflict', 'The Mfa and Acrs policy settings cannot be enabled simultaneously.'),

  /** The service says no more than the first sentence. */
  invalidPolicy: (why: string): Refusal => new Refusal(400, 'InvalidPolicy', `The policy is invalid. ${why}`),

  /** Graph's word for a rule that is wrong in itself; it, too, says no more than the first sentence. */
  invalidPolicyRule: (why: string): Refusal => new Refusal(400, 'InvalidPolicyRule', `The policy rule is invalid. ${why}`),

  notFound: (type: string, name: string): Refusal =>
    new Refusal(404, 'ResourceNotFound', `The ${type} '${name}' was not found.`),

  approvalClosed: (): Refusal =>
    new Refusal(409, 'Conflict', 'The approval has already been decided, taken back or timed out.'),
} as const;
