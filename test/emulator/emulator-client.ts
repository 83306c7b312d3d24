import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { startEmulator } from '../../src/emulator/emulator.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/emulator.ts';
import { guidFrom } from '../../src/emulator/guid.ts';
import { roleAt, seed } from './people.ts';
import type { RoleName } from './people.ts';
import { specsArePresent } from './spec-schema.ts';
import { validateAnswer } from './spec-validator.ts';
import type { Seen } from './spec-validator.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `undefined`: empty; a text where it is not JSON. */
  readonly body: unknown;
}

export interface Call {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Subject =
  | { readonly user: string; readonly claims?: object; readonly scopes?: readonly string[] }
  | { readonly app: string };

export const armAudience = 'https://management.azure.com';
export const graphAudience = 'https://graph.microsoft.com';
const pimVersion = '2020-10-01';
export const approvalVersion = '2021-01-01-preview';

/** A client that knows nothing but https, so that every byte of an answer can be looked at. */
export class EmulatorClient implements AsyncDisposable {
  readonly emulator: Emulator;
  /** Operations and statuses of all ARM answers, each held against Microsoft's description. */
  readonly seen: Seen[] = [];
  readonly #agent: Agent;

  constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.#agent = new Agent({ ca: emulator.caPem, keepAlive: true });
  }

