import { DateTime } from 'luxon';
import type { Account, Conversation } from './fake-teams-conversations.ts';
import { listOf, objectOf, type Json } from './fake-teams-json.ts';

/** Who sends an activity to the bot, from where. */
export interface Sender {
  readonly account: Account;
  readonly conversation: Conversation;
  readonly bot: { readonly id: string; readonly name: string };
  readonly serviceUrl: string;
  readonly locale: string;
  readonly timeZone: string;
  /** Milliseconds. */
  readonly now: number;
}

/**
 * What every activity from Teams has, whatever its type.
 * https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability#teams-channel-data
 */
function activity({ account, conversation, bot, serviceUrl, locale, timeZone, now }: Sender, id: string): Json {
  return {
    id,
    channelId: 'msteams',
    serviceUrl,
    timestamp: new Date(now).toISOString(),
    localTimestamp: DateTime.fromMillis(now, { zone: timeZone }).toISO(),
    from: { id: account.mri, name: account.name, aadObjectId: account.aadObjectId },
    conversation: conversationOf(conversation, account, id),
    recipient: bot,
    locale,
    entities: [{ type: 'clientInfo', locale, country: new Intl.Locale(locale).maximize().region, platform: 'Web', timezone: timeZone }],
    channelData: { tenant: { id: account.tenantId }, ...channelOf(conversation) },
  };
}

/** A group chat and a channel say so; a thread in a channel is named by its first message. */
function conversationOf({ id, kind }: Conversation, { tenantId }: Account, activityId: string): Json {
  switch (kind) {
    case 'personal': return { conversationType: kind, tenantId, id };
    case 'groupChat': return { isGroup: true, conversationType: kind, tenantId, id };
    case 'channel': return { isGroup: true, conversationType: kind, tenantId, id: `${id};messageid=${activityId}` };
  }
}

function channelOf({ id, kind }: Conversation): Json {
  return kind === 'channel' ? { teamsChannelId: id, teamsTeamId: id, channel: { id }, team: { id } } : {};
}

/** Elsewhere than in the personal chat, the bot hears what mentions it. */
export function messageActivity(sender: Sender, id: string, text: string): Json {
  const base: Json = { ...activity(sender, id), type: 'message', textFormat: 'plain', localTimezone: sender.timeZone };
  if (sender.conversation.kind === 'personal') return { ...base, text, attachments: [htmlOf(text)] };
  const mention = `<at>${sender.bot.name}</at>`;
  const mentioned = { type: 'mention', mentioned: sender.bot, text: mention };
  return { ...base, text: `${mention} ${text}`, attachments: [htmlOf(text)], entities: [mentioned, ...listOf(base['entities'])] };
}

/** Teams sends the text once more as it looks. */
function htmlOf(text: string): Json {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return { contentType: 'text/html', content: `<p>${escaped}</p>` };
}

/** `Action.Submit`: a message without text. */
export function submitActivity(sender: Sender, id: string, { value, replyToId }: { readonly value: Json; readonly replyToId: string }): Json {
  return { ...activity(sender, id), type: 'message', localTimezone: sender.timeZone, replyToId, value };
}

/** A click on an `Action.Execute`, and what a sign-in in between has given. */
export interface Click {
  readonly action: Json;
  /** The clicked card. */
  readonly replyToId: string;
  readonly authentication?: { readonly id: string; readonly connectionName: string; readonly token: string };
  /** The code of the sign-in page. */
  readonly state?: string;
}

/** `Action.Execute`. https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model */
export function executeActivity(sender: Sender, { replyToId, ...value }: Click): Json {
  return { ...invokeActivity(sender, 'adaptiveCard/action', replyToId), value: { ...value, trigger: 'manual' } };
}

export interface SignInStep {
  readonly name: 'signin/tokenExchange' | 'signin/verifyState';
  /** The sign-in card. */
  readonly replyToId: string;
  readonly value: Json;
}

/** What a client sends about a sign-in card. https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-code */
export function signInActivity(sender: Sender, { name, replyToId, value }: SignInStep): Json {
  const base = invokeActivity(sender, name, replyToId);
  return { ...base, channelData: { ...objectOf(base['channelData']), source: { name: 'message' } }, value };
}

export interface FileAnswer {
  readonly action: 'accept' | 'decline';
  readonly context: unknown;
  /** Where Teams has made room for the file. */
  readonly uploadInfo?: object;
  /** The card that asked. */
  readonly replyToId: string;
}

/** What a person answers to a file consent card. https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4 */
export function fileConsentActivity(sender: Sender, { replyToId, ...value }: FileAnswer): Json {
  return { ...invokeActivity(sender, 'fileConsent/invoke', replyToId), value: { type: 'fileUpload', ...value } };
}

function invokeActivity(sender: Sender, name: string, replyToId: string): Json {
  return { ...activity(sender, eventId()), type: 'invoke', name, replyToId };
}

/** What arrives when a person adds or removes the app: two activities. The person's name is not in them. */
export function installationActivities(sender: Sender, action: 'add' | 'remove'): readonly Json[] {
  const base = { ...activity(sender, eventId()), from: { id: sender.account.mri, aadObjectId: sender.account.aadObjectId } };
  const changed = [{ id: sender.bot.id }];
  return [
    { ...base, type: 'conversationUpdate', ...(action === 'add' ? { membersAdded: changed } : { membersRemoved: changed }) },
    { ...base, id: eventId(), type: 'installationUpdate', action },
  ];
}

export function eventId(): string {
  return `f:${crypto.randomUUID()}`;
}
