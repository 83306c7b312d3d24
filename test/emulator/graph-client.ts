import tls from 'node:tls';
import { Client } from '@microsoft/microsoft-graph-client';
import { graphAudience } from './emulator-client.ts';
import type { EmulatorClient, Subject } from './emulator-client.ts';

/**
 * Microsoft's Graph client, unchanged, pointed at the emulator: its own chain of authentication, retries and redirects
 * over Node's own `fetch`, with a new token for each call.
 */
export function graphClient(control: EmulatorClient, subject: Subject): Client {
  const { origin, caPem } = control.emulator;
  trust(caPem);
  return Client.initWithMiddleware({
    baseUrl: origin,
    customHosts: new Set([new URL(origin).hostname]),
    authProvider: { getAccessToken: () => control.token(subject, graphAudience) },
  });
}

const trusted = new Set<string>();

/** `fetch` takes no authority of its own; `NODE_EXTRA_CA_CERTS` would have to be there before the process starts. */
function trust(caPem: string): void {
  if (!trusted.has(caPem)) {
    trusted.add(caPem);
    tls.setDefaultCACertificates([...tls.rootCertificates, ...trusted]);
  }
}
