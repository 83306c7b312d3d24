import type { AdaptiveCard } from '../cards/adaptive-card.ts';

/** What a handler answers with. How it reaches the person (new message or card changed in place) is `deliver.ts`'s work. */
export interface Reply {
  readonly card: AdaptiveCard;
  /** Set when the card shows a request, so that it can be changed when the request does. */
  readonly shows?: ShownRequest;
}

export interface ShownRequest {
  readonly requestId: string;
  readonly version: number;
  readonly kind: 'requester' | 'approver';
}
