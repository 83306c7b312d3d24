import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server } from 'node:net';
import { expect, test } from 'vitest';
import { send } from './entra-https.ts';
import { createStandInTls } from './hosts.ts';
import { startTlsFront } from './tls-front.ts';

const tls = createStandInTls();
const inside = createStandInTls();
const long = 'x'.repeat(3_000_000);
const answer: RequestListener = ({ url, headers, method }, response) => {
  if (url === '/cut') response.destroy();
  else response.end(`${method} ${url} of ${headers.host} ${long}`);
};

async function listening(server: Server): Promise<{ readonly port: number; readonly stop: () => void }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, stop: () => { server.close(); } };
}

test.each([
  ['plain http', () => createHttpServer(answer), {}],
  ['https', () => createHttpsServer({ key: inside.keyPem, cert: inside.certificatePem }, answer), { caPem: inside.caPem }],
])('what is asked over TLS is answered whole by a server that speaks %s', async (_what, create, authority) => {
  const { port, stop } = await listening(create());
  await using front = await startTlsFront(tls, { port, ...authority });
  const { text } = await send(`https://localhost:${front.port}/page`, { ca: tls.caPem });
  expect(text).toBe(`GET /page of localhost:${front.port} ${long}`);
  await expect(send(`https://localhost:${front.port}/cut`, { ca: tls.caPem })).rejects.toThrow();
  stop();
});

test('nobody behind it, or somebody of another authority, is a broken connection', async () => {
  const { port, stop } = await listening(createHttpsServer({ key: inside.keyPem, cert: inside.certificatePem }, answer));
  await using stranger = await startTlsFront(tls, { port, caPem: tls.caPem });
  await expect(send(`https://localhost:${stranger.port}/`, { ca: tls.caPem })).rejects.toThrow();
  await using nobody = await startTlsFront(tls, { port: 1 });
  await expect(send(`https://localhost:${nobody.port}/`, { ca: tls.caPem })).rejects.toThrow();
  stop();
});
