import { ConfigurationBotFrameworkAuthentication, type Activity } from 'botbuilder';
import { ConnectorFactory, type AuthenticateRequestResult, type ClaimsIdentity, type ConnectorClient } from 'botframework-connector';
import { z } from 'zod';

/**
 * The SDK's authentication with a connector that sends each message once.
 *
 * The SDK (4.23.3) repeats a call whose answer was lost, whatever `noRetryPolicy` says: a message would be in the chat
 * twice, and a turn would sit out a `Retry-After`. What comes of a call is for `messenger.ts` to judge.
 */
export class SingleTryAuthentication extends ConfigurationBotFrameworkAuthentication {
  override createConnectorFactory(identity: ClaimsIdentity): ConnectorFactory {
    return new SingleTryFactory(super.createConnectorFactory(identity));
  }

  override async authenticateRequest(activity: Activity, authHeader: string): Promise<AuthenticateRequestResult> {
    const result = await super.authenticateRequest(activity, authHeader);
    const { connectorFactory } = result;
    return connectorFactory === undefined ? result : { ...result, connectorFactory: new SingleTryFactory(connectorFactory) };
  }
}

class SingleTryFactory extends ConnectorFactory {
  readonly #inner: ConnectorFactory;

  constructor(inner: ConnectorFactory) {
    super();
    this.#inner = inner;
  }

  override async create(serviceUrl: string, audience?: string): Promise<ConnectorClient> {
    const client = audience === undefined ? await this.#inner.create(serviceUrl) : await this.#inner.create(serviceUrl, audience);
    clientSchema.parse(client).client.pipeline.removePolicy({ name: 'defaultRetryPolicy' });
    return client;
  }
}

// The pipeline is private in the SDK's types. If a later version hides it elsewhere, every send fails at once, in the first test.
const clientSchema = z.object({ client: z.custom<{ pipeline: { removePolicy(policy: { name: string }): unknown } }>((value) => hasPipeline(value)) });

function hasPipeline(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'pipeline' in value && typeof value.pipeline === 'object'
    && value.pipeline !== null && 'removePolicy' in value.pipeline;
}
