import http from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** A message as the check's connector keeps it: the newest content under its id. */
interface Shown {
  readonly activityId: string;
  readonly content: string;
}

/** Takes the bot's messages instead of Teams, as far as the check needs it: send, reply and update. */
export interface CheckConnector {
  readonly serviceUrl: string;
  /** Waits for a message in the conversation whose JSON contains all the words. */
  waitFor(conversationId: string, words: readonly string[], timeoutMs: number): Promise<Shown>;
  close(): Promise<void>;
}

export async function startCheckConnector(): Promise<CheckConnector> {
  const messages = new Map<string, Map<string, string>>();
  const take = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const activity = await json(request);
    const [, conversationId = '', activityId = ''] = /\/v3\/conversations\/([^/]+)\/activities\/?([^/?]*)/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const id = request.method === 'PUT' ? activityId : crypto.randomUUID();
    const shown = messages.get(conversationId) ?? new Map<string, string>();
    shown.set(id, JSON.stringify(activity));
    messages.set(conversationId, shown);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ id }));
  };
  const server = http.createServer((request, response) => {
    take(request, response).catch(() => { response.destroy(); });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    serviceUrl: `http://127.0.0.1:${portOf(server)}/`,
    async waitFor(conversationId, words, timeoutMs) {
      for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(50)) {
        for (const [activityId, content] of messages.get(conversationId) ?? []) {
          if (words.every((word) => content.includes(word))) return { activityId, content };
        }
      }
      throw new Error(`no message with ${words.map((word) => `"${word}"`).join(' and ')} within ${timeoutMs / 1_000} s`);
    },
    close: () => new Promise((done) => { server.close(() => { done(); }); server.closeAllConnections(); }),
  };
}

function portOf(server: http.Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
