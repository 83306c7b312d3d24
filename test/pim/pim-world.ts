import { request } from 'node:https';
import type { TokenCredential } from '@azure/core-auth';
import { startEmulator } from '../../src/emulator/emulator.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import { createArmClient, createRawClient } from '../../src/pim/http/azure-client.ts';
import type { AzureClientOptions } from '../../src/pim/http/azure-client.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { ActivationDraft, ActivationRequest, EligibleAssignment, RequestReference } from '../../src/pim/model.ts';
import type { PimReader, PimUser } from '../../src/pim/pim.ts';
import { createPimReader } from '../../src/pim/reader.ts';
import { azureUser } from './azure-user.ts';
import { adam, seed } from './pim-seed.ts';

/** The local PIM service over https, and clients for the people of its seed. */
export interface PimWorld extends AsyncDisposable {
  readonly origin: string;
  readonly caPem: string;
  user(personId: string, change?: UserChange): PimUser;
  /** A person's own tokens. */
  credential(personId: string): TokenCredential;
  reader(digestScopes?: readonly string[], app?: string): PimReader;
  /** Sends to one of the service's own endpoints; answers with its body. */
  control(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  fault(match: { method?: string; path: string }, fault: object, times?: number): Promise<void>;
  advance(duration: string): Promise<void>;
  /** Takes a person out of a group of the directory, as its administrator does. */
  leaveGroup(groupId: string, personId: string): Promise<void>;
  /** Calls that reached the service, in order. */
  calls(): Promise<readonly Call[]>;
}

interface UserChange extends Partial<AzureClientOptions> {
  /** Claims of the person's token. */
  readonly claims?: { readonly acrs?: readonly string[]; readonly amr?: readonly string[] };
}

interface Call {
  readonly actor: string | null;
  readonly method: string;
  readonly path: string;
  /** Absent where the connection broke before an answer. */
  readonly status?: number;
}

const armScope = 'https://management.azure.com/.default';
const graphScope = 'https://graph.microsoft.com/.default';

export async function createPimWorld(options: { pageSize?: number; seed?: Seed } = {}): Promise<PimWorld> {
  const emulator = await startEmulator({ seed, ...options });
  const { origin, caPem } = emulator;
  const control: PimWorld['control'] = (method, path, body) => callJson({ origin, caPem }, method, { path: `/emulator/${path}`, body });
  const credentialFor = (subject: object): TokenCredential => ({
    async getToken(scopes) {
      const audience = String(scopes).replace('/.default', '');
      const answer = await control('POST', 'token', { ...subject, audience });
      return { token: text(answer, 'access_token'), expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  });
  const reach = { endpoint: origin, caPem, timeoutMs: 10_000 };
  return {
    origin,
    caPem,
    user(personId, { claims, ...change } = {}) {
      const options = { ...reach, credentialScopes: armScope, credential: credentialFor({ user: personId, ...(claims === undefined ? {} : { claims }) }) };
      return azureUser(personId, createArmClient({ ...options, ...change }));
    },
    credential: (personId) => credentialFor({ user: personId }),
    reader(digestScopes = [], app = 'pim-bot') {
      const arm = createArmClient({ ...reach, credentialScopes: armScope, credential: credentialFor({ app }) });
      const graph = createRawClient({ ...reach, credentialScopes: graphScope, credential: credentialFor({ app }) });
      return createPimReader({ arm, graph, roleKinds: ['azure'], digestScopes });
    },
    control,
    async fault(match, fault, times = 1) { await control('POST', 'faults', { match, times, fault }); },
    async advance(duration) { await control('POST', 'clock', { advance: duration }); },
    async leaveGroup(groupId, personId) {
      const token = await credentialFor({ user: adam }).getToken(graphScope);
      await callJson({ origin, caPem }, 'DELETE', { path: `/v1.0/groups/${groupId}/members/${personId}/$ref`, token: token?.token ?? '' });
    },
    async calls() { return callsOf(await control('GET', 'audit')); },
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

/** The seed's Azure eligibility of this role at this scope, as PIM lists it for the person. */
export async function eligible(user: PimUser, roleName: string, scopeId: string): Promise<EligibleAssignment> {
  const found = (await user.listEligible()).items.find(({ role, scope }) => role.name === roleName && scope.id.toLowerCase() === scopeId.toLowerCase());
  if (found === undefined) throw new Error(`not eligible for ${roleName} at ${scopeId}`);
  return found;
}

export function draftOf({ role, scope, eligibilityScheduleId }: EligibleAssignment, change: Partial<ActivationDraft> = {}): ActivationDraft {
  return { role, scope, eligibilityScheduleId, start: null, minutes: 60, justification: 'Deploy', ticket: null, ...change };
}

/** How the bot remembers a request of its own. */
export function referenceTo({ id, role, scope }: ActivationRequest): RequestReference {
  return { requestId: id, pimId: id, role, scope };
}

export async function failureOf(work: Promise<unknown>): Promise<PimError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof PimError)) throw new Error('expected a PimError', { cause: error });
  return error;
}

interface ToSend {
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
}

function callJson({ origin, caPem }: { origin: string; caPem: string }, method: string, { path, body, token }: ToSend): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${origin}${path}`, { method, ca: caPem, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject).on('end', () => {
        const answer = Buffer.concat(chunks).toString();
        if ((response.statusCode ?? 0) >= 300) reject(new Error(`${path}: ${response.statusCode} ${answer}`));
        else resolve(answer === '' ? null : JSON.parse(answer));
      });
    });
    outgoing.on('error', reject).end(body === undefined ? '' : JSON.stringify(body));
  });
}

function text(answer: unknown, name: string): string {
  const value: unknown = Object(answer)[name];
  if (typeof value !== 'string') throw new Error(`no ${name} in the answer`);
  return value;
}

function callsOf(answer: unknown): readonly Call[] {
  const { value }: { value?: unknown } = Object(answer);
  if (!Array.isArray(value)) throw new Error('no list in the answer');
  return value.flatMap((entry: unknown) => (isCall(entry) ? [entry] : []));
}

function isCall(entry: unknown): entry is Call {
  return typeof entry === 'object' && entry !== null && 'path' in entry && 'method' in entry && 'actor' in entry;
}
