import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test, vi } from 'vitest';
import { createOnBehalfOf } from '../../src/identity/on-behalf-of.ts';
import { alex } from '../emulator/people.ts';
import { armScope, beforeCall, botId, clock, failure, tenantId } from './identity-world.ts';

// Guard of promise 23: `boundedCalls` (src/identity/bounded-calls.ts). A file of its own, as MSAL remembers the endpoint.

test('promise 23: the managed identity\'s endpoint redirects nobody', async () => {
  const paths: string[] = [];
  const endpoint = createServer(({ url = '' }, response) => {
    paths.push(url.split('?')[0] ?? '');
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  endpoint.listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  const address = endpoint.address();
  vi.stubEnv('IDENTITY_ENDPOINT', `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/msi/token`);
  vi.stubEnv('IDENTITY_HEADER', 'header');
  const proof = { kind: 'managedIdentity', clientId: '66666666-6666-4666-8666-666666666666' } as const;
  const person = { personId: alex, tenantId, loginHint: null, expiresAt: new Date(), assertion: 'a.b.c' };
  try {
    const credential = createOnBehalfOf({ tenantId, appId: botId, proof, beforeCall }, { clock }).credentialFor(person);
    expect((await failure(Promise.resolve(credential.getToken(armScope)))).code).toBe('unavailable');
    expect(new Set(paths)).toEqual(new Set(['/msi/token']));
  } finally {
    vi.unstubAllEnvs();
    endpoint.close();
  }
});
