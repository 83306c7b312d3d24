import type { BotParts } from '../bot/parts.ts';
import { PimError } from '../pim/errors.ts';
import { orPimError } from '../pim/or-pim-error.ts';
import { backgroundOf, type RequestBackground } from '../pim/request-background.ts';
import type { Activation } from '../store/activations.ts';
import { listEarlierActivations, readBackground } from '../store/request-background.ts';

/** What approvers should know of the requester, once for each request; `null`: it has been gathered already, or cannot be. */
export async function gatherBackground({ store, pimReader, clock }: BotParts, activation: Activation): Promise<RequestBackground | null> {
  if (await readBackground(store.db, activation.requestId) !== null) return null;
  const [earlier, held] = await Promise.all([listEarlierActivations(store.db, activation), orPimError(pimReader.listHeldBy(activation.person.id))]);
  return held instanceof PimError ? null : backgroundOf(earlier, held, clock.now());
}
