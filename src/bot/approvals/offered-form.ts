import { activationFormCard } from '../../cards/activation-form.ts';
import type { AdaptiveCard } from '../../cards/adaptive-card.ts';
import { withOffer } from '../../cards/offer.ts';
import type { Reader } from '../../cards/texts.ts';
import { isBelowEligibility } from '../../pim/governing-settings.ts';
import { startFields } from '../activations/planned-start.ts';
import { findActivation, saveDraft, type Activation } from '../../store/activations.ts';
import type { Offer } from '../../store/tables.ts';
import type { BotParts } from '../parts.ts';
import { presentAtPim } from './current-approvers.ts';

/**
 * A form of its own, with a GUID of its own, filled in with what an approver offers: the requester has but to send it.
 *
 * @returns `null`: they have sent it
 */
export async function offeredForm(parts: BotParts, reader: Reader, denied: Activation, offer: Offer): Promise<{ readonly card: AdaptiveCard; readonly draft: Activation } | null> {
  const { person, role, eligibilityScheduleId, eligibleUntil, requestedStart, justification, ticket } = denied;
  const { formId: requestId, minutes, scope, by, reason } = offer;
  const settings = await presentAtPim(parts, { ...denied, scope });
  const bound = await parts.ownLayer.bind(settings, { role, scope });
  const draft = await findActivation(parts.store.db, requestId) ?? await saveDraft(parts.store.db, {
    requestId, person, role, scope, eligibilityScheduleId, eligibleUntil, settings, minutes, justification, ticket, createdAt: parts.clock.now(),
  });
  if (draft.state !== 'draft') return null;
  const { version } = draft;
  const form = activationFormCard(reader, {
    requestId, version, role, scope, storedScope: scope, settings: bound, own: bound, eligibleUntil,
    entered: { ...startFields(requestedStart, reader), minutes, justification, ticketNumber: ticket?.number, ticketSystem: ticket?.system },
    reasons: [], where: null, isBelow: isBelowEligibility({ scope, eligibilityScheduleId }),
  });
  return { draft, card: withOffer(reader, form, { by: by.name, reason }) };
}
