import { createHash } from 'node:crypto';
import { isFileCard, readFileCard, type FileCard } from './fake-teams-file-card.ts';
import { listOf, objectOf, textOf, type Json } from './fake-teams-json.ts';
import { oauthCardType, readOAuthCard, type OAuthCard } from './fake-teams-oauth-card.ts';
import type { BlockCode } from './fake-teams-refusals.ts';

/** Somebody in the tenant, as Teams knows them. */
export interface Account {
  /** Teams' own id, `29:…`. */
  readonly mri: string;
  readonly aadObjectId: string;
  readonly name: string;
  readonly tenantId: string;
}

export type ConversationKind = 'personal' | 'groupChat' | 'channel';

export interface Message {
  readonly activityId: string;
  readonly from: 'bot' | 'person';
  readonly text: string;
  readonly card: Json | null;
  /** Teams' own card about a file. */
  readonly file: FileCard | null;
  /** A sign-in card; not shown as long as Teams signs the person in by itself. */
  readonly signIn: { readonly card: OAuthCard; readonly shown: boolean } | null;
}

/** Of the one channel there is, in the one team. */
export const channelId = '19:approvals-0001@thread.tacv2';

/** One chat or channel, with all that stands in it now. */
export interface Conversation {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly members: Map<string, Account>;
  readonly messages: Message[];
  blocked: BlockCode | null;
  /** Whether Teams has made the conversation: by the installation, or by anything that was said in it. */
  open: boolean;
}

/** All conversations of one bot. */
export class Conversations {
  readonly #byId = new Map<string, Conversation>();
  readonly #now: () => number;
  #lastId = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The person's own chat with the bot, or the one group chat or channel in which everybody is. */
  of(account: Account, kind: ConversationKind): Conversation {
    const id = idOf(account, kind);
    const conversation = this.#byId.get(id) ?? { id, kind, members: new Map<string, Account>(), messages: [], blocked: null, open: false };
    conversation.members.set(account.mri, account);
    this.#byId.set(id, conversation);
    return conversation;
  }

  /** A channel's thread is named by the channel and its first message. */
  find(id: string): Conversation | undefined {
    const conversation = this.#byId.get(id.replace(/;messageid=.*$/u, ''));
    return conversation?.open === true ? conversation : undefined;
  }

  personalOf(mriOrObjectId: string): Conversation | undefined {
    return [...this.#byId.values()].find(({ kind, members }) => kind === 'personal' && memberOf(members, mriOrObjectId) !== undefined);
  }

  /** Message ids are milliseconds in Teams; here they are also unique when the clock stands still. */
  nextId(): string {
    this.#lastId = Math.max(this.#lastId + 1, this.#now());
    return String(this.#lastId);
  }

  keep(conversation: Conversation, from: Message['from'], activity: Json): string {
    const activityId = this.nextId();
    if (activity['type'] === 'message') conversation.messages.push(messageOf(activityId, from, activity));
    return activityId;
  }
}

export function memberOf(members: ReadonlyMap<string, Account>, mriOrObjectId: string): Account | undefined {
  return members.get(mriOrObjectId) ?? [...members.values()].find(({ aadObjectId }) => aadObjectId === mriOrObjectId);
}

/** Puts another content into a message of the bot. `false`: the bot has no such message here. */
export function replaceMessage({ messages }: Conversation, activityId: string, activity: Json): boolean {
  const at = ownMessage(messages, activityId);
  if (at >= 0) messages[at] = messageOf(activityId, 'bot', activity);
  return at >= 0;
}

export function messageIn({ messages }: Conversation, activityId: string): Message | undefined {
  return messages.find((message) => message.activityId === activityId);
}

/** `false`: there is no such sign-in card any more. */
export function showSignIn({ messages }: Conversation, activityId: string): boolean {
  const at = ownMessage(messages, activityId);
  const message = messages[at];
  if (message === undefined || message.signIn === null) return false;
  messages[at] = { ...message, signIn: { ...message.signIn, shown: true } };
  return true;
}

export function removeMessage({ messages }: Conversation, activityId: string): boolean {
  const at = ownMessage(messages, activityId);
  if (at >= 0) messages.splice(at, 1);
  return at >= 0;
}

function ownMessage(messages: readonly Message[], activityId: string): number {
  return messages.findIndex((message) => message.from === 'bot' && message.activityId === activityId);
}

function messageOf(activityId: string, from: Message['from'], { text, attachments }: Json): Message {
  const [attachment] = from === 'bot' ? listOf(attachments) : [];
  const { contentType, content } = objectOf(attachment);
  const base = { activityId, from, text: textOf(text), card: null, file: null, signIn: null };
  if (attachment === undefined) return base;
  if (isFileCard(objectOf(attachment))) return { ...base, file: readFileCard(objectOf(attachment)) };
  return contentType === oauthCardType ? { ...base, signIn: { card: readOAuthCard(content), shown: false } } : { ...base, card: objectOf(content) };
}

function idOf({ aadObjectId, tenantId }: Account, kind: ConversationKind): string {
  if (kind === 'groupChat') return '19:finance-team-0001@thread.v2';
  if (kind === 'channel') return channelId;
  return `a:${opaque('chat', tenantId, aadObjectId)}`;
}

export function mriOf(aadObjectId: string, tenantId: string): string {
  return `29:${opaque('person', tenantId, aadObjectId)}`;
}

function opaque(...parts: readonly string[]): string {
  return `1${createHash('sha256').update(parts.join(' ')).digest('base64url')}`;
}
