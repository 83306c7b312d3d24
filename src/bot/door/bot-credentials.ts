import type { TokenCredential } from '@azure/core-auth';
import { ServiceClientCredentialsFactory } from 'botframework-connector';

type Credentials = Awaited<ReturnType<ServiceClientCredentialsFactory['createCredentials']>>;

/**
 * How the bot proves to Teams' connector and to the token service who it is: by a credential of `@azure/identity`, the
 * same one that serves everywhere else.
 *
 * The SDK (4.23.3) has factories of its own for each kind; the one for federated credentials keeps its first assertion for
 * the life of the object, and none takes an authority or a time limit.
 */
export class BotCredentials extends ServiceClientCredentialsFactory {
  readonly #appId: string;
  readonly #credential: TokenCredential;

  constructor(appId: string, credential: TokenCredential) {
    super();
    this.#appId = appId;
    this.#credential = credential;
  }

  override isValidAppId(appId: string): Promise<boolean> {
    return Promise.resolve(appId === this.#appId);
  }

  /** Never: the SDK would let everybody in. */
  override isAuthenticationDisabled(): Promise<boolean> {
    return Promise.resolve(false);
  }

  override async createCredentials(appId: string, audience: string | undefined): Promise<Credentials> {
    if (appId !== this.#appId || audience === undefined) throw new Error('The bot has credentials for itself only.');
    return {
      signRequest: async (request) => {
        const token = await this.#credential.getToken(`${audience}/.default`);
        if (token === null) throw new Error('The bot has no token of its own.');
        request.headers.set('authorization', `Bearer ${token.token}`);
        return request;
      },
    };
  }
}
