import type { TokenCredential } from '@azure/core-auth';
import { CallerIdConstants, type Activity } from 'botbuilder';
import {
  AuthenticationConstants, ClaimsIdentity, ConnectorFactory,
  type AuthenticateRequestResult, type BotFrameworkClient, type ConnectorClient,
} from 'botframework-connector';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { BotCredentials } from './bot-credentials.ts';
import { ChannelKeys } from './channel-keys.ts';
import { ChannelRefusal } from './channel-refusal.ts';
import { verifyChannelToken } from './channel-token.ts';
import { allowedServiceUrl } from './service-url.ts';
import { SingleTryAuthentication } from './single-try.ts';

export interface BotRegistration {
  readonly appId: string;
  readonly tenantId: string;
  /** The bot's own: for Teams' connector and the token service. */
  readonly credential: TokenCredential;
}

/** Where the channel publishes its keys, and the name it signs under. Another cloud has its own pair. */
export interface Channel {
  readonly metadataUrl: string;
  readonly issuer: string;
}

/**
 * The public cloud and GCC. GCC High and DoD have their own:
 * https://learn.microsoft.com/azure/bot-service/how-to-deploy-gov-cloud-high
 */
const publicChannel: Channel = {
  metadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
  issuer: 'https://api.botframework.com',
};

/** Teams and no other channel: its name in activities and in the endorsements of keys. */
const teams = 'msteams';

export interface ChannelDoor {
  /** Exact hosts of Teams' connector, e.g. `smba.trafficmanager.net`. */
  readonly serviceHosts: readonly string[];
  /** Of the Bot Framework's token service, e.g. `https://token.botframework.com`. */
  readonly tokenServiceUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: the public cloud. */
  readonly channel?: Channel;
  /** Certificate authority of the metadata's address, where it is not one of the system's. */
  readonly caPem?: string;
}

/** Production's way to know that an activity comes from Teams, is for this bot and of this tenant, and to answer as the bot. */
export function channelAuthentication(registration: BotRegistration, door: ChannelDoor): ChannelAuthentication {
  return new ChannelAuthentication(registration, door);
}

/**
 * Our own check in place of the SDK's (4.23.3), which also accepts tokens of Entra that name the bot as their client, leaves
 * the service URL unchecked where the activity has none, and accepts an activity without a channel.
 * Of the SDK remains how the bot answers: its credentials and its connector.
 */
export class ChannelAuthentication extends SingleTryAuthentication {
  readonly #registration: BotRegistration;
  readonly #serviceHosts: ReadonlySet<string>;
  readonly #clock: Clock;
  readonly #channel: Channel;
  readonly #keys: ChannelKeys;

  /** @throws {Error} without an app id and a tenant: the SDK would take that for "no authentication" */
  constructor(registration: BotRegistration, door: ChannelDoor) {
    const { appId, tenantId, credential } = registration;
    const { serviceHosts, tokenServiceUrl, clock, log, channel = publicChannel, caPem } = door;
    if (appId === '' || tenantId === '') throw new Error('The bot cannot be reached safely without its app id and its tenant.');
    // With one address of its own, the SDK knows none of the others any more.
    super({ OAuthUrl: tokenServiceUrl, ToChannelFromBotOAuthScope: AuthenticationConstants.ToChannelFromBotOAuthScope }, new BotCredentials(appId, credential));
    this.#registration = registration;
    this.#serviceHosts = new Set(serviceHosts.map((host) => host.toLowerCase()));
    this.#clock = clock;
    this.#channel = channel;
    this.#keys = new ChannelKeys({ metadataUrl: channel.metadataUrl, clock, log, ...(caPem === undefined ? {} : { caPem }) });
  }

  /** Whether the header alone would be let in: asked before a body is read. The activity is checked afterwards, by `authenticateRequest`. */
  async admits(authorization: string): Promise<boolean> {
    return this.#verify(authorization).then(() => true, () => false);
  }

