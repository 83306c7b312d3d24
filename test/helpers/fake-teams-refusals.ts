import { faultOfFileCard, isFileCard } from './fake-teams-file-card.ts';
import { isJsonObject, jsonBytes, listOf, objectOf, textOf, type Json } from './fake-teams-json.ts';
import { faultOfOAuthCard, oauthCardType } from './fake-teams-oauth-card.ts';

/**
 * What Teams answers to a call that it does not carry out. The statuses and codes are Microsoft's; the sentences are ours.
 * https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability#status-codes-from-bot-conversational-apis
 */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** Why a person's chat takes no message. */
export type BlockCode = 'MessageWritesBlocked' | 'ConversationBlockedByUser' | 'BotNotInConversationRoster' | 'BotDisabledByAdmin';

export const adaptiveCardType = 'application/vnd.microsoft.card.adaptive';

export const refusals = {
  conversationNotFound: { status: 404, code: 'ConversationNotFound', message: 'There is no such conversation.' },
  activityNotFound: { status: 404, code: 'ActivityNotFoundInConversation', message: 'There is no such message of the bot in this conversation.' },
  memberNotFound: { status: 404, code: 'MemberNotFoundInConversation', message: 'There is no such member in this conversation.' },
  noSuchOperation: { status: 404, code: 'ServiceError', message: 'There is no such operation.' },
  unauthorized: { status: 401, code: 'Unauthorized', message: 'The call does not come from this bot.' },
  notJson: { status: 400, code: 'BadSyntax', message: 'The body is not a JSON object.' },
} as const satisfies Record<string, Refusal>;

export function blocked(code: BlockCode): Refusal {
  return { status: 403, code, message: 'The bot cannot write into this conversation.' };
}

export function tooManyCalls(retryAfterSeconds: number): Refusal {
  return { status: 429, code: 'TooManyRequests', message: 'Too many calls.', retryAfterSeconds };
}

/** Why Teams would not show this activity; `null` when it would. `largestCard`: bytes of a card as JSON in UTF-8. */
export function refusalOf(activity: Json, largestCard: number): Refusal | null {
  if (activity['type'] === 'typing') return null;
  if (activity['type'] !== 'message') return badArgument(`A bot sends no activity of type ${JSON.stringify(activity['type'])}.`);
  const attachments = listOf(activity['attachments']);
  const hasText = textOf(activity['text']).trim() !== '';
  if (!hasText && attachments.length === 0) return badSyntax('A message needs a text or an attachment.');
  if (hasText && attachments.length > 0) return badArgument('Teams makes two messages of a text with a card: send the card alone.');
  if (attachments.length > 1) return badArgument('This stand-in shows one card in a message.');
  return hasText ? tooBig(activity['text'], largestCard) : refusalOfAttachment(objectOf(attachments[0]), largestCard);
}

function refusalOfAttachment(attachment: Json, largestCard: number): Refusal | null {
  const { contentType, content } = attachment;
  if (contentType === oauthCardType) return refusalOfSignIn(content, largestCard);
  if (isFileCard(attachment)) {
    const fault = faultOfFileCard(attachment);
    return fault === null ? tooBig(attachment, largestCard) : badArgument(fault);
  }
  if (contentType !== adaptiveCardType) return badArgument(`This stand-in shows no attachment of type ${JSON.stringify(contentType)}.`);
  return refusalOfCard(content, largestCard);
}

function refusalOfSignIn(content: unknown, largestCard: number): Refusal | null {
  const fault = faultOfOAuthCard(content);
  return fault === null ? tooBig(content, largestCard) : badArgument(fault);
}

/** Why Teams would not show this as a card, be it in a message or in the answer to a click. */
export function refusalOfCard(card: unknown, largestCard: number): Refusal | null {
  if (!isJsonObject(card) || card['type'] !== 'AdaptiveCard') return badArgument('The content is not an AdaptiveCard.');
  if (!/^1\.[0-5]$/u.test(textOf(card['version']))) return badArgument('Teams shows cards of the versions 1.0 to 1.5.');
  if (!Array.isArray(card['body'])) return badArgument('The card has no body.');
  return tooBig(card, largestCard);
}

function tooBig(content: unknown, largest: number): Refusal | null {
  const bytes = jsonBytes(content);
  if (bytes <= largest) return null;
  return { status: 413, code: 'MessageSizeTooBig', message: `The message has ${bytes} bytes, more than ${largest}.` };
}

function badArgument(message: string): Refusal {
  return { status: 400, code: 'BadArgument', message };
}

function badSyntax(message: string): Refusal {
  return { status: 400, code: 'BadSyntax', message };
}
