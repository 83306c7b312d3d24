import { isJsonObject, listOf, objectOf, textOf, type Json } from './fake-teams-json.ts';

export const oauthCardType = 'application/vnd.microsoft.card.oauth';

/** A sign-in card: a text, a button, and what Teams may get a token for by itself. */
export interface OAuthCard {
  readonly text: string;
  readonly connectionName: string;
  readonly button: { readonly title: string; readonly link: string };
  /** `null`: no single sign-on. */
  readonly exchange: { readonly id: string; readonly uri: string } | null;
}

/**
 * Why Teams would not show this as a sign-in card; `null` when it would.
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/authentication-flow-in-universal-action-for-adaptive-cards
 */
export function faultOfOAuthCard(content: unknown): string | null {
  if (!isJsonObject(content)) return 'The content is not an OAuthCard.';
  if (textOf(content['connectionName']) === '') return 'The sign-in card names no connection.';
  const [button] = listOf(content['buttons']);
  const { type, title, value } = objectOf(button);
  if (type !== 'signin' || textOf(title) === '') return 'The sign-in card has no button to sign in.';
  if (!textOf(value).startsWith('https://')) return 'The button of the sign-in card opens no https address.';
  return faultOfExchange(content);
}

/** Without single sign-on the member is left out: Teams refuses one that is null. */
function faultOfExchange(content: Json): string | null {
  if (!('tokenExchangeResource' in content)) return null;
  const { id, uri } = objectOf(content['tokenExchangeResource']);
  return textOf(id) === '' || textOf(uri) === '' ? 'The sign-in card has a token exchange resource without an id or a uri.' : null;
}

/** Of a content without fault. */
export function readOAuthCard(content: unknown): OAuthCard {
  const { text, connectionName, buttons, tokenExchangeResource } = objectOf(content);
  const { title, value } = objectOf(listOf(buttons)[0]);
  const { id, uri } = objectOf(tokenExchangeResource);
  return {
    text: textOf(text),
    connectionName: textOf(connectionName),
    button: { title: textOf(title), link: textOf(value) },
    exchange: textOf(uri) === '' ? null : { id: textOf(id), uri: textOf(uri) },
  };
}
