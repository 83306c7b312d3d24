import type { Activity, ConversationReference, TurnContext } from 'botbuilder';
import { TurnContext as Turns } from 'botbuilder';
import { z } from 'zod';
import { attachedFiles, type AttachedFile, type FileReadBefore } from './settings/attached-file.ts';
import { localeOf, type Reader } from '../cards/texts.ts';

/** Who acts, as the authenticated activity says; never as card data says. */
export interface Actor {
  /** Entra object id. */
  readonly id: string;
  readonly name: string;
}

/** One incoming activity, as the rest of the bot sees it: no SDK object outlives it. */
export interface Turn {
  readonly actor: Actor;
  /** The actor's id in Teams, under which the token service knows them. */
  readonly teamsUserId: string;
  readonly tenantId: string;
  readonly reader: Reader;
  /** Whether this is the person's own chat with the bot; elsewhere nothing is shown or decided. */
  readonly personal: boolean;
  readonly text: string;
  /** What a card sent, unchecked. */
  readonly value: unknown;
  /** What the person has uploaded with the message, or what was read of it before a sign-in. */
  readonly files?: readonly (AttachedFile | FileReadBefore)[];
  /** The card that was clicked, where the activity names it. */
  readonly cardActivityId: string | null;
  readonly conversation: Conversation;
}

/** Where to reach the person again. Plain data: it is stored. */
export interface Conversation {
  readonly personId: string;
  readonly tenantId: string;
  readonly reference: Partial<ConversationReference>;
  readonly serviceUrl: string;
  /** `null`: this activity does not say; what was known stays. */
  readonly locale: string | null;
  readonly timeZone: string | null;
}

/** `null` when the activity does not say who acts (no Entra object id, e.g. an anonymous meeting guest). */
export function turnOf(context: TurnContext): Turn | null {
  const { activity } = context;
  const tenantId = tenantOf(activity);
  const actorId = activity.from?.aadObjectId;
  if (typeof actorId !== 'string' || actorId === '' || tenantId === null) return null;
  const timeZone = timeZoneOf(activity);
  return {
    // Arrivals come without a name.
    actor: { id: actorId.toLowerCase(), name: activity.from.name ?? '' },
    teamsUserId: activity.from.id,
    tenantId,
    reader: { locale: localeOf(activity.locale), timeZone: timeZone ?? 'UTC' },
    personal: (activity.conversation.conversationType ?? 'personal') === 'personal' && !activity.conversation.isGroup,
    // Half a character and NUL are text to JSON and to nothing that stores it.
    text: (activity.text ?? '').toWellFormed().replaceAll('\0', ''),
    value: activity.value as unknown,
    files: attachedFiles(activity.attachments),
    cardActivityId: activity.replyToId ?? null,
    conversation: {
      personId: actorId.toLowerCase(),
      tenantId,
      reference: referenceOf(activity),
      serviceUrl: activity.serviceUrl,
      locale: activity.locale ?? null,
      timeZone,
    },
  };
}

const channelDataSchema = z.object({ tenant: z.object({ id: z.string() }).optional() }).catch({});
const clientInfoSchema = z.object({ type: z.literal('clientInfo'), timezone: z.string() });

function tenantOf(activity: Activity): string | null {
  const channelData = channelDataSchema.parse(activity.channelData);
  const tenantId = channelData.tenant?.id ?? activity.conversation.tenantId;
  return tenantId === undefined || tenantId === '' ? null : tenantId.toLowerCase();
}

/** Without the id of the activity: a later message is no reply to this one. */
function referenceOf(activity: Activity): Partial<ConversationReference> {
  const { activityId: _, ...reference } = Turns.getConversationReference(activity);
  return reference;
}

/** Teams puts the zone into `localTimezone` and into the `clientInfo` entity; invokes have only the latter. */
function timeZoneOf(activity: Activity): string | null {
  const [clientInfo] = (Array.isArray(activity.entities) ? activity.entities : []).flatMap((entity) => clientInfoSchema.safeParse(entity).data ?? []);
  const zone = activity.localTimezone ?? clientInfo?.timezone;
  return zone !== undefined && isTimeZone(zone) ? zone : null;
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
