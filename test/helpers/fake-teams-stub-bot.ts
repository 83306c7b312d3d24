import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { objectOf, type Json } from './fake-teams-json.ts';
import type { FakeTeams } from './fake-teams.ts';

/** The smallest bot there can be, to test the stand-in with: keeps what it hears and answers what it was told. */
export interface StubBot extends AsyncDisposable {
  readonly heard: readonly Json[];
  /** The `Authorization` header of each of them. */
  readonly authorizations: readonly (string | undefined)[];
  /** What it answers from now on. */
  answers(status: number, body?: unknown): void;
  /** The same, different for each activity. */
  answersBy(rule: (activity: Json) => StubAnswer): void;
  /** Posts to the chat from which the newest activity came. */
  says(activity: object): Promise<ConnectorAnswer>;
  /** Calls the connector; `path` continues the service URL. */
  calls(method: string, path: string, body?: unknown): Promise<ConnectorAnswer>;
  /** The path of the conversation from which the newest activity came. */
  conversationPath(): string;
}

interface StubAnswer {
  readonly status: number;
  readonly body?: unknown;
}

interface ConnectorAnswer {
  readonly status: number;
  readonly body: Json;
  /** The `code` of the error, if it is one. */
  readonly code: unknown;
  readonly retryAfter: string | null;
}

/** Listens, and is connected to these Teams. */
export async function startStubBot(teams: FakeTeams): Promise<StubBot> {
  const heard: Json[] = [];
  const authorizations: (string | undefined)[] = [];
  let rule: (activity: Json) => StubAnswer = () => ({ status: 200 });
  const server = createServer((request, response) => {
    void json(request).then((activity) => {
      heard.push({ ...objectOf(activity), requestedPath: request.url });
      authorizations.push(request.headers.authorization);
      const { status, body } = rule(objectOf(activity));
      response.writeHead(status, { 'content-type': 'application/json' });
      return response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the bot has no port');
  teams.connect(`http://127.0.0.1:${address.port}`);

  const calls: StubBot['calls'] = (method, path, body) => call(`${teams.serviceUrl}${path}`, method, body);
  const conversationPath = (): string => `v3/conversations/${encodeURIComponent(String(objectOf(heard.at(-1)?.['conversation'])['id']))}`;
  return {
    heard,
    authorizations,
    answers(status, body) { rule = () => ({ status, body }); },
    answersBy(newRule) { rule = newRule; },
    says: (activity) => calls('POST', `${conversationPath()}/activities`, activity),
    calls,
    conversationPath,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}

async function call(url: string, method: string, body: unknown): Promise<ConnectorAnswer> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answered: unknown = text === '' ? {} : JSON.parse(text);
  const answeredObject = Array.isArray(answered) ? { members: answered } : objectOf(answered);
  return {
    status: response.status,
    body: answeredObject,
    code: objectOf(answeredObject['error'])['code'],
    retryAfter: response.headers.get('retry-after'),
  };
}
