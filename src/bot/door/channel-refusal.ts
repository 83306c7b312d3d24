import { StatusCodes } from 'botbuilder';
import { AuthenticationError } from 'botframework-connector';

/** Why an activity was not let in. For the log; the sender is told 401 and nothing else. */
export type RefusalReason =
  | 'noToken' | 'malformedToken' | 'wrongAlgorithm' | 'unknownKey' | 'keysUnavailable' | 'badSignature'
  | 'wrongIssuer' | 'wrongAudience' | 'expired' | 'notYetValid' | 'missingClaim'
  | 'keyNotEndorsed' | 'wrongChannel' | 'serviceUrlNotAllowed' | 'serviceUrlMismatch' | 'wrongTenant' | 'notSupported';

/** Neither message nor properties hold anything of what was sent. */
export class ChannelRefusal extends AuthenticationError {
  override readonly name = 'ChannelRefusal';
  readonly code: RefusalReason;

  constructor(code: RefusalReason, cause?: unknown) {
    super(`refused: ${code}`, StatusCodes.UNAUTHORIZED);
    this.code = code;
    if (cause !== undefined) this.cause = cause;
  }
}