  /** @throws {ChannelRefusal} with the reason, for the log */
  override async authenticateRequest(activity: Activity, authHeader: string): Promise<AuthenticateRequestResult> {
    const claimedUrl = await this.#verify(authHeader);
    this.#checkActivity(activity, claimedUrl);
    const claimsIdentity = new ClaimsIdentity([
      { type: AuthenticationConstants.AudienceClaim, value: this.#registration.appId },
      { type: AuthenticationConstants.ServiceUrlClaim, value: claimedUrl },
    ], true);
    return {
      audience: AuthenticationConstants.ToChannelFromBotOAuthScope,
      callerId: CallerIdConstants.PublicAzureChannel,
      claimsIdentity,
      connectorFactory: this.createConnectorFactory(claimsIdentity),
    };
  }

  /** The bot's token goes to Teams' hosts only, also when the address comes from our own memory. */
  override createConnectorFactory(identity: ClaimsIdentity): ConnectorFactory {
    return new AllowedHostsFactory(super.createConnectorFactory(identity), this.#serviceHosts);
  }

  /** Skills have no door here. */
  override authenticateChannelRequest(): Promise<ClaimsIdentity> {
    return Promise.reject(new ChannelRefusal('notSupported'));
  }

  /** Nor have streaming connections. */
  override authenticateStreamingRequest(): Promise<AuthenticateRequestResult> {
    return Promise.reject(new ChannelRefusal('notSupported'));
  }

  /** Nor does this bot call skills. */
  override createBotFrameworkClient(): BotFrameworkClient {
    throw new ChannelRefusal('notSupported');
  }

  #verify(authorization: string): Promise<string> {
    return verifyChannelToken(authorization, this.#keys, {
      issuer: this.#channel.issuer,
      audience: this.#registration.appId,
      endorsement: teams,
      now: this.#clock.now(),
    });
  }

  #checkActivity(activity: Activity, claimedUrl: string): void {
    if (activity.channelId !== teams) throw new ChannelRefusal('wrongChannel');
    const serviceUrl = allowedServiceUrl(activity.serviceUrl, this.#serviceHosts);
    if (serviceUrl === null) throw new ChannelRefusal('serviceUrlNotAllowed');
    if (allowedServiceUrl(claimedUrl, this.#serviceHosts)?.address !== serviceUrl.address) throw new ChannelRefusal('serviceUrlMismatch');
    if (!isOfTenant(activity, this.#registration.tenantId)) throw new ChannelRefusal('wrongTenant');
  }
}

const tenantsSchema = z.object({
  channelData: z.object({ tenant: z.object({ id: z.string() }).optional() }).nullish(),
  conversation: z.object({ tenantId: z.string().nullish() }),
});

/** Teams names the tenant in two places: one is enough, and none may name another. */
function isOfTenant(activity: Activity, tenantId: string): boolean {
  const parsed = tenantsSchema.safeParse(activity);
  if (!parsed.success) return false;
  const { channelData, conversation } = parsed.data;
  const named = [channelData?.tenant?.id, conversation.tenantId].filter((id) => typeof id === 'string');
  return named.length > 0 && named.every((id) => id.toLowerCase() === tenantId.toLowerCase());
}

class AllowedHostsFactory extends ConnectorFactory {
  readonly #inner: ConnectorFactory;
  readonly #hosts: ReadonlySet<string>;

  constructor(inner: ConnectorFactory, hosts: ReadonlySet<string>) {
    super();
    this.#inner = inner;
    this.#hosts = hosts;
  }

  override async create(serviceUrl: string, audience?: string): Promise<ConnectorClient> {
    if (allowedServiceUrl(serviceUrl, this.#hosts) === null) throw new ChannelRefusal('serviceUrlNotAllowed');
    return audience === undefined ? this.#inner.create(serviceUrl) : this.#inner.create(serviceUrl, audience);
  }
}
