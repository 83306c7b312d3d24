import { setTimeout as delay } from 'node:timers/promises';
import { CardFactory, type Activity, type CloudAdapter, type ConversationReference, type TurnContext } from 'botbuilder';
import { z } from 'zod';
import type { AdaptiveCard } from '../cards/adaptive-card.ts';
import type { FileCard } from '../cards/file-cards.ts';
import { CallInsideTransaction } from '../store/database.ts';
import type { SignInCard } from './reply.ts';

/** Messages that nobody is waiting for: sent and changed outside a turn. */
export interface Messenger {
  sendCard(to: Address, card: AdaptiveCard | FileCard): Promise<Delivery>;
  sendText(to: Address, text: string): Promise<Delivery>;
  sendSignIn(to: Address, card: SignInCard): Promise<Delivery>;
  updateCard(to: Address, activityId: string, card: AdaptiveCard): Promise<Delivery>;
}

// It was ours when it was stored; the SDK's own type says the rest.
const referenceSchema = z.custom<Partial<ConversationReference>>((value) => typeof value === 'object' && value !== null);

/** A conversation reference, as it was stored. */
export interface Address {
  readonly reference: unknown;
}

/**
 * What came of it. `throttled` and `unknown` may be tried again (`unknown`: the message may have arrived);
 * the others are final. https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability#status-codes-from-bot-conversational-apis
 */
export type Delivery =
  | { readonly outcome: 'sent'; readonly activityId: string }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'blocked' | 'notInstalled' | 'gone' | 'refused' | 'unknown'; readonly detail: string };

/** The SDK waits for ever; a message that takes longer may still arrive. */
const answersWithinMs = 15_000;

export function createMessenger(adapter: CloudAdapter, appId: string): Messenger {
  const inConversation = async (to: Address, act: (context: TurnContext) => Promise<string>): Promise<Delivery> => {
    try {
      let activityId = '';
      const sending = adapter.continueConversationAsync(appId, referenceSchema.parse(to.reference), async (context) => {
        activityId = await act(context);
      });
      const late = await Promise.race([sending.then(() => false), delay(answersWithinMs, true, { ref: false })]);
      if (!late) return { outcome: 'sent', activityId };
      sending.catch(() => undefined);
      return { outcome: 'unknown', detail: 'no answer in time' };
    } catch (error) {
      if (error instanceof CallInsideTransaction) throw error;
      return deliveryOf(error);
    }
  };

  return {
    sendCard: (to, card) => inConversation(to, (context) => send(context, cardMessage(card))),
    sendText: (to, text) => inConversation(to, (context) => send(context, { type: 'message', text, textFormat: 'plain' })),
    sendSignIn: (to, card) => inConversation(to, (context) => send(context, signInMessage(card))),
    updateCard: (to, activityId, card) => inConversation(to, async (context) => {
      await context.updateActivity({ ...cardMessage(card), id: activityId });
      return activityId;
    }),
  };
}

/** A card alone: text beside it would be split into a second message, and the id of the card's lost. */
export function cardMessage(card: AdaptiveCard | FileCard): Partial<Activity> {
  return { type: 'message', attachments: ['contentType' in card ? { ...card } : CardFactory.adaptiveCard(card)] };
}

function signInMessage(card: SignInCard): Partial<Activity> {
  return { type: 'message', attachments: [{ contentType: CardFactory.contentTypes.oauthCard, content: card }] };
}

async function send(context: TurnContext, activity: Partial<Activity>): Promise<string> {
  const sent = await context.sendActivity(activity);
  return sent?.id ?? '';
}

/** A code is a word; a text that stands in its place is not repeated. */
const code = z.string().regex(/^\w{1,80}$/);

/** The parts of the SDK's error that say what the connector answered. */
const failureSchema = z.object({
  statusCode: z.number().optional().catch(undefined),
  code: code.optional().catch(undefined),
  body: z.object({ error: z.object({ code: code.optional().catch(undefined) }).optional() }).optional().catch(undefined),
  response: z.object({ headers: z.custom<{ get(name: string): string | undefined }>((value) => typeof value === 'object') }).optional().catch(undefined),
}).catch({});

type ConnectorFailure = z.infer<typeof failureSchema>;

/** Answers that stay so: trying again changes nothing. */
const finalOutcomes: ReadonlyMap<number, 'gone' | 'refused'> = new Map([[404, 'gone'], [400, 'refused'], [401, 'refused'], [413, 'refused']]);
const notInstalledCode = 'BotNotInConversationRoster';
/** Teams was not reached, or says that it has not begun: the message cannot have arrived. */
const notTakenStatuses: ReadonlySet<number> = new Set([412, 503]);
const notTakenCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
const notTakenRetrySeconds = 10;

function deliveryOf(error: unknown): Delivery {
  const failure = failureSchema.parse(error);
  const status = failure.statusCode ?? 0;
  const code = failure.body?.error?.code ?? failure.code ?? '';
  const detail = `${status === 0 ? 'no answer' : status} ${code}`.trim();
  if (status === 429) return { outcome: 'throttled', retryAfterSeconds: retryAfterOf(failure) };
  if (notTakenStatuses.has(status) || notTakenCodes.has(code)) return { outcome: 'throttled', retryAfterSeconds: notTakenRetrySeconds };
  if (status === 403) return { outcome: code === notInstalledCode ? 'notInstalled' : 'blocked', detail };
  return { outcome: finalOutcomes.get(status) ?? 'unknown', detail };
}

function retryAfterOf(failure: ConnectorFailure): number {
  const seconds = Number(failure.response?.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) : 2;
}
