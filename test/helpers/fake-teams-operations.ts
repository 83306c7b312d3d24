import type { Call } from './fake-teams-calls.ts';
import { memberOf, removeMessage, replaceMessage, type Account, type Conversation, type Conversations } from './fake-teams-conversations.ts';
import { listOf, objectOf, textOf, type Json } from './fake-teams-json.ts';
import { blocked, refusalOf, refusals, type Refusal } from './fake-teams-refusals.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly retryAfterSeconds?: number;
}

export interface Connector {
  readonly conversations: Conversations;
  readonly serviceUrl: string;
  /** Bytes of a card as JSON in UTF-8. */
  readonly largestCard: number;
  /** Told when a message has come or was changed. */
  shown(conversation: Conversation, activityId: string): void;
}

/** Carries a call out, or refuses it as Teams would. */
export function perform(connector: Connector, call: Call): Answer {
  if (call.kind === 'unknown') return refused(refusals.noSuchOperation);
  if (call.kind === 'create') return createConversation(connector, call);
  const conversation = connector.conversations.find(call.conversationId ?? '');
  if (conversation === undefined) return refused(refusals.conversationNotFound);
  if (call.kind === 'members') return members(conversation, call);
  if (conversation.blocked !== null) return refused(blocked(conversation.blocked));
  if (call.kind === 'delete') return remove(conversation, call);
  return call.kind === 'update' ? update(connector, conversation, call) : send(connector, conversation, call);
}

export function refused({ status, code, message, retryAfterSeconds }: Refusal): Answer {
  return { status, body: { error: { code, message } }, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** The chat with one member, where the bot is installed for them; the same one each time. */
function createConversation(connector: Connector, { body }: Call): Answer {
  if (body === null) return refused(refusals.notJson);
  const [member] = listOf(body['members']);
  const conversation = connector.conversations.personalOf(textOf(objectOf(member)['id']));
  if (conversation === undefined || !conversation.open) return refused(blocked('BotNotInConversationRoster'));
  if (conversation.blocked !== null) return refused(blocked(conversation.blocked));
  const made = { id: conversation.id, serviceUrl: connector.serviceUrl };
  if (body['activity'] === undefined) return { status: 201, body: made };
  const sent = keep(connector, conversation, objectOf(body['activity']));
  return typeof sent === 'string' ? { status: 201, body: { ...made, activityId: sent } } : refused(sent);
}

function send(connector: Connector, conversation: Conversation, { body }: Call): Answer {
  if (body === null) return refused(refusals.notJson);
  const sent = keep(connector, conversation, body);
  return typeof sent === 'string' ? { status: 201, body: { id: sent } } : refused(sent);
}

function keep(connector: Connector, conversation: Conversation, activity: Json): string | Refusal {
  const refusal = refusalOf(activity, connector.largestCard);
  if (refusal !== null) return refusal;
  const activityId = connector.conversations.keep(conversation, 'bot', activity);
  connector.shown(conversation, activityId);
  return activityId;
}

function update(connector: Connector, conversation: Conversation, { body, activityId }: Call): Answer {
  if (body === null) return refused(refusals.notJson);
  const refusal = refusalOf(body, connector.largestCard);
  if (refusal !== null) return refused(refusal);
  if (!replaceMessage(conversation, activityId ?? '', body)) return refused(refusals.activityNotFound);
  connector.shown(conversation, activityId ?? '');
  return { status: 200, body: { id: activityId } };
}

function remove(conversation: Conversation, { activityId }: Call): Answer {
  return removeMessage(conversation, activityId ?? '') ? { status: 200 } : refused(refusals.activityNotFound);
}

function members(conversation: Conversation, { path, memberId }: Call): Answer {
  if (conversation.blocked === 'BotNotInConversationRoster') return refused(blocked(conversation.blocked));
  if (memberId === null) {
    const all = [...conversation.members.values()].map(channelAccount);
    return { status: 200, body: path.endsWith('/pagedmembers') ? { members: all } : all };
  }
  const member = memberOf(conversation.members, memberId);
  return member === undefined ? refused(refusals.memberNotFound) : { status: 200, body: channelAccount(member) };
}

function channelAccount({ mri, aadObjectId, name, tenantId }: Account): Json {
  return { id: mri, name, objectId: aadObjectId, aadObjectId, tenantId, userRole: 'user' };
}
