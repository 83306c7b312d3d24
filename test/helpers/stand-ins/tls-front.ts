import { once } from 'node:events';
import net from 'node:net';
import { pipeline } from 'node:stream';
import tls from 'node:tls';
import type { StandInTls } from './hosts.ts';

export interface TlsFrontTarget {
  readonly port: number;
  /** The authority of a target that speaks TLS itself; without it the target is spoken to in plain text. */
  readonly caPem?: string;
}

export interface TlsFront extends AsyncDisposable {
  readonly port: number;
}

/** Ends TLS under public names in front of a server of 127.0.0.1, as a load balancer does. What is inside goes through as it is. */
export async function startTlsFront(certificate: StandInTls, target: TlsFrontTarget): Promise<TlsFront> {
  const open = new Set<net.Socket>();
  const server = tls.createServer({ key: certificate.keyPem, cert: certificate.certificatePem }, (outside) => {
    open.add(outside);
    // Whichever side breaks, the other one is closed.
    pipeline(outside, connectTo(target), outside, () => { open.delete(outside); });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

function connectTo({ port, caPem }: TlsFrontTarget): net.Socket {
  const where = { host: '127.0.0.1', port };
  return caPem === undefined ? net.connect(where) : tls.connect({ ...where, ca: caPem });
}
