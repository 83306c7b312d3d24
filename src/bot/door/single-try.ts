import { ConfigurationBotFrameworkAuthentication, type Activity } from 'botbuilder';
import {
  ConnectorFactory, type AuthenticateRequestResult, type ClaimsIdentity, type ConnectorClient, type UserTokenClient,
} from 'botframework-connector';
import { z } from 'zod';
import { PimError } from '../../pim/errors.ts';
import { parseJson } from '../../pim/http/json.ts';
import { refuseCallsInside } from '../../store/database.ts';

/**
 * The SDK's authentication with clients that make each call once, and to the address they were given.
 *
 * The SDK (4.23.3) repeats a call whose answer was lost, whatever `noRetryPolicy` says: a message would be in the chat
 * twice, and a turn would sit out a `Retry-After`. It also follows redirects, and takes the bot's token along to wherever
 * they lead (promise 23). What comes of a call is for `messenger.ts` and `token-service.ts` to judge.
 */
export class SingleTryAuthentication extends ConfigurationBotFrameworkAuthentication {
  override createConnectorFactory(identity: ClaimsIdentity): ConnectorFactory {
    return new SingleTryFactory(super.createConnectorFactory(identity));
  }

  override async createUserTokenClient(identity: ClaimsIdentity): Promise<UserTokenClient> {
    const userTokens = await super.createUserTokenClient(identity);
    onceAndStraight(userTokenClientSchema.parse(userTokens).client).addPolicy(jsonOnly);
    return userTokens;
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
    onceAndStraight(client);
    return client;
  }
}

function onceAndStraight(client: unknown): Pipeline {
  const { pipeline } = clientSchema.parse(client).client;
  for (const name of ['defaultRetryPolicy', 'redirectPolicy']) pipeline.removePolicy({ name });
  pipeline.addPolicy(timeLimit);
  pipeline.addPolicy(outsideTransactions);
  return pipeline;
}

/** The SDK waits for ever, and a caller that has given up would leave the connection open. */
const endsAfterMs = 20_000;

const timeLimit: PipelinePolicy = {
  name: 'timeLimit',
  sendRequest: (request, next) => next(Object.assign(request, { timeout: endsAfterMs })),
};

/** Promise 33, for Teams and the token service. */
const outsideTransactions: PipelinePolicy = {
  name: 'outsideTransactions',
  async sendRequest(request, next) {
    refuseCallsInside();
    return next(request);
  },
};

/** A page of something in between is no answer: the SDK would take it for "no token", or for "signed out". */
const jsonOnly: PipelinePolicy = {
  name: 'jsonOnly',
  sendRequest: async (request, next) => {
    const response = await next(request);
    const { status, bodyAsText } = response;
    const text = bodyAsText ?? '';
    if (status < 300 && text !== '' && parseJson(text) === undefined) throw new PimError('unavailable', 'the answer is not the token service\'s');
    return response;
  },
};

/** The parts of Azure's pipeline that are used here; its package is not ours to import. */
interface Pipeline {
  removePolicy(policy: { name: string }): unknown;
  addPolicy(policy: PipelinePolicy): void;
}

interface ServiceResponse {
  readonly status: number;
  readonly bodyAsText?: string | null;
}

interface PipelinePolicy {
  readonly name: string;
  sendRequest(request: object, next: (request: object) => Promise<ServiceResponse>): Promise<ServiceResponse>;
}

// The pipeline is private in the SDK's types. If a later version hides it elsewhere, every call fails at once, in the first test.
const clientSchema = z.object({ client: z.custom<{ pipeline: Pipeline }>((value) => hasPipeline(value)) });
const userTokenClientSchema = z.object({ client: z.unknown() });

function hasPipeline(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'pipeline' in value && typeof value.pipeline === 'object'
    && value.pipeline !== null && 'removePolicy' in value.pipeline && 'addPolicy' in value.pipeline;
}
