import type { Reader } from '../cards/texts.ts';
import type { Address } from './messenger.ts';

/** The channel in which activations are announced, as it is configured. */
export interface ChannelSettings {
  /** Its conversation id, such as `19:…@thread.tacv2`. */
  readonly id: string;
  readonly serviceUrl: string;
  /** In which language and time zone it is written to. */
  readonly reader: Reader;
}

export interface AnnounceChannel extends Address {
  readonly id: string;
  readonly reader: Reader;
}

/** A message to a channel's own id begins a thread there. Teams takes it where the app has been added to the channel's team. */
export function channelAt({ id, serviceUrl, reader }: ChannelSettings, { appId, tenantId }: { readonly appId: string; readonly tenantId: string }): AnnounceChannel {
  const conversation = { id, conversationType: 'channel', isGroup: true, tenantId };
  return { id, reader, reference: { channelId: 'msteams', serviceUrl, bot: { id: `28:${appId}` }, conversation } };
}

/**
 * Teams' global address for messages that answer none, of the cloud in which this host is: a team's own address is
 * told only when the app is added, and nobody need do that again when the channel or the database is another.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
 */
export function globalServiceUrl(host: string): string {
  return `https://${host}/teams/`;
}
