import { AuthorizationManagementClient, getContinuationToken } from '@azure/arm-authorization';
import type { TokenCredential } from '@azure/core-auth';
import { ServiceClient } from '@azure/core-client';
import type { FullOperationResponse, OperationOptions } from '@azure/core-client';
import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import type { Pipeline, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { guardedCredential, securePipeline, tlsSettings } from './azure-pipeline.ts';
import { PimError } from '../errors.ts';
import { parseJson } from './json.ts';
import { toPimError } from './to-pim-error.ts';
import type { CallKind } from './to-pim-error.ts';

/** How to reach one service as one identity. */
export interface AzureClientOptions {
  /** `https` origin, e.g. `https://management.azure.com`. */
  readonly endpoint: string;
  readonly credential: TokenCredential;
  /** What the token is asked for, e.g. `https://management.azure.com/.default`. */
  readonly credentialScopes: string;
  /** Certificate authority to trust beside none else; without it, those of the system. */
  readonly caPem?: string;
  /** Longest wait for one answer, in milliseconds, retries of a read included. */
  readonly timeoutMs: number;
  /** Called before each call; what it throws stops the call. Guards that no database transaction is open. */
  readonly beforeCall?: () => void;
}

/** One service, spoken to as one identity. All methods reject with `PimError` and with nothing else. */
export interface AzureClient {
  /** Makes one call of the SDK under the time limit, or under `limit` where several calls share one. */
  call<T>(kind: CallKind, send: (options: OperationOptions) => Promise<T>, limit?: AbortSignal): Promise<T>;
  /** Sends a request that the SDK has no method for. `path` is absolute, its query included. Answers with parsed JSON, or `null` for an empty body. */
  send(request: RawRequest, limit?: AbortSignal): Promise<unknown>;
  /** A limit for a piece of work of several calls. */
  limit(): AbortSignal;
}

interface RawRequest {
  readonly method: 'GET' | 'PATCH' | 'POST';
  /** What the call does, where the method does not tell: without it a GET reads, and all else writes. */
  readonly kind?: CallKind;
  /** Path with its query, or an absolute URL on the same host (a `nextLink`). */
  readonly url: string;
  readonly body?: unknown;
}

/** Azure Resource Manager, by Microsoft's own client. */
export interface ArmClient extends AzureClient {
  readonly sdk: AuthorizationManagementClient;
}

export function createArmClient(options: AzureClientOptions): ArmClient {
  const { endpoint, credentialScopes } = options;
  const credential = guardedCredential(options.credential, options.timeoutMs);
  // The PIM operations take their scope as an argument and never use the client's subscription.
  const sdk = new AuthorizationManagementClient(credential, '', { endpoint, credentialScopes, ...tlsSettings(options.caPem) });
  return { sdk, ...createClient(sdk, options) };
}

/** Any other service of Azure's kind, such as Microsoft Graph. */
export function createRawClient(options: AzureClientOptions): AzureClient {
  const { endpoint, credentialScopes } = options;
  const credential = guardedCredential(options.credential, options.timeoutMs);
  return createClient(new ServiceClient({ endpoint, credential, credentialScopes, ...tlsSettings(options.caPem) }), options);
}

/** What the SDK's clients have in common, whichever of its two builds they come from. */
interface Service {
  readonly pipeline: Pipeline;
  sendRequest(request: PipelineRequest): Promise<PipelineResponse>;
}

function createClient(service: Service, options: AzureClientOptions): AzureClient {
  securePipeline(service.pipeline, options.endpoint, options.beforeCall);
  const limit = (): AbortSignal => AbortSignal.timeout(options.timeoutMs);
  const call: AzureClient['call'] = async (kind, send, signal = limit()) => {
    try {
      return await beforeAbort(send({ abortSignal: signal }), signal);
    } catch (error) {
      throw toPimError(error, kind);
    }
  };
  return {
    call,
    limit,
    send: (request, signal) =>
      call(request.kind ?? (request.method === 'GET' ? 'read' : 'write'), (callOptions) => sendRaw(service, options.endpoint, request, callOptions), signal),
  };
}

/** The SDK leaves a compressed answer that breaks off in the middle unfinished for ever; the limit ends that too. */
async function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const stop = (): void => { limit.reject(new Error('the time limit passed')); };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function sendRaw(service: Service, endpoint: string, raw: RawRequest, options: OperationOptions): Promise<unknown> {
  const body = raw.body === undefined ? {} : { body: JSON.stringify(raw.body) };
  const response = await service.sendRequest(createPipelineRequest({
    url: new URL(raw.url, endpoint).href,
    method: raw.method,
    headers: createHttpHeaders({ accept: 'application/json', ...(raw.body === undefined ? {} : { 'content-type': 'application/json' }) }),
    ...body,
    ...(options.abortSignal === undefined ? {} : { abortSignal: options.abortSignal }),
  }));
  const { status, request, bodyAsText } = response;
  if (status < 200 || status > 299) throw new RestError(`HTTP ${status}`, { statusCode: status, request, response });
  if (bodyAsText === undefined || bodyAsText === null || bodyAsText === '') return null;
  const value = parseJson(bodyAsText);
  if (value === undefined) throw new PimError('badAnswer', `answered ${status} with something that is not JSON`, { status });
  return value;
}

/** One of the SDK's lists: the method that starts it, given the options of a call. */
interface SdkPages<T> {
  byPage(settings?: { continuationToken?: string }): AsyncIterableIterator<T[]>;
}

/**
 * Reads a list of the SDK to its end, page by page, each page under the time limit. The SDK takes any 200 for an empty
 * list; here a page without a `value` is a `badAnswer`, and so is a list that leads back to a page already read.
 */
export async function listAll<T>(client: AzureClient, start: (options: OperationOptions) => SdkPages<T>): Promise<readonly T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  let link: string | undefined;
  do {
    const page = await client.call('read', (options) => readPage(start({ ...options, onResponse: requireList }), link));
    items.push(...page);
    link = nextLink(getContinuationToken(page), seen);
  } while (link !== undefined);
  return items;
}

