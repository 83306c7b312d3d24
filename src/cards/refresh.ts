import type { AdaptiveCard } from './adaptive-card.ts';

/** A card that asks for the truth when Teams shows it again: the same request, as it stands then. */
export type RefreshVerb = 'activation.refresh' | 'approval.refresh';

/**
 * Without `userIds` Teams asks for everybody who sees the card, which in a personal chat is one.
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/up-to-date-views
 */
export function withRefresh(card: AdaptiveCard, verb: RefreshVerb, requestId: string): AdaptiveCard {
  return { ...card, refresh: { action: { type: 'Action.Execute', verb, data: { requestId } } } };
}
