import type { OAuthCard } from 'botbuilder';
import type { AdaptiveCard } from '../cards/adaptive-card.ts';
import type { FileCard } from '../cards/file-cards.ts';

/** What a handler answers with. How it reaches the person (new message or card changed in place) is `deliver.ts`'s work. */
export interface Reply {
  readonly card: AdaptiveCard;
  /** Set when the card shows a request, so that it can be changed when the request does. */
  readonly shows?: ShownRequest;
  /** Teams' own card about a file, in a message of its own below. */
  readonly file?: FileCard;
}

export interface ShownRequest {
  readonly requestId: string;
  readonly version: number;
  readonly kind: 'requester' | 'approver' | 'administrator';
}

/** What a turn comes to: a handler's reply, or first a sign-in. */
export type Answer = Reply | NeedsSignIn;

export interface NeedsSignIn {
  readonly signIn: SignInCard;
  /** Single sign-on was tried in this turn, and was not enough. */
  readonly tried: boolean;
}

/** The SDK's type wants single sign-on everywhere; a connection may be set up without. */
export type SignInCard = Pick<OAuthCard, 'text' | 'connectionName' | 'buttons'> & Partial<Pick<OAuthCard, 'tokenExchangeResource'>>;
