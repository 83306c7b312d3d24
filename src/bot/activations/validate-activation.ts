import { withValidation } from '../../cards/validation.ts';
import { PimError } from '../../pim/errors.ts';
import { fillIn, findOpenForm, type FilledForm, type FormAction } from './activation-form.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import type { Reply } from '../reply.ts';
import { stepUpAgainst } from '../sign-in/step-up.ts';
import type { Turn } from '../turn.ts';

/** "Check with PIM": the same form with what PIM would make of it. Nothing is sent, and nothing remembered. */
export async function validateActivation(parts: BotParts, turn: Turn, action: FormAction): Promise<Reply> {
  const open = await findOpenForm(parts, turn, action);
  if ('card' in open) return open;
  const form = await fillIn(parts, turn, open, action);
  if ('card' in form) return form;

  try {
    const said = await askPim(parts, turn, form);
    const shown = await form.again();
    return { ...shown, card: withValidation(turn.reader, shown.card, said) };
  } catch (error) {
    return refusedOn(parts, turn, await form.again(error), error);
  }
}

/** @throws {PimError} what PIM would refuse it with, except where a stronger sign-in would help */
async function askPim(parts: BotParts, turn: Turn, { draft, target, entered }: FilledForm): Promise<'granted' | 'needsApproval' | 'needsStepUp'> {
  const { role, eligibilityScheduleId } = draft;
  try {
    const pim = await parts.signIn.pimOf(turn.actor.id);
    return await pim.validate({ ...entered, role, eligibilityScheduleId, scope: target.scope, minutes: entered.minutes ?? 0 });
  } catch (error) {
    if (error instanceof PimError && stepUpAgainst(parts, error, target.settings) !== null) return 'needsStepUp';
    throw error;
  }
}
