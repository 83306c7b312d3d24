import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { collect } from './arm-sdk.ts';
import { EmulatorClient, armAudience, at, graphAudience, text } from './emulator-client.ts';
import { alex, production, roleAt, seed } from './people.ts';

/** The second listener: for clients that cannot be told whom to trust, and replace the policy that refuses plain http. */

let client: EmulatorClient;
let http: string;
beforeAll(async () => {
  client = await EmulatorClient.start({ httpPort: 0, pageSize: 2 });
  http = client.emulator.httpOrigin ?? '';
});
afterAll(() => client[Symbol.asyncDispose]());

function sdkOverHttp(user: string): AuthorizationManagementClient {
  const credential = { getToken: () => Promise.resolve({ token: 'not asked for', expiresOnTimestamp: 0 }) };
  const sdk = new AuthorizationManagementClient(credential, 'any', { endpoint: http, allowInsecureConnection: true });
  const name = 'bearerTokenAuthenticationPolicy';
  sdk.pipeline.removePolicy({ name });
  sdk.pipeline.addPolicy(
    {
      name,
      sendRequest: async (request, next) => {
        request.headers.set('Authorization', `Bearer ${await client.token({ user }, armAudience)}`);
        return next(request);
      },
    },
    { phase: 'Sign' },
  );
  return sdk;
}

it("Microsoft's ARM client activates over http, and follows pages there", async () => {
  const sdk = sdkOverHttp(alex);
  const scope = production.slice(1);
  const request = await sdk.roleAssignmentScheduleRequests.create(scope, randomUUID(), {
    principalId: alex,
    roleDefinitionId: roleAt('Reader', production),
    requestType: 'SelfActivate',
    scheduleInfo: { expiration: { type: 'AfterDuration', duration: 'PT30M' } },
  });
  expect(request.status).toBe('Provisioned');
  const eligible = await collect(sdk.roleEligibilityScheduleInstances.listForScope('', { filter: 'asTarget()' }));
  expect(eligible.length).toBeGreaterThan(2);
});

it('the next page is at the listener that was asked', async () => {
  const target = '/v1.0/users?$select=id';
  const token = await client.token({ user: alex }, graphAudience);
  const overHttp: unknown = await (await fetch(http + target, { headers: { authorization: `Bearer ${token}` } })).json();
  expect(new URL(text(overHttp, '@odata.nextLink')).origin).toBe(http);
  const overHttps = await client.send(target, { token });
  expect(new URL(text(overHttps.body, '@odata.nextLink')).origin).toBe(client.emulator.origin);
  expect(at(overHttp, 'value')).toEqual(at(overHttps.body, 'value'));
});

it('is not there unless it was asked for, and ends with the other', async () => {
  expect((await startAndClose({})).httpOrigin).toBeNull();
  const { httpOrigin } = await startAndClose({ httpPort: 0 });
  await expect(fetch(`${httpOrigin}/emulator/clock`)).rejects.toThrow('fetch failed');
});

it('a port in use is one clear sentence, and the https port is given back', async () => {
  const port = Number(new URL(http).port);
  await expect(startEmulator({ seed, httpPort: port })).rejects.toThrow(`The PIM service cannot listen on 127.0.0.1:${port}: the port is in use.`);
  const { origin } = await startAndClose({});
  const free = Number(new URL(origin).port);
  await expect(startEmulator({ seed, port: free, httpPort: port })).rejects.toThrow('the port is in use');
  expect((await startAndClose({ port: free })).origin).toBe(origin);
});

async function startAndClose(options: { readonly port?: number; readonly httpPort?: number }) {
  await using emulator = await startEmulator({ seed, ...options });
  const { origin, httpOrigin } = emulator;
  return { origin, httpOrigin };
}
