import { ManagedIdentityCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import { afterEach, expect, it, vi } from 'vitest';
import { alex, megan, seed } from '../../emulator/people.ts';
import { principalOf } from './entra-registrations.ts';
import { startEntra } from './entra.ts';
import type { EntraStandIn } from './entra.ts';
import { createStandInTls } from './hosts.ts';
import { startManagedIdentity } from './managed-identity.ts';

const exchange = 'api://AzureADTokenExchange/.default';

function startIdentityProvider(clientId: string): Promise<EntraStandIn> {
  const emulator = { origin: 'https://127.0.0.1:1', caPem: '' };
  const registrations = { bot: { appId: alex, proof: { kind: 'managedIdentity', clientId } } } as const;
  return startEntra({ emulator, seed, tls: createStandInTls(), registrations, redirectUris: [] });
}

afterEach(() => { vi.unstubAllEnvs(); });

it('the credential of Microsoft gets the identity\'s token for the exchange', async () => {
  await using entra = await startIdentityProvider(megan);
  await using standIn = await startManagedIdentity({ entra, clientId: megan });
  for (const [name, value] of Object.entries(standIn.env)) vi.stubEnv(name, value);
  const { token, expiresOnTimestamp } = await new ManagedIdentityCredential({ clientId: megan }).getToken(exchange);
  expect(decodeJwt(token)).toMatchObject({ aud: 'api://AzureADTokenExchange', sub: principalOf(megan), iss: `https://login.microsoftonline.com/${seed.tenantId}/v2.0` });
  expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_500_000);
  expect(entra.canaries).toContain(token);
  expect(standIn.asked).toEqual([{ status: 200, resource: 'api://AzureADTokenExchange' }]);
});

it('another identity, another resource and a wrong header are refused', async () => {
  await using entra = await startIdentityProvider(alex);
  await using standIn = await startManagedIdentity({ entra, clientId: alex });
  const ask = async (parameters: Record<string, string>, header = standIn.env.IDENTITY_HEADER): Promise<number> => {
    const query = new URLSearchParams({ 'api-version': '2019-08-01', 'resource': 'api://AzureADTokenExchange', 'client_id': alex, ...parameters });
    return (await fetch(`${standIn.env.IDENTITY_ENDPOINT}?${query.toString()}`, { headers: { 'x-identity-header': header } })).status;
  };
  expect(await ask({})).toBe(200);
  expect(await ask({ client_id: megan })).toBe(400);
  expect(await ask({ resource: 'https://management.azure.com' })).toBe(400);
  expect(await ask({}, 'guessed')).toBe(401);
  expect(standIn.asked.map(({ status }) => status)).toEqual([200, 400, 400, 401]);
});
