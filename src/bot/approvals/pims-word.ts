import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimUser } from '../../pim/pim.ts';
import { kindOf } from '../../pim/scope.ts';
import type { Activation } from '../../store/activations.ts';

/**
 * Whether PIM, asked with somebody's own token, has the request among those that wait for their decision.
 *
 * @returns `null`: PIM does not say
 */
export async function waitsForThem(pim: PimUser, { requestId, pimId, scope }: Activation): Promise<boolean | null> {
  const waiting = await orPimError(pim.listWaitingForMyDecision());
  if (waiting instanceof PimError) return null;
  if (waiting.items.some(({ id }) => id.toLowerCase() === (pimId ?? requestId))) return true;
  return waiting.gaps.some(({ kind }) => kind === kindOf(scope)) ? null : false;
}
