import type { BotFrameworkAuthentication } from 'botframework-connector';
import { SingleTryAuthentication } from './single-try.ts';

export interface BotRegistration {
  readonly appId: string;
  readonly appType: 'SingleTenant' | 'UserAssignedMSI';
  readonly tenantId: string;
}

/** Production's way to know that an activity comes from the channel, and to answer as the bot. */
export function channelAuthentication({ appId, appType, tenantId }: BotRegistration, appPassword: string): BotFrameworkAuthentication {
  return new SingleTryAuthentication({
    MicrosoftAppId: appId,
    MicrosoftAppType: appType,
    MicrosoftAppTenantId: tenantId,
    MicrosoftAppPassword: appPassword,
  });
}
