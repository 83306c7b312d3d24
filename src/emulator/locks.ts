import { placeOf } from './holding.ts';
import { isWithin } from './scopes.ts';
import type { Pim, ScheduleRequest } from './state.ts';

/**
 * Whether Azure cannot write what the request asks for, because of a lock on the scope or above it. An eligibility is
 * PIM's own and is not locked.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export function isLocked(pim: Pim, request: ScheduleRequest): boolean {
  const { scope } = placeOf(pim, request);
  return request.side === 'assignment' && pim.tenant.locks.some((lock) => isWithin(scope, lock));
}
