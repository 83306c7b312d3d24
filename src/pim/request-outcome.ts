/** What a write to PIM has come to when its answer was lost, or was a refusal that a first attempt of our own may have caused. */
import { activationState, isPlanned } from './activation-status.ts';
import { PimError } from './errors.ts';
import type { PimErrorCode } from './errors.ts';
import type { ActivationRequest } from './model.ts';

/** Refusals that our own request causes when it is sent a second time, because the first one arrived. */
const causedByARepeat: ReadonlySet<PimErrorCode> = new Set(['requestNameTaken', 'alreadyActive', 'alreadyRequested', 'notActive']);

/** Whether the request may be at PIM although this was the answer. */
export function mayHaveArrived(failure: PimError): boolean {
  return failure.effect === 'unknown' || causedByARepeat.has(failure.code) || failure.details.status === 409;
}

/** The failure of a write that nothing more is known of. */
export function outcomeUnknown(failure: PimError, unread?: unknown): PimError {
  if (failure.code === 'outcomeUnknown') return failure;
  return new PimError('outcomeUnknown', failure.message, { ...failure.details, cause: unread ?? failure });
}

/** Answers of the service that say nothing about the request: reading it back would not tell more. */
const aboutTheCaller: ReadonlySet<PimErrorCode> = new Set(['signInRequired', 'stepUpRequired', 'throttled', 'unavailable', 'notFound']);

/**
 * Whether a cancellation that failed has come about all the same: taking a request back twice succeeds, and one that was
 * decided meanwhile is `alreadyDecided`.
 */
export async function settleCancellation(failure: PimError, readRequest: () => Promise<ActivationRequest | null>): Promise<void> {
  if (aboutTheCaller.has(failure.code)) throw failure;
  const found = await readRequest().catch(() => null);
  const state = found === null ? 'submitting' : activationState(found.pimStatus, { start: null, end: null }, found.createdAt);
  if (state === 'withdrawn') return;
  const isOpen = state === 'pending' || state === 'submitting' || (found !== null && isPlanned(found));
  if (!isOpen) throw new PimError('alreadyDecided', 'the request was decided', { cause: failure });
  throw failure.effect === 'unknown' ? outcomeUnknown(failure) : failure;
}

/** What a validation has come to: PIM answers with the status that the request would get. */
export function validationOutcome(pimStatus: string): 'granted' | 'needsApproval' {
  switch (pimStatus.toLowerCase()) {
    case 'granted':
    case 'provisioned':
      return 'granted';
    case 'pendingevaluation':
    case 'pendingapproval':
      return 'needsApproval';
    default:
      throw new PimError('badAnswer', `PIM does not say whether it would grant this: ${pimStatus}`);
  }
}