  static async start(options: Partial<EmulatorOptions> = {}): Promise<EmulatorClient> {
    return new EmulatorClient(await startEmulator({ seed, ...options }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    await this.emulator.close();
  }

  async token(subject: Subject, audience = armAudience): Promise<string> {
    const answer = await this.send('/emulator/token', { method: 'POST', body: { ...subject, audience } });
    return text(answer.body, 'access_token');
  }

  async advance(duration: string): Promise<void> {
    await this.send('/emulator/clock', { method: 'POST', body: { advance: duration } });
  }

  async fault(match: object, fault: object, times = 1): Promise<Answer> {
    return this.send('/emulator/faults', { method: 'POST', body: { match, times, fault } });
  }

  /** A request as it is. `target` is path and query. */
  async send(target: string, { method = 'GET', token, headers = {}, body }: Call = {}): Promise<Answer> {
    const content = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const all = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers };
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    // Host and path apart, because a URL would hide a doubled slash at the start of the path.
    const { hostname, port } = new URL(this.emulator.origin);
    const outgoing = request({ hostname, port, path: target, method, headers: all, agent: this.#agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const received = Buffer.concat(chunks).toString();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parsed(received) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(content);
    return promise;
  }

  /** An ARM request; its answer is held against Microsoft's description. */
  async arm(target: string, call: Call = {}): Promise<Answer> {
    const answer = await this.send(target, call);
    if (specsArePresent) {
      this.seen.push(validateAnswer({ method: call.method ?? 'GET', url: target, status: answer.status, body: answer.body }));
    }
    return answer;
  }

  async reset(): Promise<void> {
    await this.send('/emulator/reset', { method: 'POST' });
  }

  as(subject: Subject): ArmUser {
    return new ArmUser(this, subject);
  }

  person(user: string, claims: object = {}): ArmUser {
    return this.as({ user, claims });
  }
}

export interface Wish {
  readonly role: RoleName;
  readonly scope: string;
  readonly principalId: string;
  readonly name?: string;
  readonly duration?: string;
  readonly properties?: object;
}

/** ARM as one caller, with a new token for each call: the clock may have moved in between. */
export class ArmUser {
  readonly #client: EmulatorClient;
  readonly #subject: Subject;

  constructor(client: EmulatorClient, subject: Subject) {
    this.#client = client;
    this.#subject = subject;
  }

  async call(target: string, call: Call = {}): Promise<Answer> {
    return this.#client.arm(target, { ...call, token: await this.#client.token(this.#subject) });
  }

  activate(wish: Wish): Promise<Answer> {
    return this.call(requestPath(wish.scope, wish.name ?? randomUUID()), { method: 'PUT', body: activationBody(wish) });
  }

  validate(wish: Wish): Promise<Answer> {
    return this.call(requestPath(wish.scope, wish.name ?? randomUUID(), '/validate'), { method: 'POST', body: activationBody(wish) });
  }

  deactivate({ role, scope, principalId, name = randomUUID() }: Wish): Promise<Answer> {
    const properties = { roleDefinitionId: roleAt(role, scope), principalId, requestType: 'SelfDeactivate' };
    return this.call(requestPath(scope, name), { method: 'PUT', body: { properties } });
  }

  cancel(scope: string, name: string): Promise<Answer> {
    return this.call(requestPath(scope, name, '/cancel'), { method: 'POST' });
  }

  read(scope: string, name: string): Promise<Answer> {
    return this.call(requestPath(scope, name));
  }

  list(scope: string, type: string, filter?: string): Promise<Answer> {
    return this.call(listPath(scope, type, filter));
  }

  stages(requestName: string): Promise<Answer> {
    return this.call(`${approvalPath(requestName)}/stages?api-version=${approvalVersion}`);
  }

  decide(requestName: string, reviewResult: 'Approve' | 'Deny', justification = 'ok'): Promise<Answer> {
    return this.call(stagePath(requestName), { method: 'PATCH', body: { reviewResult, justification } });
  }
}

export function activationBody({ role, scope, principalId, duration = 'PT1H', properties }: Wish): object {
  return {
    properties: {
      roleDefinitionId: roleAt(role, scope),
      principalId,
      requestType: 'SelfActivate',
      justification: 'because',
      scheduleInfo: { expiration: { type: 'AfterDuration', duration } },
      ...properties,
    },
  };
}

export function requestPath(scope: string, name: string, suffix = ''): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/${name}${suffix}?api-version=${pimVersion}`;
}

export function approvalPath(requestName: string): string {
  return `/providers/Microsoft.Authorization/roleAssignmentApprovals/${requestName}`;
}

/** The stage's name follows from the request's, so that nobody has to be allowed to read it first. */
export function stagePath(requestName: string): string {
  return `${approvalPath(requestName)}/stages/${guidFrom('stage', requestName)}?api-version=${approvalVersion}`;
}

export function listPath(scope: string, type: string, filter?: string): string {
  const version = type === 'roleAssignmentApprovals' ? approvalVersion : type === 'roleDefinitions' ? '2022-04-01' : pimVersion;
  const query = filter === undefined ? '' : `$filter=${encodeURIComponent(filter)}&`;
  return `${scope}/providers/Microsoft.Authorization/${type}?${query}api-version=${version}`;
}

function parsed(received: string): unknown {
  try {
    return received === '' ? undefined : JSON.parse(received);
  } catch {
    return received;
  }
}

/** The member at the end of the path; `undefined` where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) {
      return inner[Number(key)];
    }
    return typeof inner === 'object' && inner !== null ? Object.entries(inner).find(([name]) => name === key)?.[1] : undefined;
  }, value);
}

/** A member that must be a text. */
export function text(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string') {
    throw new TypeError(`${path.join('.')} is not a text in ${JSON.stringify(value)}`);
  }
  return found;
}

/** The items of a listing. */
export function items(answer: Answer): readonly unknown[] {
  const value = at(answer.body, 'value');
  if (!Array.isArray(value)) {
    throw new TypeError(`not a listing: ${JSON.stringify(answer.body)}`);
  }
  return value;
}

/** `400 RoleAssignmentExists`, or the status alone. */
export function outcome(answer: Answer): string {
  const code = at(answer.body, 'error', 'code');
  return typeof code === 'string' ? `${answer.status} ${code}` : String(answer.status);
}

export function requestStatus(answer: Answer): string {
  return text(answer.body, 'properties', 'status');
}

/** Rule names in a policy refusal. */
export function failedRules(answer: Answer): readonly string[] {
  return text(answer.body, 'error', 'message').match(/[A-Z]\w*Rule/g) ?? [];
}