async function readPage<T>(pages: SdkPages<T>, link: string | undefined): Promise<T[]> {
  const next = await pages.byPage(link === undefined ? {} : { continuationToken: link }).next();
  if (next.done === true) throw new PimError('badAnswer', 'the list has no pages');
  return next.value;
}

function requireList({ bodyAsText, status }: FullOperationResponse): void {
  if (status < 300) parseAnswer(rawPage, parseJson(bodyAsText ?? ''));
}

const rawPage = z.object({
  value: z.array(z.unknown()),
  nextLink: z.string().nullish(),
  '@odata.nextLink': z.string().nullish(),
});

/** Reads a list that the SDK has no method for: ARM names the next page `nextLink`, Graph `@odata.nextLink`. */
export async function listAllRaw(client: AzureClient, firstUrl: string, limit?: AbortSignal): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  let url: string | undefined = firstUrl;
  do {
    const page = parseAnswer(rawPage, await client.send({ method: 'GET', url }, limit));
    items.push(...page.value);
    url = nextLink(page.nextLink ?? page['@odata.nextLink'], seen);
  } while (url !== undefined);
  return items;
}

function nextLink(link: string | null | undefined, seen: Set<string>): string | undefined {
  if (link === undefined || link === null || link === '') return undefined;
  if (seen.has(link)) throw new PimError('badAnswer', 'the list leads back to a page already read');
  seen.add(link);
  return link;
}

/** Reads an answer by its schema: whatever has another shape did not come from PIM, and is a `badAnswer`. */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new PimError('badAnswer', `the answer has another shape: ${z.prettifyError(parsed.error).slice(0, 300)}`);
}
