import { BotAdapter } from '../../src/bot/adapter.ts';
import { channelAuthentication } from '../../src/bot/channel-authentication.ts';
import { startServer } from '../../src/bot/server.ts';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/log.ts';

/** What the door's process is told at its start. */
export interface DoorSettings {
  readonly appId: string;
  readonly tenantId: string;
  readonly metadataUrl: string;
  readonly issuer: string;
  readonly caPem: string;
  readonly patienceMs: { readonly head: number; readonly request: number };
}

/** What it answers to any message. Bytes, after a garbage collection. */
export interface DoorState {
  readonly url: string;
  readonly turns: number;
  readonly rss: number;
  readonly heap: number;
}

/** Production's door alone, as an operating-system process: gate, restify, adapter and channel authentication as `startApp` joins them. */
async function main({ appId, tenantId, metadataUrl, issuer, caPem, patienceMs }: DoorSettings): Promise<void> {
  let turns = 0;
  const log = createLog('silent');
  const credential = { getToken: () => Promise.resolve({ token: 'own', expiresOnTimestamp: 0 }) };
  const door = channelAuthentication({ appId, tenantId, credential }, {
    channel: { metadataUrl, issuer }, caPem, serviceHosts: ['smba.trafficmanager.net'], tokenServiceUrl: 'https://token.botframework.com', clock: systemClock, log,
  });
  const adapter = new BotAdapter(door, log);
  const { url } = await startServer({
    host: '127.0.0.1', port: 0, log, patienceMs,
    isReady: () => Promise.resolve(true),
    onActivity: async (request, response) => {
      const answer = await adapter.receive(request.headers.authorization ?? '', request.body, async () => { turns += 1; });
      response.send(answer.status, answer.body);
    },
  });
  const tell = (): void => {
    globalThis.gc?.();
    const { rss, heapUsed: heap } = process.memoryUsage();
    process.send?.({ url, turns, rss, heap } satisfies DoorState);
  };
  process.on('message', tell);
  process.once('disconnect', () => process.exit(0));
  tell();
}

await main(JSON.parse(process.argv[2] ?? '{}'));
